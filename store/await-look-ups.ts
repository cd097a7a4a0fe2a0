import { setTimeout as pause } from 'node:timers/promises';
import { lookUpSources } from '../domain/case/events.ts';
import type { CaseNo } from '../domain/ids.ts';
import { readCase } from './case.ts';
import type { Store } from './store.ts';

const patienceMs = 5_000;
const betweenMs = 100;

/**
 * A reconsideration rests on fresh look-ups (N6.1), a refusal by "not found" on a second one (N3.1c), which the run has
 * just begun: gives them a moment, so that a person
 * who decides right away need not ask again. Partners that take longer are told by the decision's refusal.
 */
export async function awaitLookUps(store: Store, caseNo: CaseNo): Promise<void> {
  for (const giveUp = Date.now() + patienceMs; Date.now() < giveUp;) {
    const { state } = await readCase(store.db, caseNo);
    const isWaiting = state.stage === 'reconsideration' || state.stage === 'review';
    if (!isWaiting || lookUpSources.every((source) => state.lookUps[source])) return;
    await pause(betweenMs);
  }
}
