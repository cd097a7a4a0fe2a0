import { randomBytes, randomUUID } from 'node:crypto';
import { newKey, open, seal } from '../crypto/seal.ts';
import type { Actor } from '../domain/actor.ts';
import type { MediaType } from '../domain/document.ts';
import type { CaseNo, ObjectionId, OrgCode } from '../domain/ids.ts';
import { instantFromMs } from '../domain/policy/dates.ts';
import type { Instant } from '../domain/time.ts';
import { type CaseAnswer, NotFound } from './case.ts';
import { businessNow } from './clock.ts';
import type { Queryable, Transaction } from './database.ts';
import { type Complaint, type ComplaintFile, type FileView, receiveInto } from './objection.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';
import { openJson, sealJson, sha256 } from './vault.ts';

/** A report that names no case, as it was written: what HRSS finds the case by (N3.4b). Personal data. */
export interface LooseReport extends Complaint {
  readonly name: string | null;
  readonly employer: string | null;
  readonly noticeId: string | null;
}

export interface UnmatchedReport {
  readonly reportId: ObjectionId;
  readonly org: OrgCode;
  readonly state: 'open' | 'matched' | 'closed';
  readonly receivedAt: Instant;
}

/** What a report's own wrapped key belongs to. */
export const reportKeyContext = (reportId: string): string => `report-key:${reportId}`;

type Hrss = Actor & { kind: 'staff' };

/** Keeps a report whose case is not known, and its files, sealed by a key of its own. @throws KeyReused */
export function receiveUnmatched(
  store: Store,
  claim: Claim,
  org: OrgCode,
  report: LooseReport,
  files: readonly ComplaintFile[] = [],
): Promise<Outcome<{ receiptNo: string }>> {
  return once(store, claim, async (tx) => {
    const reportId = randomUUID();
    const receiptNo = randomBytes(16).toString('hex'); // contract: 128 random bits
    const key = newKey();
    await tx.query(
      `INSERT INTO unmatched_report (report_id, org, received_at, receipt_hash, state, wrapped, sealed)
       VALUES ($1, $2, business_now(), $3, 'open', $4, $5)`,
      [
        reportId,
        org,
        sha256(receiptNo),
        store.vault.wrap(key, reportKeyContext(reportId)),
        sealJson(key, report, 'report'),
      ],
    );
    for (const [index, { mediaType, content }] of files.entries())
      await tx.query(
        `INSERT INTO report_file (report_id, n, media_type, bytes, sha256, sealed) VALUES ($1, $2, $3, $4, $5, $6)`,
        [
          ...[reportId, index + 1, mediaType, content.length, sha256(content)],
          seal(key, content, fileContext(reportId)),
        ],
      );
    return { done: { receiptNo } };
  });
}

const fileContext = (reportId: string): string => `report-file:${reportId}`;

interface Row {
  report_id: ObjectionId;
  org: OrgCode;
  state: UnmatchedReport['state'];
  received_at: number;
  receipt_hash: Buffer;
  wrapped: Buffer | null;
  sealed: Buffer | null;
}

const columns = 'report_id, org, state, received_at, receipt_hash, wrapped, sealed';

const viewOf = (row: Row): UnmatchedReport => ({
  reportId: row.report_id,
  org: row.org,
  state: row.state,
  receivedAt: instantFromMs(row.received_at),
});

async function find(db: Queryable, reportId: string, lock: '' | 'FOR UPDATE' = ''): Promise<Row | undefined> {
  const { rows } = await db.query<Row>(`SELECT ${columns} FROM unmatched_report WHERE report_id = $1 ${lock}`, [
    reportId,
  ]);
  return rows[0];
}

/** Undefined for a report that named its case, or for none at all. */
export async function findUnmatched(db: Queryable, reportId: string): Promise<UnmatchedReport | undefined> {
  const row = await find(db, reportId);
  return row && viewOf(row);
}

/** With what was written, for HRSS; null once it was matched: then its case has it. @throws NotFound */
export async function readUnmatched(
  store: Store,
  reportId: string,
): Promise<UnmatchedReport & { readonly report: LooseReport | null; readonly files: readonly FileView[] }> {
  const row = await find(store.db, reportId);
  if (!row) throw new NotFound(reportId);
  const { rows: files } = await store.db.query<FileView>(
    'SELECT n, media_type AS "mediaType", bytes FROM report_file WHERE report_id = $1 ORDER BY n',
    [reportId],
  );
  return { ...viewOf(row), report: textOf(store, row), files };
}

/** A file that came with a report whose case is still looked for. @throws NotFound */
export async function readReportFile(store: Store, reportId: string, n: number): Promise<ComplaintFile> {
  const row = await find(store.db, reportId);
  const [file] = row ? await filesOf(store.db, store, row, n) : [];
  if (!file) throw new NotFound(`${reportId}/${n}`);
  return file;
}

