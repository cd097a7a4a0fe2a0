import type { Deadline, DeadlineKind } from '../policy/deadlines.ts';
import type { CaseNo, ObjectionId } from '../ids.ts';
import type { Instant } from '../time.ts';
import type { CaseEvent } from './events.ts';
import type { CaseState, Hold, Objection } from './state.ts';

/** A recorded event: what happened, when, and its place in the stream. */
export interface Happened {
  readonly at: Instant;
  readonly event: CaseEvent;
}

/**
 * The state after an event. Pure and total over what `decide` records; used by store, workflow, replay and tests alike.
 * @throws Error when the event cannot follow on the state: the stream is broken, not the caller
 */
export function evolve(caseNo: CaseNo, state: CaseState | null, { at, event }: Happened): CaseState {
  if (event.type === 'filed') {
    return {
      stage: 'filed',
      caseNo,
      org: event.org,
      fund: event.fund,
      channel: event.channel,
      filedAt: at,
      certificate: event.certificate,
      policyVersion: event.policyVersion,
      lookUps: {},
      checks: [],
      signatures: { handler: null, reviewer: null },
      reservation: null,
      holds: [],
      objections: [],
      deadlines: [event.review],
      endedOrders: 0,
    };
  }
  if (state === null) throw new Error(`${caseNo}: ${event.type} before filed`);
  switch (event.type) {
    case 'looked-up':
      return {
        ...common(state),
        stage: 'checking',
        lookUps: { ...state.lookUps, [event.source]: { evidenceId: event.evidenceId, answer: event.answer } },
      };
    case 'checked':
      return { ...common(state), stage: 'review', checks: event.checks, handling: null };
    case 'handled':
      return {
        ...common(state),
        stage: 'review',
        signatures: { handler: event.by, reviewer: null },
        handling: { by: event.by, outcome: event.outcome, clauses: event.clauses },
      };
    case 'returned':
      return { ...common(state), stage: 'review', signatures: { handler: null, reviewer: null }, handling: null };
    case 'approved':
      return {
        ...common(state),
        stage: 'approved',
        award: { amountFen: event.amountFen, shortage: event.shortage },
        signatures: { ...state.signatures, reviewer: event.by },
        reservation: event.reserved ? { amountFen: event.amountFen, budgetYear: event.budgetYear } : null,
        holds: event.reserved ? state.holds : [...state.holds, { kind: 'fund', since: at, ref: '' }],
        deadlines: met(state.deadlines, 'review', at),
      };
    case 'refused':
      return {
        ...common(state),
        stage: 'refused',
        clauses: event.clauses,
        told: false,
        reconsiderUntil: event.reconsiderUntil,
        signatures: { ...state.signatures, reviewer: event.by },
        deadlines: [...met(state.deadlines, 'review', at), event.notice],
      };
    case 'applicant-told':
      if (state.stage !== 'refused') throw broken(state, event);
      return { ...state, told: true, deadlines: met(state.deadlines, 'refusal-notice', at) };
    case 'listed':
      if (state.stage !== 'approved') throw broken(state, event);
      return {
        ...common(state),
        stage: 'listed',
        award: state.award,
        entry: { roundId: event.roundId, entryId: event.entryId },
      };
    case 'published':
      if (state.stage !== 'listed') throw broken(state, event);
      return { ...state, stage: 'publicity', window: event.window };
    case 'objection-received':
      return {
        ...state,
        objections: [
          ...state.objections,
          { objectionId: event.objectionId, kind: event.kind, state: 'open', receivedAt: at },
        ],
        holds: event.holds ? [...state.holds, { kind: 'objection', since: at, ref: event.objectionId }] : state.holds,
      };
    case 'objection-dismissed':
      return {
        ...state,
        objections: decided(state.objections, event.objectionId, 'dismissed'),
        holds: without(state.holds, 'objection', event.objectionId),
        deadlines: event.payout === null ? state.deadlines : replaced(state.deadlines, event.payout),
      };
    case 'objection-upheld': {
      const objections = decided(state.objections, event.objectionId, 'upheld');
      // The money has left: the finding stands, and recovery follows (N3.4b).
      if (state.stage === 'paying' || state.stage === 'paid') return { ...state, objections };
      return {
        ...common(state),
        stage: 'cancelled',
        objectionId: event.objectionId,
        objections,
        holds: [],
        reservation: null,
        deadlines: dropped(state.deadlines),
      };
    }
    case 'passed': {
      if (state.stage !== 'publicity') throw broken(state, event);
      const { award, entry, window } = state;
      return {
        ...common(state),
        stage: 'payable',
        award,
        entry,
        deadlines: [...state.deadlines, { ...window, status: 'met' }, event.payout],
      };
    }
    case 'fund-reserved':
      return {
        ...state,
        reservation: { amountFen: event.amountFen, budgetYear: event.budgetYear },
        holds: without(state.holds, 'fund', ''),
      };
    case 'released':
      if (state.stage !== 'payable') throw broken(state, event);
      return {
        ...state,
        stage: 'paying',
        order: { orderNo: event.orderNo, batchId: event.batchId, amountFen: event.amountFen },
      };
    case 'paid':
      if (state.stage !== 'paying') throw broken(state, event);
      return {
        ...state,
        stage: 'paid',
        creditedAt: event.creditedAt,
        returnPeriod: event.returnPeriod,
        reservation: null,
        deadlines: met(state.deadlines, 'payout', event.creditedAt),
      };
    case 'payment-failed': {
      if (state.stage !== 'paying') throw broken(state, event);
      const { award, entry } = state;
      return {
        ...common(state),
        stage: 'payable',
        award,
        entry,
        endedOrders: state.endedOrders + 1,
        holds: [...state.holds, { kind: 'account', since: at, ref: event.orderNo }],
      };
    }
    case 'withdrawn':
      return {
        ...common(state),
        stage: 'withdrawn',
        holds: [],
        reservation: null,
        deadlines: dropped(state.deadlines),
      };
    case 'deadline-passed':
      return {
        ...state,
        deadlines: state.deadlines.map((one) =>
          one.kind === event.kind && one.dueAt === event.dueAt ? { ...one, status: 'overdue' } : one,
        ),
      };
  }
}

