import type { CaseCommand } from './commands.ts';
import {
  escalateDeadline,
  moveDeadlines,
  passDeadline,
  remindApplicant,
  remindOfDeadline,
} from './decide-deadlines.ts';
import { answerLookUp, confirmCertificate, file } from './decide-intake.ts';
import { carryOver, correctAccount, recordPayment, release, remindOfAccount, reserveFund } from './decide-payment.ts';
import {
  answerAppraisal,
  decideObjection,
  issueRecoveryOrder,
  moveWindow,
  object,
  pass,
  publish,
  strike,
} from './decide-publicity.ts';
import { askRegisters, decideSuccession, lookAgain, merge, reportDeath } from './decide-life.ts';
import { askReconsideration, decideReconsideration } from './decide-reconsideration.ts';
import { askTransfer, confirmTransfer, handOver } from './decide-place.ts';
import { shred } from './decide-retention.ts';
import { handle, review } from './decide-review.ts';
import { tell } from './decide-telling.ts';
import { lapse, register, supplement } from './decide-waiting.ts';
import { type Decision, type Facts, record, refuse } from './decision.ts';
import { isOpen } from './procedure.ts';
import { type CaseState, transferOf } from './state.ts';

/**
 * The one place that decides on a case: the same for people, workflow runs, bulk steps and auditors. Pure; the facts
 * were read under lock. `state` is null only for `file`.
 */
export function decide(state: CaseState | null, command: CaseCommand, facts: Facts): Decision {
  if (command.type === 'file') return state === null ? file(command, facts) : refuse('not-in-this-state');
  if (state === null || !isOpen(command.type, state.stage)) return refuse('not-in-this-state');
  const transfer = transferOf(state);
  if (transfer && ['handle', 'review'].includes(command.type)) return refuse('transfer-pending', { to: transfer.to });
  switch (command.type) {
    case 'hand-over':
      return handOver(state, command, facts);
    case 'ask-transfer':
      return askTransfer(state, command, facts);
    case 'confirm-transfer':
      return confirmTransfer(state, command, facts);
    case 'answer-look-up':
      return answerLookUp(state, command, facts);
    case 'handle':
      return state.stage === 'review' ? handle(state, command, facts) : refuse('not-in-this-state');
    case 'review':
      return state.stage === 'review' ? review(state, command, facts) : refuse('not-in-this-state');
    case 'confirm-certificate':
      return state.stage === 'review' ? confirmCertificate(state, command) : refuse('not-in-this-state');
    case 'supplement':
      return state.stage === 'supplement' ? supplement(state, command, facts) : refuse('not-in-this-state');
    case 'receive-registration':
    case 'inspect-registration':
    case 'record-registration':
      return state.stage === 'certificate-registration' ? register(state, command, facts) : refuse('not-in-this-state');
    case 'merge':
      return merge(state, command);
    case 'report-death':
      return reportDeath(state, command);
    case 'decide-succession':
      return decideSuccession(state, command);
    case 'look-again':
      return lookAgain(state, command, facts);
    case 'ask-registers':
      return state.stage === 'payable' ? askRegisters(state, facts) : refuse('not-in-this-state');
    case 'ask-reconsideration':
      return state.stage === 'refused' ? askReconsideration(state, facts) : refuse('not-in-this-state');
    case 'decide-reconsideration':
      return state.stage === 'refused' || state.stage === 'reconsideration'
        ? decideReconsideration(state, command, facts)
        : refuse('not-in-this-state');
    case 'lapse':
      return state.stage === 'supplement' || state.stage === 'certificate-registration'
        ? lapse(state, command, facts)
        : refuse('not-in-this-state');
    case 'record-told':
      if (state.stage !== 'refused' || state.told) return refuse('already-told');
      return record({ type: 'applicant-told', about: command.about, messageId: command.messageId });
    case 'record-delivery':
    case 'record-undelivered':
    case 'tell-in-person':
      return tell(state, command, facts);
    case 'list':
      return record({ type: 'listed', roundId: command.roundId, entryId: command.entryId });
    case 'publish':
      return state.stage === 'listed' ? publish(state, command, facts) : refuse('not-in-this-state');
    case 'strike':
      return state.stage === 'listed' || state.stage === 'publicity'
        ? strike(state, command, facts)
        : refuse('not-in-this-state');
    case 'move-window':
      return state.stage === 'publicity' ? moveWindow(state, command) : refuse('not-in-this-state');
    case 'answer-appraisal':
      return answerAppraisal(state, command);
    case 'object':
      return object(state, command, facts);
    case 'decide-objection':
      return decideObjection(state, command, facts);
    case 'issue-recovery-order':
      return state.stage === 'paid' ? issueRecoveryOrder(state, command) : refuse('not-in-this-state');
    case 'pass':
      return state.stage === 'publicity' ? pass(state, command, facts) : refuse('not-in-this-state');
    case 'reserve-fund':
      return reserveFund(state, facts);
    case 'release':
      return state.stage === 'payable' ? release(state, command) : refuse('not-in-this-state');
    case 'record-payment':
      return state.stage === 'paying' || state.stage === 'paid'
        ? recordPayment(state, command, facts)
        : refuse('not-in-this-state');
    case 'correct-account':
      return state.stage === 'payable' ? correctAccount(state, facts) : refuse('not-in-this-state');
    case 'remind-of-account':
      return state.stage === 'payable' ? remindOfAccount(state, command, facts) : refuse('not-in-this-state');
    case 'carry-over':
      return carryOver(state, command, facts);
    case 'withdraw':
      return record({ type: 'withdrawn', ...(command.by === undefined ? {} : { by: command.by }) });
    case 'shred':
      return shred(state, command, facts);
    case 'pass-deadline':
      return passDeadline(state, command, facts);
    case 'move-deadlines':
      return moveDeadlines(state, command, facts);
    case 'remind-deadline':
      return remindOfDeadline(state, command, facts);
    case 'remind-applicant':
      return remindApplicant(state, command, facts);
    case 'escalate-deadline':
      return escalateDeadline(state, command, facts);
  }
}