/** Its files, opened, in their order; all of them, or the one of that number. */
async function filesOf(db: Queryable, store: Store, row: Row, n: number | null): Promise<readonly ComplaintFile[]> {
  if (!row.wrapped) return [];
  const key = store.vault.unwrap(row.wrapped, reportKeyContext(row.report_id));
  const { rows } = await db.query<{ media_type: MediaType; sealed: Buffer }>(
    'SELECT media_type, sealed FROM report_file WHERE report_id = $1 AND ($2::int IS NULL OR n = $2) ORDER BY n',
    [row.report_id, n],
  );
  return rows.map(({ media_type, sealed }) => ({
    mediaType: media_type,
    content: open(key, sealed, fileContext(row.report_id)),
  }));
}

function textOf(store: Store, { report_id, wrapped, sealed }: Row): LooseReport | null {
  if (!wrapped || !sealed) return null;
  return openJson<LooseReport>(store.vault.unwrap(wrapped, reportKeyContext(report_id)), sealed, 'report');
}

/** Reports of the given units that wait for their case, the oldest first. */
export async function listUnmatched(
  db: Queryable,
  orgs: readonly OrgCode[],
  { after, limit }: { readonly after: readonly [receivedMs: number, id: string] | null; readonly limit: number },
): Promise<readonly UnmatchedReport[]> {
  const { rows } = await db.query<Row>(
    `SELECT ${columns} FROM unmatched_report WHERE state = 'open' AND org = ANY ($1)
       AND ($2::bigint IS NULL OR (received_at, report_id) > (to_timestamp($2 / 1000.0), $3::uuid))
     ORDER BY received_at, report_id LIMIT $4`,
    [orgs, after?.[0] ?? null, after?.[1] ?? null, limit],
  );
  return rows.map(viewOf);
}

/**
 * HRSS knows the case: from now on it is a report on that case, under the same id and receipt, sealed with the case's
 * key, its files too.
 * @throws NotFound, KeyReused
 */
export function matchReport(
  store: Store,
  claim: Claim,
  actor: Hrss,
  reportId: ObjectionId,
  caseNo: CaseNo,
): Promise<Outcome<CaseAnswer>> {
  return once(store, claim, async (tx, commandId) => {
    const row = await lockOpen(tx, reportId);
    if ('refused' in row) return row;
    const written = textOf(store, row);
    if (!written) throw new Error(`${reportId}: open, and its text can't be read`);
    const { name, employer, noticeId, contact } = written;
    const complaint: Complaint = { text: aboutWhom([name, employer, noticeId], written.text), contact };
    const files = await filesOf(tx, store, row, null);
    const received = { caseNo, kind: 'report', complaint, files } as const;
    const receiving = { objectionId: reportId, receiptHash: row.receipt_hash, actor, commandId };
    const outcome = await receiveInto(tx, store, received, receiving);
    if ('refused' in outcome) return outcome;
    await tx.query('DELETE FROM report_file WHERE report_id = $1', [reportId]);
    await decided(tx, reportId, actor, 'matched', null);
    return outcome;
  });
}

/** HRSS can't tell which case it is about, or there is none: the reason is kept (N3.4b). @throws NotFound, KeyReused */
export function closeReport(
  store: Store,
  claim: Claim,
  actor: Hrss,
  reportId: ObjectionId,
  reason: string,
): Promise<Outcome<UnmatchedReport>> {
  return once(store, claim, async (tx) => {
    const row = await lockOpen(tx, reportId);
    if ('refused' in row) return row;
    if (!row.wrapped) throw new Error(`${reportId}: open without its key`);
    const key = store.vault.unwrap(row.wrapped, reportKeyContext(reportId));
    await decided(tx, reportId, actor, 'closed', sealJson(key, { reason }, 'report-reason'));
    return { done: { ...viewOf(row), state: 'closed' } };
  });
}

/** What a report said of whom stays in front of what it said. */
export function aboutWhom(whom: readonly (string | null)[], text: string): string {
  const about = whom.filter((part) => part !== null).join('，');
  return about === '' ? text : `【${about}】${text}`;
}

async function lockOpen(
  tx: Transaction,
  reportId: ObjectionId,
): Promise<Row | Extract<Outcome<never>, { refused: unknown }>> {
  const row = await find(tx, reportId, 'FOR UPDATE');
  if (!row) throw new NotFound(reportId);
  return row.state === 'open' ? row : { refused: { code: 'report-decided', detail: { state: row.state } } };
}

async function decided(
  tx: Transaction,
  reportId: ObjectionId,
  { sub }: Hrss,
  state: 'matched' | 'closed',
  reason: Buffer | null,
): Promise<void> {
  const leavesText = state === 'closed';
  await tx.query(
    `UPDATE unmatched_report SET state = $2, decided_at = $3, decided_by = $4, reason = $5,
       wrapped = CASE WHEN $6 THEN wrapped END, sealed = CASE WHEN $6 THEN sealed END WHERE report_id = $1`,
    [reportId, state, await businessNow(tx), sub, reason, leavesText],
  );
}
