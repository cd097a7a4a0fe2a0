import type { RegisterField } from '../policy/check.ts';
import type { CheckCode } from '../policy/checks.ts';
import type { Level } from '../policy/policy.ts';
import type { DocumentId, Sub } from '../ids.ts';
import type { DeadlineEvent } from './events-deadlines.ts';
import type { LifeEvent } from './events-life.ts';
import type { PaymentEvent } from './events-payment.ts';
import type { PlaceEvent } from './events-place.ts';
import type { PublicityEvent } from './events-publicity.ts';
import type { ReconsiderationEvent } from './events-reconsideration.ts';
import type { RetentionEvent } from './events-retention.ts';
import type { ReviewEvent } from './events-review.ts';
import type { TellingEvent } from './tellings.ts';
import type { WaitingEvent } from './events-waiting.ts';

/** Who a look-up asks (N3.1a, N3.1c). */
export const lookUpSources = ['insurance', 'provincial', 'national'] as const;
export type LookUpSource = (typeof lookUpSources)[number];
/** The certificate registers among them. */
export type RegisterSource = Exclude<LookUpSource, 'insurance'>;
/** The registers that are asked again before the payment order (N3.1c). */
export const registerSources: readonly RegisterSource[] = ['provincial', 'national'];
export type LookUpAnswer = 'found' | 'not-found' | 'not-covered';

export type Channel = 'online' | 'counter' | 'collective';
export type CertificateKind = 'qualification' | 'skill-level';

/** What of a certificate may be known outside PostgreSQL: never its number, never whose it is. */
export interface CertificateFacts {
  readonly kind: CertificateKind;
  /** Canonical occupation, or as normalised while `occupationKnown` is false (N4.3). */
  readonly occupation: string;
  readonly occupationKnown: boolean;
  /** Who set the canonical name, where the list did not know what was filed. */
  readonly setBy?: Sub;
  readonly level: Level;
}

/** One automatic check; its wording for people stays in PostgreSQL. */
export interface CheckResult {
  readonly clause: string;
  readonly code: CheckCode;
  readonly passed: boolean;
  /** Fields of a register's record that are not as claimed. */
  readonly differs?: readonly RegisterField[];
}

/** A failed check that a handler answers for, with a document (design.md: checks inform, two people decide). */
export interface Override {
  readonly code: CheckCode;
  readonly documentId: DocumentId;
}

/** What the appraisal body says of a certificate that is in doubt (N3.4a). */
export type AppraisalOpinion = 'genuine' | 'not-genuine';

/** From anyone during publicity: an objection; at any time: a report (N3.4a, N3.4b). */
export type ObjectionKind = 'objection' | 'report';

/**
 * Everything that happens to a case. Codes, ids, instants and amounts only: events travel to Temporal.
 * What people wrote goes beside an event as `CaseText` and stays in PostgreSQL, encrypted.
 */
export type CaseEvent =
  | ReviewEvent
  | WaitingEvent
  | ReconsiderationEvent
  | PublicityEvent
  | PaymentEvent
  | RetentionEvent
  | TellingEvent
  | PlaceEvent
  | DeadlineEvent
  | LifeEvent;

export type CaseEventType = CaseEvent['type'];

/** Words of people beside an event, and check details: sealed with the case's key, never outside PostgreSQL. */
export interface CaseText {
  readonly note?: string;
  readonly reasons?: readonly { readonly clause: string; readonly text: string }[];
  readonly overrideReasons?: readonly { readonly code: string; readonly reason: string }[];
  readonly checkDetails?: readonly { readonly code: string; readonly detail: string }[];
  readonly hearing?: { readonly on: string; readonly documentId?: string };
  readonly appraisal?: { readonly body: string; readonly opinion: string; readonly documentId?: string };
}
