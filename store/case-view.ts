import type { Application } from '../domain/application.ts';
import { type CaseText, lookUpSources } from '../domain/case/events.ts';
import type { CaseState } from '../domain/case/state.ts';
import { remedies } from '../domain/case/letters.ts';
import { entryOf } from '../domain/case/state.ts';
import { nextTelling } from '../domain/case/tellings.ts';
import type { BatchId, CaseNo, OrderNo, OrgCode, RoundId, Sub } from '../domain/ids.ts';
import type { Fen } from '../domain/money.ts';
import { instantFromMs } from '../domain/policy/dates.ts';
import type { OrderStatus } from '../domain/payment/order.ts';
import type { WorkingCalendar } from '../domain/policy/working-days.ts';
import type { Instant } from '../domain/time.ts';
import { type Account, readAccounts } from './account.ts';
import { readApplications } from './application.ts';
import { readCase } from './case.ts';
import { otherCasesOf } from './certificate.ts';
import { businessNow } from './clock.ts';
import type { Queryable } from './database.ts';
import { type CaseDocument, caseDocuments } from './document.ts';
import { type Outage, outagesOf } from './outage.ts';
import { type PersonsRecoveries, recoveriesOfPerson } from './recovery-list.ts';
import { type StaffNames, staffNames } from './staff.ts';
import type { Store } from './store.ts';
import { readTimeline, type TimelineRow } from './timeline.ts';

/** Whose a case is: what rights are decided on. */
export interface Ownership {
  readonly org: OrgCode;
  /** Blind index of the person's ID number. */
  readonly personKey: Buffer;
  readonly employer: Sub | null;
  /** The agency that is asked to take it over. */
  readonly transferTo: OrgCode | null;
}

/** Undefined for a number that is nobody's. */
export async function readOwnership(store: Store, caseNo: CaseNo): Promise<Ownership | undefined> {
  const { rows } = await store.db.query<Ownership>(
    `SELECT org, person_key AS "personKey", employer, state #>> '{transfer,to}' AS "transferTo" FROM cases
     WHERE case_no = $1`,
    [caseNo],
  );
  return rows[0];
}

export interface PaymentView {
  readonly orderNo: OrderNo;
  readonly batchId: BatchId;
  readonly amountFen: Fen;
  readonly status: OrderStatus;
  readonly creditedAt: Instant | null;
}

/** A case with everything that its caseworkers look at. Personal data in `application` and texts. */
export interface CaseView {
  readonly seq: number;
  readonly state: CaseState;
  /** When it was looked at, and by which calendar working days are counted. */
  readonly now: Instant;
  readonly calendar: WorkingCalendar;
  /** Null once the case's key was destroyed. */
  readonly application: Application | null;
  /** What people saw of each check, by code. */
  readonly checkDetails: ReadonlyMap<string, string>;
  /** The last word of the handler and of the reviewer. */
  readonly opinion: CaseText | null;
  /** What colleagues call those who signed. */
  readonly signerNames: StaffNames;
  /** What the applicant was asked to bring, as it was written. */
  readonly asked: { readonly supplement: CaseText | null; readonly registration: CaseText | null };
  /** What may still be done against a refusal, in the policy's words (N3.1e); none where nothing was refused. */
  readonly remedies: readonly string[];
  /** Partners that have not answered yet. */
  readonly outages: readonly Outage[];
  readonly payment: PaymentView | null;
  readonly documents: readonly CaseDocument[];
  /** The notice that the case is on, and its report's date. */
  readonly roundId: RoundId | null;
  /** Other people's standing claims on a certificate of the same number (N6.3). */
  readonly sameCertificate: readonly CaseNo[];
  /** Recovery of this case, and of the same person's other cases (N3.4b). */
  readonly recoveries: PersonsRecoveries;
}

/** @throws NotFound */
export async function viewCase(store: Store, caseNo: CaseNo): Promise<CaseView> {
  const { state, head } = await readCase(store.db, caseNo);
  const [timeline, applications, payment, documents, outages, recoveries, sameCertificate] = await Promise.all([
    readTimeline(store.db, store, caseNo),
    readApplications(store.db, store, [caseNo]),
    lastOrder(store, caseNo),
    caseDocuments(store.db, caseNo),
    outagesOf(store.db, caseNo),
    recoveriesOfPerson(store.db, caseNo),
    otherCasesOf(store.db, caseNo),
  ]);
  const now = await businessNow(store.db);
  const application = applications.get(caseNo) ?? null;
  // The account in force: the bank could not credit the one that was filed (N3.3).
  const corrected = state.endedOrders > 0 ? await readAccounts(store.db, store, [caseNo]) : new Map<CaseNo, Account>();
  // The latest word on each: a check may be made again alone.
  const details = timeline.flatMap(({ text }) => text?.checkDetails ?? []);
  return {
    seq: head.seq,
    state,
    now,
    calendar: await store.rules.calendar(store.db, now),
    application: application && { ...application, account: corrected.get(caseNo) ?? application.account },
    checkDetails: new Map(details.map(({ code, detail }) => [code, detail])),
    opinion: textOf(timeline, 'handled') ?? null,
    signerNames: await staffNames(store.db, Object.values(state.signatures)),
    remedies:
      state.stage === 'refused'
        ? remedies({ state, policy: await store.rules.policy(store.db, state.policyVersion) })
        : [],
    asked: {
      supplement: textOf(timeline, 'supplement-asked') ?? null,
      registration: textOf(timeline, 'registration-asked') ?? null,
    },
    outages: outages.filter(({ source }) => isLookUp(source) || nextTelling(state) !== undefined),
    payment,
    documents,
    recoveries,
    sameCertificate,
    roundId: entryOf(state)?.roundId ?? null,
  };
}

const isLookUp = (source: Outage['source']): boolean => (lookUpSources as readonly string[]).includes(source);

const textOf = (timeline: readonly TimelineRow[], type: string): CaseText | null | undefined =>
  timeline.findLast(({ event }) => event.type === type)?.text;

/** What the applicant was asked to bring, as it was written; null where nothing was or its words were destroyed. */
export const readAsked = async (
  db: Queryable,
  store: Store,
  caseNo: CaseNo,
  what: keyof CaseView['asked'],
): Promise<CaseText | null> => textOf(await readTimeline(db, store, caseNo), `${what}-asked`) ?? null;

async function lastOrder(store: Store, caseNo: CaseNo): Promise<PaymentView | null> {
  const { rows } = await store.db.query<{
    order_no: OrderNo;
    batch_id: BatchId;
    amount_fen: Fen;
    status: OrderStatus;
    credited_at: number | null;
  }>(
    `SELECT order_no, batch_id, amount_fen, status, credited_at FROM payment_order
     WHERE case_no = $1 ORDER BY length(order_no) DESC, order_no DESC LIMIT 1`,
    [caseNo],
  );
  const [row] = rows;
  if (!row) return null;
  return {
    orderNo: row.order_no,
    batchId: row.batch_id,
    amountFen: row.amount_fen,
    status: row.status,
    creditedAt: row.credited_at === null ? null : instantFromMs(row.credited_at),
  };
}
