import { stopDeadline } from '../policy/deadlines.ts';
import { type CivilDate, dateOf, type Instant, startOfDay } from '../time.ts';
import { broken } from './carried.ts';
import { met } from './deadline-list.ts';
import type { CaseEvent } from './events.ts';
import type { CaseState } from './state.ts';
import { metByTelling, openTellings, type TellingEvent, tellingsAfter } from './tellings.ts';

/** Adds what the event obliges to tell the applicant, and gives up reminders of what is over. */
export function withTellings(before: CaseState | null, after: CaseState, at: Instant, event: CaseEvent): CaseState {
  const begin = tellingsAfter(before, event);
  const standing = openTellings(after).filter(({ about, ref }) => {
    if (about === 'reminder') return isAwaited(after, ref);
    return about !== 'account-reminder' || after.holds.some((hold) => hold.kind === 'account' && hold.ref === ref);
  });
  if (begin.length === 0 && standing.length === openTellings(after).length) return after;
  const begun = after.tellings?.begun ?? 0;
  const added = begin.map(({ about, ref }, index) => ({ n: begun + index + 1, about, ref, since: at, failed: false }));
  return { ...after, tellings: { begun: begun + begin.length, open: [...standing, ...added] } };
}

/** The period that a reminder is about still runs. */
const isAwaited = ({ deadlines }: CaseState, kind: string): boolean =>
  deadlines.some((one) => one.kind === kind && one.status === 'running');

/** What became of a telling; the deadline that it meets is met when it arrived, not when we heard of it (N3.1e). */
export function evolveTelling(state: CaseState, at: Instant, event: TellingEvent): CaseState {
  const open = openTellings(state);
  // Told before tellings had a number, perhaps in a run that was begun with a state that has none.
  const n = event.n ?? open.find(({ about }) => about === event.about)?.n ?? 0;
  const begun = state.tellings?.begun ?? 0;
  if (event.type === 'telling-failed') {
    if (!open.some((one) => one.n === n)) throw broken(state, event);
    return { ...state, tellings: { begun, open: open.map((one) => (one.n === n ? { ...one, failed: true } : one)) } };
  }
  const arrived = event.type === 'told-by-person' ? startOfDay(event.on) : (event.deliveredAt ?? at);
  const kind = metByTelling[event.about];
  const told: CaseState = {
    ...state,
    tellings: { begun, open: open.filter((one) => one.n !== n) },
    deadlines: kind === undefined ? state.deadlines : met(state.deadlines, kind, arrived),
  };
  if (event.about === 'account') return { ...told, deadlines: stoppedPayout(state, dateOf(arrived)) };
  return told.stage === 'refused' && event.about === 'refusal' ? { ...told, told: true } : told;
}

/** N3.3: a wrong account stops the 7 days from the notice to the applicant until the new one. */
const stoppedPayout = (state: CaseState, on: CivilDate): CaseState['deadlines'] =>
  state.deadlines.map((one) => (one.kind === 'payout' ? stopDeadline(one, on) : one));
