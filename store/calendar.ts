import type { Actor } from '../domain/actor.ts';
import {
  type CalendarCommand,
  type CalendarEvent,
  type CalendarStage,
  type CalendarState,
  decideCalendar,
  evolveCalendar,
  noticeInForce,
} from '../domain/calendar/change.ts';
import type { CalendarNotice } from '../domain/policy/working-days.ts';
import { type Kind, readOne, recordOne } from './aggregate.ts';
import { businessNow } from './clock.ts';
import { only, type Transaction } from './database.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { RunStep } from './run.ts';
import type { Store } from './store.ts';

export const calendarKind: Kind<CalendarState, CalendarEvent> = {
  table: 'calendar_change',
  idColumn: 'id',
  streamOf: (id) => `calendar-${id}`,
  evolve: (state, _at, event) => evolveCalendar(state, event),
};

/** A notice that was entered, with where it stands. */
export interface EnteredNotice {
  readonly id: string;
  readonly state: CalendarState;
}

type Staff = Actor & { readonly kind: 'staff' };

/** Enters a notice under an id of this system (`2020-e1`); it changes nothing until another person puts it in force. */
export function draftNotice(
  store: Store,
  claim: Claim,
  actor: Staff,
  asked: Omit<CalendarNotice, 'id' | 'knownFrom'>,
): Promise<Outcome<EnteredNotice>> {
  return once(store, claim, async (tx, commandId) => {
    await lockCalendar(tx);
    const { rows } = await tx.query<{ n: number }>(
      `SELECT count(*) AS n FROM calendar_change WHERE id LIKE $1 || '-e%'`,
      [asked.year],
    );
    const id = `${asked.year}-e${only(rows, 'editions').n + 1}`;
    const event: CalendarEvent = { type: 'drafted', by: actor.sub, notice: { ...asked, id } };
    const happened = { at: await businessNow(tx), event, wakes: false };
    const { state } = await recordOne(tx, calendarKind, id, null, happened, { actor, commandId, ownRun: true });
    return { done: { id, state } };
  });
}

/** One change of the calendar after the other. */
const lockCalendar = (tx: Transaction) => tx.query(`SELECT pg_advisory_xact_lock(hashtext('calendar'))`);

/** Puts a notice in force, from this moment on, or discards it. @throws NotFound, KeyReused */
export function commandNotice(
  store: Store,
  claim: Claim,
  actor: Staff,
  id: string,
  command: Exclude<CalendarCommand, { type: 'finish' }>,
): Promise<Outcome<EnteredNotice>> {
  return once(store, claim, async (tx, commandId) => {
    await lockCalendar(tx);
    const decided = await decideOn(tx, id, command, { actor, commandId, ownRun: false });
    if ('refused' in decided) return decided;
    const { state } = decided.done;
    if (state.stage === 'in-force') {
      const notice = noticeInForce(state);
      await tx.query('INSERT INTO calendar_notice (id, published_on, body) VALUES ($1, $2, $3)', [
        ...[id, notice.publishedOn, JSON.stringify(notice)],
      ]);
    }
    return { done: { id, state } };
  });
}

async function decideOn(
  tx: Transaction,
  id: string,
  command: CalendarCommand,
  options: { readonly actor: Actor; readonly commandId: number | null; readonly ownRun: boolean },
): Promise<Outcome<{ readonly state: CalendarState }>> {
  const locked = await readOne(tx, calendarKind, id, 'FOR UPDATE');
  const at = await businessNow(tx);
  const decision = decideCalendar(locked.state, command, at);
  if ('refusal' in decision) return { refused: { code: decision.refusal, detail: {}, changed: locked.changed } };
  const happened = { at, event: decision.event, wakes: decision.event.type === 'put-in-force' };
  return { done: await recordOne(tx, calendarKind, id, locked, happened, options) };
}

/** The run's last step: every deadline was moved. Said again it is the same step. */
export async function finishNotice(
  store: Store,
  step: RunStep,
  id: string,
  moved: Omit<Extract<CalendarCommand, { type: 'finish' }>, 'type'>,
): Promise<void> {
  const claim = { caller: step.workflowId, route: 'finish', key: step.key, body: '' };
  await once(store, claim, async (tx, commandId) => {
    const actor = { kind: 'process', name: step.workflowId } as const;
    const decided = await decideOn(tx, id, { type: 'finish', ...moved }, { actor, commandId, ownRun: true });
    return 'refused' in decided ? decided : { done: null };
  });
}

/** @throws NotFound */
export const readNotice = async (store: Store, id: string): Promise<EnteredNotice> => ({
  id,
  state: (await readOne(store.db, calendarKind, id)).state,
});

/** What is known of the years' working days: notices in force, those of the software included, and entered ones. */
export interface NoticeOnRecord {
  readonly notice: CalendarNotice;
  /** Null: it came with the software. */
  readonly entered:
    | (Pick<CalendarState, 'draftedBy' | 'putInForceBy' | 'enteredAt' | 'moved'> & {
        readonly stage: CalendarStage;
      })
    | null;
}

/** By id, which begins with the year. */
export async function listNotices(
  store: Store,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<readonly NoticeOnRecord[]> {
  const { rows } = await store.db.query<{ body: CalendarNotice | null; state: CalendarState | null }>(
    `SELECT n.body, c.state FROM calendar_notice n FULL JOIN calendar_change c USING (id)
     WHERE id > $1 ORDER BY id LIMIT $2`,
    [after, limit],
  );
  return rows.flatMap(({ body, state }) => {
    const notice = body ?? state?.notice;
    return notice ? [{ notice, entered: state }] : [];
  });
}
