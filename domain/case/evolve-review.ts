import type { CheckCode } from '../policy/checks.ts';
import type { Instant } from '../time.ts';
import { common } from './carried.ts';
import { dropped, met } from './deadline-list.ts';
import { type CheckResult, type LookUpSource, lookUpSources } from './events.ts';
import type { ReviewEvent } from './events-review.ts';
import type { CaseState, In } from './state.ts';

/** From filing to the decision (N2, N3.1), and what may happen in any stage. */
export function evolveReview(state: CaseState, at: Instant, event: Exclude<ReviewEvent, { type: 'filed' }>): CaseState {
  switch (event.type) {
    case 'looked-up': {
      const lookUps = { ...state.lookUps, [event.source]: { evidenceId: event.evidenceId, answer: event.answer, at } };
      // Looked at again while a refusal stands as it is (N6.1), or is about to be signed (N3.1c).
      if (state.stage === 'reconsideration' || state.stage === 'review') return { ...state, lookUps };
      return { ...common(state), stage: 'checking', lookUps };
    }
    case 'checked':
      if (state.stage === 'reconsideration') return { ...state, checks: event.checks };
      if (state.stage === 'review' && stillStands(state, event.checks)) return { ...state, checks: event.checks };
      if (state.stage === 'review') return { ...unsigned(state), checks: event.checks };
      return { ...common(state), stage: 'review', checks: event.checks, handling: null };
    case 'certificate-confirmed':
      return {
        ...state,
        confirmation: { by: event.by, documentId: event.documentId },
        checks: state.checks.map((check) =>
          restsOnConfirmation(state, check.code) ? { ...check, passed: true } : check,
        ),
      };
    case 'occupation-set': {
      const { occupation, by: setBy } = event;
      return { ...state, certificate: { ...state.certificate, occupation, occupationKnown: true, setBy } };
    }
    case 'asked-again': {
      const sources = new Set(event.sources);
      if (state.stage === 'payable') return { ...state, lookUps: outdated(state, sources, at) };
      return { ...state, lookUps: withoutSources(state, sources) };
    }
    case 'handled':
      return {
        ...common(state),
        stage: 'review',
        signatures: { handler: event.by, reviewer: null },
        handling: { by: event.by, outcome: event.outcome, clauses: event.clauses },
      };
    case 'returned':
      return unsigned(state);
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
    case 'withdrawn':
      return {
        ...common(state),
        stage: 'withdrawn',
        holds: [],
        reservation: null,
        deadlines: dropped(state.deadlines),
      };
  }
}

/** Checks that failed only because a register does not hold this kind of certificate. */
function restsOnConfirmation({ lookUps }: CaseState, code: CheckCode): boolean {
  if (code === 'national-register') return lookUps.national?.answer === 'not-covered';
  const isProvincial = code === 'provincial-register' || code === 'registered-in-province';
  return isProvincial && lookUps.provincial?.answer === 'not-covered';
}

const unsigned = (state: CaseState): In<'review'> => ({
  ...common(state),
  stage: 'review',
  signatures: { handler: null, reviewer: null },
  handling: null,
});

/** A handler's refusal by a register that was asked again: it stands while the register still says what it rests on. */
const stillStands = ({ handling }: In<'review'>, checks: readonly CheckResult[]): boolean =>
  handling?.outcome !== 'refuse' || checks.some(({ clause, passed }) => clause === 'N3.1c' && !passed);

function withoutSources({ lookUps }: CaseState, sources: ReadonlySet<LookUpSource>): CaseState['lookUps'] {
  const kept = lookUpSources.filter((source) => !sources.has(source));
  return Object.fromEntries(kept.flatMap((source) => (lookUps[source] ? [[source, lookUps[source]]] : [])));
}

/** Before a payment order the last answer stays on record while it is asked for again. */
function outdated({ lookUps }: CaseState, sources: ReadonlySet<LookUpSource>, at: Instant): CaseState['lookUps'] {
  const entries = lookUpSources.flatMap((source) => {
    const lookUp = lookUps[source];
    return lookUp ? [[source, sources.has(source) ? { ...lookUp, goodUntil: at } : lookUp] as const] : [];
  });
  return Object.fromEntries(entries);
}
