import type { DocumentId, Sub } from '../ids.ts';
import type { DeadlineKind } from '../policy/deadlines.ts';
import type { CivilDate, Instant } from '../time.ts';
import type { CaseEvent } from './events.ts';
import { staysWhenUpheld } from './procedure.ts';
import type { CaseState } from './state.ts';

/** Everything that applicants are told; what each says is in `telling-texts.ts`. */
export type About =
  | 'refusal'
  | 'supplement'
  | 'registration'
  | 'reminder'
  | 'lapse'
  | 'reconsideration-upheld'
  | 'reconsideration-overturned'
  | 'merged'
  | 'filed-for-you'
  | 'transferred'
  | 'withdrawn-for-you'
  | 'cancellation'
  | 'recovery-order'
  | 'account'
  | 'account-reminder';

/** The deadline that is met when the applicant was told. */
export const metByTelling: Readonly<Partial<Record<About, DeadlineKind>>> = { refusal: 'refusal-notice' };

/** What an event obliges to tell the applicant; `ref` as in `TellingFacts`. */
export function tellingsAfter(before: CaseState | null, event: CaseEvent): readonly Begins[] {
  switch (event.type) {
    case 'filed':
      return event.onBehalf ? [{ about: 'filed-for-you', ref: '' }] : [];
    case 'transferred':
      return [{ about: 'transferred', ref: '' }];
    case 'refused':
      return [{ about: 'refusal', ref: '' }];
    case 'supplement-asked':
      return [{ about: 'supplement', ref: '' }];
    case 'registration-asked':
      return [{ about: 'registration', ref: '' }];
    case 'applicant-reminded':
      return [{ about: 'reminder', ref: event.kind }];
    case 'reconsideration-upheld':
      return [{ about: 'reconsideration-upheld', ref: '' }];
    case 'reconsideration-overturned':
      return [{ about: 'reconsideration-overturned', ref: '' }];
    case 'merged':
      return [{ about: 'merged', ref: event.into }];
    case 'withdrawn':
      return event.by === undefined ? [] : [{ about: 'withdrawn-for-you', ref: '' }];
    case 'lapsed':
      return [{ about: 'lapse', ref: '' }];
    case 'objection-upheld':
      // Once the money has left, recovery tells by its own decision (N3.4b); a case that is over loses nothing.
      if (before !== null && staysWhenUpheld.includes(before.stage)) return [];
      return [{ about: 'cancellation', ref: event.objectionId }];
    case 'recovery-order-issued':
      return [{ about: 'recovery-order', ref: event.objectionId }];
    case 'payment-failed':
    case 'payment-returned':
      return [{ about: 'account', ref: event.orderNo }];
    case 'account-reminded':
      return [{ about: 'account-reminder', ref: event.endedOrder }];
    case 'payment-cancelled':
      return [{ about: 'cancellation', ref: event.objectionId }];
    default:
      return [];
  }
}
interface Begins {
  readonly about: About;
  readonly ref: string;
}

/** In the order in which they are tried, where a telling names none of its own. */
export const carriers = ['sms', 'letter'] as const;
export type Carrier = (typeof carriers)[number];
export const carrierLabels: Readonly<Record<Carrier, string>> = { sms: '短信', letter: '挂号信' };

/** What the applicant still has to be told. `n`: the case's how manieth. */
export interface OpenTelling extends Begins {
  readonly n: number;
  readonly since: Instant;
  /** No carrier reached her: a person tells and records how. */
  readonly failed: boolean;
}

/** As a case keeps them; a case that has told nothing yet keeps none. */
export interface Tellings {
  readonly begun: number;
  readonly open: readonly OpenTelling[];
}

/** How a person told the applicant when no carrier reached her. */
export const ways = {
  'in-person': '当面送达',
  phone: '电话告知',
  'left-at-address': '留置送达',
  'public-notice': '公告送达',
} as const;
export type Way = keyof typeof ways;

/** Proof that a message or letter arrived (N3.1e): the partner's instant, and the hash of its answer, which is kept. */
export interface Delivery {
  readonly carrier: Carrier;
  readonly messageId: string;
  readonly deliveredAt: Instant;
  /** SHA-256 of the partner's answer, hex. */
  readonly proof: string;
}

export interface Attempt {
  readonly carrier: Carrier;
  readonly messageId: string;
}

/** What becomes of a telling. */
export type TellingEvent =
  /** Of before carriers and proofs were recorded, a refusal without `n` and what follows it. */
  | ({
      readonly type: 'applicant-told';
      readonly about: About;
      readonly messageId: string;
      readonly n?: number;
    } & Partial<Omit<Delivery, 'messageId'>>)
  | {
      readonly type: 'telling-failed';
      readonly n: number;
      readonly about: About;
      readonly attempts: readonly Attempt[];
    }
  | {
      readonly type: 'told-by-person';
      readonly n: number;
      readonly about: About;
      readonly by: Sub;
      readonly on: CivilDate;
      readonly way: Way;
      readonly documentId: DocumentId;
    };

export const openTellings = (state: CaseState): readonly OpenTelling[] => state.tellings?.open ?? [];

/** Without what no longer has to be told: a new account came, or none is needed any more. */
export const withoutTelling = (state: CaseState, ...about: readonly About[]): Pick<CaseState, 'tellings'> =>
  state.tellings
    ? { tellings: { ...state.tellings, open: openTellings(state).filter((one) => !about.includes(one.about)) } }
    : {};

/** What the case's run sends next; undefined where nothing is left, or only what a person has to tell. */
export const nextTelling = (state: CaseState): OpenTelling | undefined =>
  openTellings(state).find((telling) => !telling.failed);
