import type { Actor } from '../domain/actor.ts';
import type { CaseEvent, CaseText } from '../domain/case/events.ts';
import { evolve } from '../domain/case/evolve.ts';
import type { VisibleState } from '../domain/case/procedure.ts';
import { type CaseState, visibleState } from '../domain/case/state.ts';
import type { CaseNo } from '../domain/ids.ts';
import { instantFromMs } from '../domain/policy/dates.ts';
import type { Instant } from '../domain/time.ts';
import { caseStream } from './case-record.ts';
import type { Queryable } from './database.ts';
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

/** A case's events in order; none for a number that is nobody's. */
export async function readTimeline(db: Queryable, store: Store, caseNo: CaseNo): Promise<readonly TimelineRow[]> {
  const { rows } = await db.query<{ seq: number; at: number; actor: Actor; body: CaseEvent; sealed: Buffer | null }>(
    'SELECT seq, at, actor, body, sealed FROM event WHERE stream = $1 ORDER BY seq',
    [caseStream(caseNo)],
  );
  const key = (await store.vault.caseKeys(db, [caseNo])).get(caseNo);
  let state: CaseState | null = null;
  return rows.map(({ seq, at: ms, actor, body: event, sealed }) => {
    const at = instantFromMs(ms);
    const from: VisibleState | null = state && visibleState(state);
    state = evolve(caseNo, state, { at, event });
    const text = sealed && key ? openJson<CaseText>(key, sealed, 'event') : null;
    return { seq, at, actor, event, text, from, to: visibleState(state) };
  });
}
