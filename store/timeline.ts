import type { Actor } from '../domain/actor.ts';
import type { CaseEvent, CaseText } from '../domain/case/events.ts';
import { evolve } from '../domain/case/evolve.ts';
import type { VisibleState } from '../domain/case/procedure.ts';
import { type CaseState, visibleState } from '../domain/case/state.ts';
import type { CaseNo } from '../domain/ids.ts';
import { instantFromMs } from '../domain/policy/dates.ts';
import type { Instant } from '../domain/time.ts';
import { evolveRecovery } from '../domain/recovery/evolve.ts';
import type { RecoveryEvent, RecoveryStage, RecoveryState } from '../domain/recovery/recovery.ts';
import { caseStream } from './case-record.ts';
import type { Queryable } from './database.ts';
import { recoveryStream } from './recovery.ts';
import type { Store } from './store.ts';
import { openJson } from './vault.ts';

/** One event of a case with what was written beside it and where it led. Personal data may be in `text`. */
export interface TimelineRow {
  readonly seq: number;
  readonly at: Instant;
  readonly actor: Actor;
  readonly event: CaseEvent;
  /** Null where nothing was written, and after the case was shredded. */
  readonly text: CaseText | null;
  readonly from: VisibleState | null;
  readonly to: VisibleState;
}

/** One event of the case's recovery, as `TimelineRow` of the case's own; `seq` is that of the recovery's stream. */
export interface RecoveryRow {
  readonly seq: number;
  readonly at: Instant;
  readonly actor: Actor;
  readonly event: RecoveryEvent;
  readonly text: CaseText | null;
  readonly from: RecoveryStage | null;
  readonly to: RecoveryStage;
}

const stageOf = (state: RecoveryState | null): RecoveryStage | null => state?.stage ?? null;

/** The events of a case's recovery in order; none where nothing is recovered. */
export async function readRecoveryTimeline(
  db: Queryable,
  store: Store,
  caseNo: CaseNo,
): Promise<readonly RecoveryRow[]> {
  const rows = await readStream<RecoveryEvent>(db, store, recoveryStream(caseNo), caseNo);
  let state: RecoveryState | null = null;
  return rows.map((row) => {
    const from = stageOf(state);
    state = evolveRecovery(state, row.at, row.event);
    return { ...row, from, to: state.stage };
  });
}

/** A case's events in order; none for a number that is nobody's. */
export async function readTimeline(db: Queryable, store: Store, caseNo: CaseNo): Promise<readonly TimelineRow[]> {
  const rows = await readStream<CaseEvent>(db, store, caseStream(caseNo), caseNo);
  let state: CaseState | null = null;
  return rows.map((row) => {
    const from: VisibleState | null = state && visibleState(state);
    state = evolve(caseNo, state, row);
    return { ...row, from, to: visibleState(state) };
  });
}

/** A stream's events with what was written beside them, opened with the case's key. */
async function readStream<E>(db: Queryable, store: Store, stream: string, caseNo: CaseNo) {
  const { rows } = await db.query<{ seq: number; at: number; actor: Actor; body: E; sealed: Buffer | null }>(
    'SELECT seq, at, actor, body, sealed FROM event WHERE stream = $1 ORDER BY seq',
    [stream],
  );
  const key = (await store.vault.caseKeys(db, [caseNo])).get(caseNo);
  return rows.map(({ seq, at, actor, body: event, sealed }) => ({
    ...{ seq, at: instantFromMs(at), actor, event },
    text: sealed && key ? openJson<CaseText>(key, sealed, 'event') : null,
  }));
}

/** Two streams as one story: by time, each in its own order (text order of instants is time order). */
export function merged<A extends { readonly at: string }, B extends { readonly at: string }>(
  one: readonly A[],
  other: readonly B[],
): (A | B)[] {
  const waiting = [...other];
  const story: (A | B)[] = [];
  for (const item of one) {
    for (let [next] = waiting; next && next.at < item.at; [next] = waiting) {
      story.push(next);
      waiting.shift();
    }
    story.push(item);
  }
  return [...story, ...waiting];
}
