import { createHash, randomBytes } from 'node:crypto';
import type { Application } from '../domain/application.ts';
import type { CaseNo, ObjectionId, OrgCode, Sub } from '../domain/ids.ts';
import { instantFromMs } from '../domain/policy/dates.ts';
import type { Policy } from '../domain/policy/policy.ts';
import {
  draw,
  type Drawable,
  monthBefore,
  monthFrom,
  neighbours,
  type RiskSign,
  sampleId,
  type Sign,
} from '../domain/sample/sample.ts';
import { type CivilDate, type Instant, startOfDay } from '../domain/time.ts';
import { readApplications } from './application.ts';
import { businessNow } from './clock.ts';
import type { Queryable, Transaction } from './database.ts';
import type { Store } from './store.ts';

type MarkKind = 'account' | 'phone' | 'proxy' | 'certificate';

const pageSize = 500;

/** What of an application is looked for in others. */
const marksOf = ({
  account,
  applicant,
  proxy,
  certificate,
}: Application): Readonly<Partial<Record<MarkKind, string>>> => ({
  account: account.number,
  phone: applicant.phone,
  certificate: certificate.number,
  ...(proxy ? { proxy: proxy.idNumber } : {}),
});

/** Keyed hash under one kind: the same number as account and as phone gives two marks. */
const markOf = ({ vault }: Store, kind: MarkKind, text: string): Buffer => vault.blindIndex('mark', `${kind}:${text}`);

/**
 * Draws last month's sample of every HRSS that had cases paid (N3.4c); a month that was drawn stays as it is, whoever
 * repeats the day.
 * @param alive called between pages
 */
export async function drawSamples(store: Store, day: CivilDate, policy: Policy, alive: () => void): Promise<void> {
  const month = monthBefore(day);
  const { from, before } = monthFrom(month);
  const { rows } = await store.db.query<{ org: OrgCode; case_nos: CaseNo[] }>(
    `SELECT org, array_agg(case_no ORDER BY case_no) AS case_nos FROM cases JOIN payment_order o USING (case_no)
     WHERE o.status = 'paid' AND o.credited_at >= $1 AND o.credited_at < $2
       AND NOT EXISTS (SELECT FROM sample s WHERE s.org = cases.org AND s.month = $3)
     GROUP BY org ORDER BY org`,
    [startOfDay(from), startOfDay(before), month],
  );
  if (rows.length === 0) return;
  await keepMarks(store, alive);
  for (const { org, case_nos: caseNos } of rows) {
    await drawOne(store, org, month, caseNos, policy);
    alive();
  }
}

/** Marks every case that has none; cases whose keys were destroyed stay without. */
async function keepMarks(store: Store, alive: () => void): Promise<void> {
  for (let after = ''; ;) {
    const { rows } = await store.db.query<{ case_no: CaseNo }>(
      `SELECT case_no FROM cases WHERE case_no > $1
         AND NOT EXISTS (SELECT FROM case_mark m WHERE m.case_no = cases.case_no) ORDER BY case_no LIMIT ${pageSize}`,
      [after],
    );
    const last = rows.at(-1);
    if (!last) return;
    await markCases(
      store,
      rows.map((row) => row.case_no),
    );
    after = last.case_no;
    alive();
  }
}

async function markCases(store: Store, caseNos: readonly CaseNo[]): Promise<void> {
  const applications = await readApplications(store.db, store, caseNos);
  const marks = [...applications].flatMap(([caseNo, application]) =>
    (Object.entries(marksOf(application)) as [MarkKind, string][]).map(([kind, text]) => ({
      ...{ caseNo, kind },
      mark: markOf(store, kind, text),
    })),
  );
  await store.db.query(
    `INSERT INTO case_mark (case_no, kind, mark) SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[])
     ON CONFLICT (case_no, kind) DO UPDATE SET mark = EXCLUDED.mark`,
    [marks.map((one) => one.caseNo), marks.map((one) => one.kind), marks.map((one) => one.mark)],
  );
}

async function drawOne(
  store: Store,
  org: OrgCode,
  month: CivilDate,
  caseNos: readonly CaseNo[],
  policy: Policy,
): Promise<void> {
  const seed = randomBytes(16).toString('hex');
  const paid: Drawable[] = [];
  for (let first = 0; first < caseNos.length; first += pageSize) {
    const page = caseNos.slice(first, first + pageSize);
    await markCases(store, page); // an account may have changed since
    const signs = await signsOf(store, page, policy);
    paid.push(...page.map((caseNo) => ({ caseNo, lot: lotOf(seed, caseNo), signs: signs.get(caseNo) ?? [] })));
  }
  const drawn = draw(paid, policy);
  await store.db.transaction(async (tx) => {
    const id = sampleId(org, month);
    const made = await tx.query(
      `INSERT INTO sample (sample_id, org, month, drawn_at, seed, policy_version, paid)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING 1`,
      [id, org, month, await businessNow(tx), seed, policy.id, paid.length],
    );
    if (made.rows.length === 0) return; // drawn by somebody else meanwhile
    await tx.query(
      `INSERT INTO sample_item (sample_id, case_no, by_lot, signs)
       SELECT $1, case_no, by_lot, signs::json FROM unnest($2::text[], $3::boolean[], $4::text[]) AS new (case_no, by_lot, signs)`,
      [
        id,
        drawn.map((one) => one.caseNo),
        drawn.map((one) => one.byLot),
        drawn.map((one) => JSON.stringify(one.signs)),
      ],
    );
  });
}

/** A case's place in the lot: anybody who has the seed finds the same. */
export const lotOf = (seed: string, caseNo: CaseNo): string =>
  createHash('sha256').update(`${seed}:${caseNo}`).digest('hex');

