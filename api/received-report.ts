import type { CaseNo, EntryId, OrgCode } from '../domain/ids.ts';
import { type ComplaintFile, caseOfEntry, receiveObjection } from '../store/objection.ts';
import type { Claim, Outcome } from '../store/once.ts';
import { receiveUnmatched } from '../store/report.ts';
import type { Store } from '../store/store.ts';
import { published } from './routes/notices.ts';

const PROVINCE = '220000' as OrgCode;

/** What somebody wrote; `reportBody` says what may be in it. */
export interface WrittenReport {
  readonly noticeId?: string | undefined;
  readonly entryId?: string | undefined;
  readonly name?: string | undefined;
  readonly employer?: string | undefined;
  readonly text: string;
  readonly contact?: string | null | undefined;
}

/** Whose HRSS looks at a report: that of the notice, else the province's; and the case, where an entry is named. */
export interface Reported {
  readonly org: OrgCode;
  readonly noticeId: string | null;
  readonly caseNo: CaseNo | null;
}

/** @throws NotFound for a notice or an entry that is not there */
export async function reportedIn(store: Store, { noticeId, entryId }: WrittenReport): Promise<Reported> {
  if (noticeId === undefined) return { org: PROVINCE, noticeId: null, caseNo: null };
  const { org, roundId } = await published(store, noticeId);
  const caseNo = entryId === undefined ? null : await caseOfEntry(store.db, roundId, entryId as EntryId);
  return { org, noticeId: roundId, caseNo };
}

/** Receives a report (N3.4b): on the case that its entry names, else for HRSS to find the case. @throws KeyReused */
export function receiveReport(
  store: Store,
  claim: Claim,
  { org, noticeId, caseNo }: Reported,
  { name, employer, text, contact }: WrittenReport,
  files: readonly ComplaintFile[],
): Promise<Outcome<{ receiptNo: string }>> {
  const complaint = { text, contact: contact ?? null };
  if (caseNo !== null) return receiveObjection(store, claim, { caseNo, kind: 'report', complaint, files });
  const report = { ...complaint, name: name ?? null, employer: employer ?? null, noticeId };
  return receiveUnmatched(store, claim, org, report, files);
}
