import type { Actor } from '../domain/actor.ts';
import type { Application } from '../domain/application.ts';
import type { VisibleState } from '../domain/case/procedure.ts';
import { type CaseState, visibleState } from '../domain/case/state.ts';
import type { CaseNo, IntakeBatchId, OrgCode } from '../domain/ids.ts';
import { type IntakeEvent, type IntakeState, evolveIntake } from '../domain/intake/batch.ts';
import { addDays } from '../domain/policy/dates.ts';
import { dateOf, startOfDay } from '../domain/time.ts';
import { newKey } from '../crypto/seal.ts';
import { type Kind, type Locked, readOne, recordOne } from './aggregate.ts';
import { NotFound } from './case.ts';
import { businessNow } from './clock.ts';
import { only, type Queryable, type Transaction } from './database.ts';
import type { Filer } from './filing.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';
import { intakeKeyName, openJson, sealJson } from './vault.ts';

export const intakeKind: Kind<IntakeState, IntakeEvent> = {
  table: 'intake_batch',
  idColumn: 'batch_id',
  streamOf: (id) => `intake-${id}`,
  evolve: evolveIntake,
};

/** What is wrong in one cell of a row; `column` and `title` as the sheet has them. */
export interface RowError {
  readonly column: string | null;
  readonly title: string | null;
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** A row as it was checked, before anything is filed. */
export type CheckedRow =
  | { readonly line: number; readonly status: 'waiting'; readonly content: { readonly application: Application } }
  | {
      readonly line: number;
      readonly status: 'wrong';
      /** Cells by title, to be corrected and sent again. */
      readonly content: { readonly cells: Readonly<Record<string, string>>; readonly errors: readonly RowError[] };
    }
  | { readonly line: number; readonly status: 'example'; readonly content: null };

export interface IntakeUpload {
  readonly filer: Filer;
  readonly org: OrgCode;
  readonly from: 'employer' | 'hrss';
  /** Keyed hash of the file. */
  readonly contentHash: Buffer;
  readonly rows: readonly CheckedRow[];
}

/** Content that was not filed, and the names of those who filed it, are kept as long. */
const keptDays = 90;

/**
 * Keeps a checked file (N2.5); its run files the good rows. The same file of the same filer is the same batch.
 * @throws KeyReused
 */
export function receiveBatch(
  store: Store,
  claim: Claim,
  upload: IntakeUpload,
): Promise<Outcome<{ readonly batchId: IntakeBatchId }>> {
  const { filer, contentHash, rows, org, from } = upload;
  return once(store, claim, async (tx, commandId) => {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('intake of ' || $1))`, [filer.uploader]);
    const earlier = await tx.query<{ batch_id: IntakeBatchId }>(
      'SELECT batch_id FROM intake_batch WHERE filer = $1 AND content_hash = $2',
      [filer.uploader, contentHash],
    );
    if (earlier.rows[0]) return { done: { batchId: earlier.rows[0].batch_id } };
    const wrong = rows.filter(({ status }) => status === 'wrong').length;
    const counted = rows.filter(({ status }) => status !== 'example').length;
    const opened = await openBatch(tx, store, { org, from, rows: counted, wrong }, filer, commandId);
    const { batchId, key } = opened;
    await tx.query('UPDATE intake_batch SET content_hash = $2 WHERE batch_id = $1', [batchId, contentHash]);
    await tx.query(
      `INSERT INTO intake_row (batch_id, line, status, sealed)
       SELECT $1, line, status, sealed FROM unnest($2::int[], $3::text[], $4::bytea[]) AS new (line, status, sealed)`,
      [
        batchId,
        rows.map(({ line }) => line),
        rows.map(({ status }) => status),
        rows.map(({ line, content }) => content && sealJson(key, content, rowContext(batchId, line))),
      ],
    );
    return { done: { batchId } };
  });
}

export const rowContext = (batchId: IntakeBatchId, line: number): string => `intake-row:${batchId}:${line}`;

interface Opening {
  readonly org: OrgCode;
  readonly from: 'employer' | 'hrss';
  readonly rows: number;
  readonly wrong: number;
}

/** A new batch with its key; its rows come after. */
export async function openBatch(
  tx: Transaction,
  store: Store,
  opening: Opening,
  { actor, uploader }: Filer,
  commandId: number,
): Promise<{ readonly batchId: IntakeBatchId; readonly key: Buffer }> {
  const { org } = opening;
  await tx.query(`SELECT pg_advisory_xact_lock(hashtext('intake at ' || $1))`, [org]);
  const at = await businessNow(tx);
  const { rows } = await tx.query<{ n: number }>(
    `SELECT coalesce(max(split_part(batch_id, '-', 5)::int), 0) AS n FROM intake_batch WHERE batch_id LIKE $1`,
    [`${org}-${dateOf(at)}-%`],
  );
  const batchId = `${org}-${dateOf(at)}-${only(rows, 'batch number').n + 1}` as IntakeBatchId;
  const event: IntakeEvent = { type: 'received', batchId, ...opening };
  await recordOne(tx, intakeKind, batchId, null, { at, event, wakes: true }, { actor, commandId, ownRun: false });
  const key = newKey();
  await tx.query('UPDATE intake_batch SET filer = $2, filed_by = $3, wrapped = $4 WHERE batch_id = $1', [
    ...[batchId, uploader, JSON.stringify(actor), store.vault.wrap(key, intakeKeyName(batchId))],
  ]);
  return { batchId, key };
}

export async function intakeKey(db: Queryable, store: Store, batchId: IntakeBatchId): Promise<Buffer> {
  const { rows } = await db.query<{ wrapped: Buffer }>('SELECT wrapped FROM intake_batch WHERE batch_id = $1', [
    batchId,
  ]);
  return store.vault.unwrap(only(rows, batchId).wrapped, intakeKeyName(batchId));
}

export interface IntakeHead extends Locked<IntakeState> {
  readonly filer: Filer;
}

const shape = /^\d{6}-\d{4}-\d{2}-\d{2}-\d+$/;

/** @throws NotFound */
export async function readBatch(db: Queryable, batchId: string): Promise<IntakeHead> {
  if (!shape.test(batchId)) throw new NotFound(batchId);
  const locked = await readOne(db, intakeKind, batchId);
  const { rows } = await db.query<{ filer: string; filed_by: Actor }>(
    'SELECT filer, filed_by FROM intake_batch WHERE batch_id = $1',
    [batchId],
  );
  const { filer, filed_by: actor } = only(rows, batchId);
  return { ...locked, filer: { actor, uploader: filer } };
}

export interface RowFate {
  readonly line: number;
  readonly status: 'wrong' | 'example' | 'waiting' | 'filed' | 'refused';
  readonly refusal: string | null;
  readonly caseNo: CaseNo | null;
  readonly state: VisibleState | null;
  readonly errors: readonly RowError[];
  /** Of rows that were not filed, while they are kept. Personal data. */
  readonly cells: Readonly<Record<string, string>>;
}

/** Every row's fate, in the order of the sheet. */
export async function batchRows(db: Queryable, store: Store, batchId: IntakeBatchId): Promise<readonly RowFate[]> {
  const key = await intakeKey(db, store, batchId);
  const { rows } = await db.query<{
    line: number;
    status: RowFate['status'];
    refusal: string | null;
    case_no: CaseNo | null;
    state: CaseState | null;
    sealed: Buffer | null;
  }>(
    `SELECT line, status, refusal, case_no, state, CASE WHEN status = 'wrong' THEN sealed END AS sealed
     FROM intake_row LEFT JOIN cases USING (case_no) WHERE batch_id = $1 ORDER BY line`,
    [batchId],
  );
  return rows.map(({ line, status, refusal, case_no: caseNo, state, sealed }) => {
    const content = sealed && openJson<Wrong['content']>(key, sealed, rowContext(batchId, line));
    return {
      ...{ line, status, refusal, caseNo, state: state && visibleState(state) },
      errors: content?.errors ?? [],
      cells: content?.cells ?? {},
    };
  });
}
type Wrong = Extract<CheckedRow, { status: 'wrong' }>;

export type RowCounts = Readonly<Record<RowFate['status'], number>>;

const none: RowCounts = { wrong: 0, example: 0, waiting: 0, filed: 0, refused: 0 };

/** Rows of each batch by what became of them, in the order asked. */
export async function countRowsOf(db: Queryable, batchIds: readonly IntakeBatchId[]): Promise<readonly RowCounts[]> {
  const { rows } = await db.query<{ batch_id: IntakeBatchId; status: RowFate['status']; n: number }>(
    'SELECT batch_id, status, count(*) AS n FROM intake_row WHERE batch_id = ANY ($1) GROUP BY batch_id, status',
    [batchIds],
  );
  return batchIds.map((batchId) => ({
    ...none,
    ...Object.fromEntries(rows.filter((row) => row.batch_id === batchId).map(({ status, n }) => [status, n])),
  }));
}

export async function countRows(db: Queryable, batchId: IntakeBatchId): Promise<RowCounts> {
  const [counts = none] = await countRowsOf(db, [batchId]);
  return counts;
}

/** Whose batches a list shows: a unit's and those below, or one filer's. The latest first. */
export async function listBatches(
  db: Queryable,
  scope: { readonly orgs: readonly OrgCode[] } | { readonly filer: string },
  { before, limit }: { readonly before: string | null; readonly limit: number },
): Promise<readonly IntakeState[]> {
  const [condition, value] = 'filer' in scope ? ['filer = $1', scope.filer] : ['org = ANY ($1)', scope.orgs];
  const position = `(state ->> 'uploadedAt') || ' ' || batch_id`;
  const { rows } = await db.query<{ state: IntakeState }>(
    `SELECT state FROM intake_batch WHERE ${condition} AND ($2::text IS NULL OR ${position} < $2)
     ORDER BY ${position} DESC LIMIT ${String(limit)}`,
    [value, before],
  );
  return rows.map((row) => row.state);
}

/** Where a list goes on after a batch. */
export const listPosition = ({ uploadedAt, batchId }: IntakeState): string => `${uploadedAt} ${batchId}`;

/** Removes what was never filed, after its time. @returns how many rows */
export async function expireIntakeRows(store: Store): Promise<number> {
  const before = startOfDay(addDays(dateOf(await businessNow(store.db)), -keptDays));
  const { rowCount } = await store.db.query(
    `UPDATE intake_row SET sealed = NULL FROM intake_batch b
     WHERE b.batch_id = intake_row.batch_id AND sealed IS NOT NULL AND status <> 'waiting'
       AND (b.state ->> 'uploadedAt')::timestamptz < $1`,
    [before],
  );
  return rowCount ?? 0;
}