/** The state without what belongs to its stage, so that a new stage can't carry an old one's data along. */
function common(state: CaseState) {
  const { caseNo, org, fund, channel, filedAt, certificate, policyVersion, lookUps, checks } = state;
  const { signatures, reservation, holds, objections, deadlines, endedOrders } = state;
  return {
    ...{ caseNo, org, fund, channel, filedAt, certificate, policyVersion, lookUps, checks },
    ...{ signatures, reservation, holds, objections, deadlines, endedOrders },
  };
}

const broken = (state: CaseState, event: CaseEvent): Error =>
  new Error(`${state.caseNo}: ${event.type} cannot follow in stage ${state.stage}`);

const without = (holds: readonly Hold[], kind: Hold['kind'], ref: string): readonly Hold[] =>
  holds.filter((hold) => hold.kind !== kind || hold.ref !== ref);

const isRunning = (deadline: Deadline): boolean => deadline.status === 'running' || deadline.status === 'overdue';

/** Met at `at`; late is late, whether the wake-up that records it came before or after (24:00 is late). */
const met = (deadlines: readonly Deadline[], kind: DeadlineKind, at: Instant): readonly Deadline[] =>
  deadlines.map((one) =>
    one.kind === kind && isRunning(one) ? { ...one, status: at >= one.dueAt ? 'met-late' : 'met' } : one,
  );

const replaced = (deadlines: readonly Deadline[], by: Deadline): readonly Deadline[] =>
  deadlines.map((one) => (one.kind === by.kind && isRunning(one) ? by : one));

/** The case is over: nobody has to meet these any more. One that was late stays late. */
const dropped = (deadlines: readonly Deadline[]): readonly Deadline[] =>
  deadlines.map((one) => (one.status === 'running' || one.status === 'stopped' ? { ...one, status: 'dropped' } : one));

const decided = (
  objections: readonly Objection[],
  id: ObjectionId,
  state: 'dismissed' | 'upheld',
): readonly Objection[] => objections.map((one) => (one.objectionId === id ? { ...one, state } : one));