/** Risk signs of cases against all cases of the province (N3.4c). */
async function signsOf(
  store: Store,
  caseNos: readonly CaseNo[],
  { sample }: Policy,
): Promise<ReadonlyMap<CaseNo, readonly Sign[]>> {
  const { rows } = await store.db.query<{ case_no: CaseNo; kind: MarkKind; others: CaseNo[] }>(
    `SELECT m.case_no, m.kind, array_agg(o.case_no ORDER BY o.case_no) AS others
     FROM case_mark m JOIN case_mark o ON o.kind = m.kind AND o.mark = m.mark AND o.case_no <> m.case_no
     -- One person's own cases may well share account and phone.
     JOIN cases mine ON mine.case_no = m.case_no JOIN cases other ON other.case_no = o.case_no
     WHERE m.case_no = ANY ($1) AND m.kind <> 'certificate'
       AND (m.kind = 'proxy' OR mine.person_key <> other.person_key)
     GROUP BY 1, 2`,
    [caseNos],
  );
  const found = new Map<CaseNo, Sign[]>();
  const add = (caseNo: CaseNo, sign: RiskSign, others: readonly CaseNo[]) =>
    found.set(caseNo, [...(found.get(caseNo) ?? []), { sign, others }]);
  for (const { case_no: caseNo, kind, others } of rows) {
    if (kind === 'account') add(caseNo, 'shared-account', others);
    else if (kind === 'phone') add(caseNo, 'shared-phone', others);
    else if (others.length + 1 >= sample.proxyCases) add(caseNo, 'busy-proxy', others);
  }
  for (const [caseNo, others] of await consecutive(store, caseNos)) add(caseNo, 'consecutive-certificates', others);
  return found;
}

/** Cases whose certificate's number stands next to one of these. */
async function consecutive(store: Store, caseNos: readonly CaseNo[]): Promise<ReadonlyMap<CaseNo, readonly CaseNo[]>> {
  const applications = await readApplications(store.db, store, caseNos);
  const next = [...applications].flatMap(([caseNo, { certificate }]) =>
    neighbours(certificate.number).map((number) => ({ caseNo, mark: markOf(store, 'certificate', number) })),
  );
  const { rows } = await store.db.query<{ case_no: CaseNo; others: CaseNo[] }>(
    `SELECT near.case_no, array_agg(m.case_no ORDER BY m.case_no) AS others
     FROM unnest($1::text[], $2::bytea[]) AS near (case_no, mark)
     JOIN case_mark m ON m.kind = 'certificate' AND m.mark = near.mark AND m.case_no <> near.case_no GROUP BY 1`,
    [next.map((one) => one.caseNo), next.map((one) => one.mark)],
  );
  return new Map(rows.map((row) => [row.case_no, row.others]));
}

export interface SampleView {
  readonly sampleId: string;
  readonly org: OrgCode;
  readonly month: CivilDate;
  readonly drawnAt: Instant;
  readonly seed: string;
  readonly paid: number;
  readonly items: number;
  readonly examined: number;
}

/** Samples of the given units, the latest first. */
export async function listSamples(db: Queryable, orgs: readonly OrgCode[]): Promise<readonly SampleView[]> {
  const { rows } = await db.query<Omit<SampleView, 'drawnAt'> & { drawn_at: number }>(
    `SELECT s.sample_id AS "sampleId", org, month, drawn_at, seed, paid, count(i.case_no) AS items,
            count(r.case_no) AS examined
     FROM sample s LEFT JOIN sample_item i USING (sample_id) LEFT JOIN sample_result r USING (sample_id, case_no)
     WHERE org = ANY ($1) GROUP BY s.sample_id ORDER BY month DESC, org LIMIT 500`,
    [orgs],
  );
  return rows.map(({ drawn_at, ...row }) => ({ ...row, drawnAt: instantFromMs(drawn_at) }));
}

export interface SampleItem {
  readonly caseNo: CaseNo;
  readonly byLot: boolean;
  readonly signs: readonly Sign[];
  readonly result: 'in-order' | 'doubtful' | null;
  readonly examinedBy: Sub | null;
  readonly reportId: ObjectionId | null;
}

/** What was drawn, in case-number order; undefined for a sample that is none. */
export async function readSample(
  db: Queryable,
  id: string,
): Promise<{ readonly org: OrgCode; readonly items: readonly SampleItem[] } | undefined> {
  const { rows } = await db.query<SampleItem & { org: OrgCode }>(
    `SELECT s.org, i.case_no AS "caseNo", by_lot AS "byLot", signs, result, examined_by AS "examinedBy",
            report_id AS "reportId"
     FROM sample s JOIN sample_item i USING (sample_id) LEFT JOIN sample_result r USING (sample_id, case_no)
     WHERE sample_id = $1 ORDER BY i.case_no`,
    [id],
  );
  const [first] = rows;
  return first && { org: first.org, items: rows };
}

/** Whether a person had part in a case: signed, prepared or released its payment, or decided on it. */
export async function hadPart(tx: Transaction, caseNo: CaseNo, sub: Sub): Promise<boolean> {
  const { rows } = await tx.query(
    `SELECT FROM event WHERE stream IN ('case-' || $1, 'recovery-' || $1) AND actor ->> 'sub' = $2
     UNION ALL SELECT FROM payment_order JOIN payment_batch USING (batch_id)
       WHERE case_no = $1 AND (prepared_by = $2 OR released_by = $2) LIMIT 1`,
    [caseNo, sub],
  );
  return rows.length > 0;
}
