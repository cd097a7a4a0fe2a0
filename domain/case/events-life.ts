import type { CaseNo, EvidenceId, Sub } from '../ids.ts';
import type { RegisterField } from '../policy/check.ts';
import type { Instant } from '../time.ts';
import type { LookUpAnswer, RegisterSource } from './events.ts';

/** What happens in people's lives, and registers looked at again before the money goes out. */
export type LifeEvent =
  /** It goes on in another case of the same person; `by` null: that follows from N4.3. */
  | { readonly type: 'merged'; readonly into: CaseNo; readonly by: Sub | null }
  | { readonly type: 'death-reported'; readonly by: Sub }
  /** HRSS has seen the heirs' papers: the money goes to them. */
  | { readonly type: 'succession-settled'; readonly by: Sub }
  /** Nobody is entitled to it any more. */
  | { readonly type: 'succession-closed'; readonly by: Sub }
  /** N3.1c: a register asked again before the payment order; `agrees`: what it says is as claimed. */
  | {
      readonly type: 'looked-again';
      readonly source: RegisterSource;
      readonly evidenceId: EvidenceId;
      readonly answer: LookUpAnswer;
      readonly agrees: boolean;
      /** Fields that are not as claimed; absent where none is, and in events of before it was kept. */
      readonly differs?: readonly RegisterField[];
      /** The answer is good for a payment order before this instant; absent in events of before there was such a term. */
      readonly goodUntil?: Instant;
    };
