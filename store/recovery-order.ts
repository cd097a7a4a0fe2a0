import type { CaseNo } from '../domain/ids.ts';
import { maskedIdNumber } from '../domain/masking.ts';
import { civilDate } from '../domain/policy/dates.ts';
import { dateOf } from '../domain/time.ts';
import type { RecoveryOrder } from '../domain/recovery/order-text.ts';
import { readApplications } from './application.ts';
import { readCase } from './case.ts';
import { NotFound } from './not-found.ts';
import type { Store } from './store.ts';
import { readRecoveryTimeline, readTimeline } from './timeline.ts';

/**
 * The order to pay back as it was decided (N3.4b): whatever came in or was given up since changes nothing of it.
 * @throws NotFound where nothing was ordered, or the person's data was destroyed
 */
export async function readRecoveryOrder(store: Store, caseNo: CaseNo): Promise<RecoveryOrder> {
  const { db } = store;
  const recovery = await readRecoveryTimeline(db, store, caseNo);
  const ordered = recovery.map(({ event }) => event).find((event) => event.type === 'recovery-ordered');
  const application = (await readApplications(db, store, [caseNo])).get(caseNo);
  if (!ordered || !application) throw new NotFound(caseNo);
  const rows = await readTimeline(db, store, caseNo);
  const finding = rows.find(
    ({ event }) => event.type === 'objection-upheld' && event.objectionId === ordered.objectionId,
  );
  const credited = rows
    .map(({ event }) => event)
    .find((event) => event.type === 'paid' && event.orderNo === ordered.orderNo);
  const [first] = recovery;
  if (!finding || credited?.type !== 'paid' || !first)
    throw new Error(`${caseNo}: ordered without a finding or payment`);
  const { actor, text } = finding;
  const { state } = await readCase(db, caseNo);
  return {
    caseNo,
    name: application.applicant.name,
    idNumber: maskedIdNumber(application.applicant.idNumber),
    certificate: state.certificate,
    filedOn: dateOf(state.filedAt),
    creditedOn: dateOf(credited.creditedAt),
    amountFen: ordered.amountFen,
    reasons: (text?.reasons ?? []).map((one) => one.text),
    heardOn: text?.hearing ? civilDate(text.hearing.on) : null,
    appraisal: text?.appraisal ? { body: text.appraisal.body, opinion: text.appraisal.opinion } : null,
    orderedOn: dateOf(first.at),
    demandBy: ordered.demand.dueOn,
    issuer: actor.kind === 'staff' ? actor.org : ordered.org,
    agency: ordered.org,
    policy: await store.rules.policy(db, ordered.policyVersion),
  };
}
