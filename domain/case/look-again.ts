import type { Instant } from '../time.ts';
import { type RegisterSource, registerSources } from './events.ts';
import type { CaseState } from './state.ts';

/** N3.1c: registers that have not answered since `from`, the beginning of the day on which they are asked again. */
export const registersToAsk = (lookUps: CaseState['lookUps'], from: Instant): readonly RegisterSource[] =>
  registerSources.filter((source) => (lookUps[source]?.at ?? '') < from);
