import { occupationsOf } from '../policy/occupations.ts';
import { registerCheck } from '../policy/registers.ts';
import type { Ask } from './commands.ts';
import { type Decision, type Facts, record, refuse } from './decision.ts';
import { answerGoodUntil, outdatedRegisters } from './register-answers.ts';
import type { CaseState, In } from './state.ts';

/** Filed twice by mistake: the claim goes on in the other case of the same person, which the store has made sure of. */
export function merge(state: CaseState, command: Ask<'merge'>): Decision {
  if (command.into === state.caseNo) return refuse('merged-into-itself');
  // A report is about this claim: it is decided before the claim goes on elsewhere (N3.4a).
  const reports = state.holds.filter(({ kind }) => kind === 'objection').map(({ ref }) => ref);
  if (reports.length > 0) return refuse('held', { holds: reports });
  return record({ type: 'merged', into: command.into, by: command.by });
}

/** Death before the credit: the money waits for the heirs' papers, whatever else goes on. */
export const reportDeath = (state: CaseState, command: Ask<'report-death'>): Decision =>
  isInSuccession(state) ? refuse('death-reported-already') : record({ type: 'death-reported', by: command.by });

/** HRSS decides: the heirs' account takes the place of the applicant's, or nobody is entitled any more. */
export function decideSuccession(state: CaseState, command: Ask<'decide-succession'>): Decision {
  if (!isInSuccession(state)) return refuse('no-death-reported');
  const { by } = command;
  return record({ type: command.decision === 'heirs' ? 'succession-settled' : 'succession-closed', by });
}

const isInSuccession = ({ holds }: CaseState): boolean => holds.some(({ kind }) => kind === 'succession');

/**
 * N3.1c: a register asked again before the payment order. What no longer agrees is reported to HRSS by the system and
 * holds the money like any report (N3.4a); people decide.
 */
export function lookAgain(state: CaseState, command: Ask<'look-again'>, facts: Facts): Decision {
  const { source, evidenceId, answer, reportId } = command;
  if (!facts.file) throw new Error(`${state.caseNo}: looking again needs the case file among the facts`);
  const { certificate, person } = facts.file;
  const occupations = occupationsOf(facts.policy);
  const claimed = { claim: certificate, person, occupations, confirmed: state.confirmation !== undefined };
  const check = registerCheck(source, facts.file[source], claimed);
  const before = state.checks.find(({ code }) => code === check.code);
  const goodUntil = answerGoodUntil(facts.now, facts);
  const term = goodUntil === undefined ? {} : { goodUntil };
  const differs = command.reportsRevoked && check.differs ? { differs: check.differs } : {};
  const looked = {
    type: 'looked-again',
    source,
    evidenceId,
    answer,
    agrees: check.passed,
    ...differs,
    ...term,
  } as const;
  // What people have decided over already is no news, that the certificate was revoked since is (N6.3).
  const isRevoked = check.differs?.includes('status') && !before?.differs?.includes('status');
  const isNews = before?.passed === true || (command.reportsRevoked === true && isRevoked === true);
  if (check.passed || !isNews) return record(looked);
  return record(looked, { type: 'objection-received', objectionId: reportId, kind: 'report', holds: true });
}

/** N3.1c: about to be paid on an answer that is too old: the registers are asked once more, and it waits for them. */
export function askRegisters(state: In<'payable'>, facts: Facts): Decision {
  const sources = outdatedRegisters(state, facts.now, facts);
  // Those that are being asked already need no second word.
  const news = sources.some((source) => state.lookUps[source]?.goodUntil === undefined);
  return news ? record({ type: 'asked-again', sources }) : refuse('nothing-to-ask');
}
