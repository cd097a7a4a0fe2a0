import { type Action } from '../rights.ts';
import type { Sub } from '../ids.ts';
import { commands, type CommandType, isOpen } from './procedure.ts';
import { type CaseState, transferOf } from './state.ts';

/** What people may ask of a case, by the last part of its address (`POST /v1/cases/{caseNo}/handling`). */
const offers = {
  handling: { command: 'handle', may: 'handle-case' },
  'certificate-confirmation': { command: 'confirm-certificate', may: 'confirm-certificate' },
  review: { command: 'review', may: 'review-case' },
  supplement: { command: 'supplement', may: 'supplement-case' },
  'certificate-registration': { command: 'inspect-registration', may: 'register-certificate' },
  reconsideration: { command: 'ask-reconsideration', may: 'ask-reconsideration' },
  'reconsideration/decision': { command: 'decide-reconsideration', may: 'decide-reconsideration' },
  transfer: { command: 'ask-transfer', may: 'transfer-case' },
  'transfer/confirmation': { command: 'confirm-transfer', may: 'confirm-transfer' },
  account: { command: 'correct-account', may: 'correct-account' },
  succession: { command: 'report-death', may: 'report-death' },
  'succession/decision': { command: 'decide-succession', may: 'decide-succession' },
  merger: { command: 'merge', may: 'merge-case' },
  withdrawal: { command: 'withdraw', may: 'withdraw-case' },
} as const satisfies Record<string, { command: CommandType; may: Action }>;
export type Offer = keyof typeof offers;

/** What people call it. */
export const offerLabel = (offer: Offer): string => commands[offers[offer].command].label;

export const isOffer = (name: string): name is Offer => name in offers;

/** What may be done with the case now by somebody with these rights (N3.1g: never both signatures). */
export function allowedNow(state: CaseState, sub: Sub, may: (action: Action) => boolean): readonly Offer[] {
  const transfer = transferOf(state);
  return (Object.keys(offers) as Offer[]).filter((offer) => {
    const { command, may: action } = offers[offer];
    if (!may(action) || !isOpen(command, state.stage)) return false;
    if (offer === 'certificate-confirmation')
      return Object.values(state.lookUps).some(({ answer }) => answer === 'not-covered');
    const isInSuccession = state.holds.some(({ kind }) => kind === 'succession');
    if (offer === 'succession') return !isInSuccession;
    if (offer === 'succession/decision') return isInSuccession;
    if (offer === 'reconsideration') return !state.reconsidered;
    if (offer === 'reconsideration/decision') return !tookPart(state, sub);
    if (offer === 'certificate-registration') return 'step' in state && state.step !== 'entering';
    if (offer === 'transfer/confirmation') return transfer !== null && transfer.by !== sub;
    if (transfer) return offer === 'withdrawal';
    if (offer === 'account') return state.holds.some(({ kind }) => kind === 'account');
    if (state.stage !== 'review') return true;
    if (offer === 'handling') return state.handling === null;
    return offer !== 'review' || (state.handling !== null && state.handling.by !== sub);
  });
}

const tookPart = ({ reconsidered, signatures }: CaseState, sub: Sub): boolean => {
  const { handler, reviewer } = reconsidered?.refusedBy ?? signatures;
  return sub === handler || sub === reviewer;
};
