import type { Actor } from '../domain/actor.ts';
import type { Application } from '../domain/application.ts';
import type { CaseCommand } from '../domain/case/commands.ts';
import { decide } from '../domain/case/decide.ts';
import { commands } from '../domain/case/procedure.ts';
import type { CaseNo, IntakeBatchId } from '../domain/ids.ts';
import { type Appointment, decideIntake, type IntakeCommand, type IntakeState } from '../domain/intake/batch.ts';
import type { CivilDate } from '../domain/time.ts';
import { readOne, recordOne } from './aggregate.ts';
import { readApplications } from './application.ts';
import { factsForAll } from './bulk.ts';
import { lockCases } from './case.ts';
import { type CaseDecision, recordCases } from './case-record.ts';
import { businessNow } from './clock.ts';
import { only, type Transaction } from './database.ts';
import { DocumentsUnusable } from './document.ts';
import { type FiledAnswer, fileIn, type Filer } from './filing.ts';
import { countRows, intakeKey, intakeKind, openBatch, readBatch, rowContext } from './intake.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';
import { openJson, sealJson } from './vault.ts';

type Staff = Actor & { kind: 'staff' };

/** Rows read in one go, and how many of them are filed side by side. */
const rowsPerPage = 120;
const rowsAtOnce = 6;
/** Cases that one transaction hands over. */
const casesPerPage = 200;

/** Decides on a batch inside the caller's transaction, under its lock. @throws NotFound */
async function decideOnBatch(
  tx: Transaction,
  batchId: IntakeBatchId,
  command: IntakeCommand,
  { actor, commandId }: { readonly actor: Actor; readonly commandId: number | null },
): Promise<Outcome<IntakeState>> {
  const locked = await readOne(tx, intakeKind, batchId, 'FOR UPDATE');
  const at = await businessNow(tx);
  const decision = decideIntake(locked.state, command, at);
  if ('refusal' in decision) return { refused: { ...decision.refusal, changed: locked.changed } };
  const happened = { at, event: decision.event, wakes: true };
  const ownRun = actor.kind === 'process';
  const { state } = await recordOne(tx, intakeKind, batchId, locked, happened, { actor, commandId, ownRun });
  return { done: state };
}

/**
 * Files every row that waits, each in a transaction of its own: a row is filed once, whoever files it and however often
 * (N2.5: a bad row never stops a good one). Then it says so.
 */
export async function fileWaitingRows(store: Store, batchId: IntakeBatchId, progress: () => void): Promise<void> {
  const { filer } = await readBatch(store.db, batchId);
  const key = await intakeKey(store.db, store, batchId);
  for (;;) {
    const { rows } = await store.db.query<{ line: number; sealed: Buffer }>(
      `SELECT line, sealed FROM intake_row WHERE batch_id = $1 AND status = 'waiting' ORDER BY line LIMIT ${rowsPerPage}`,
      [batchId],
    );
    if (rows.length === 0) break;
    const left = [...rows];
    const worker = async (): Promise<void> => {
      for (let row = left.shift(); row; row = left.shift()) {
        const content = openJson<{ application: Application }>(key, row.sealed, rowContext(batchId, row.line));
        await fileRow(store, { batchId, filer }, row.line, content.application);
        progress();
      }
    };
    await Promise.all(Array.from({ length: rowsAtOnce }, worker));
  }
  await store.db.transaction(async (tx) => {
    // The lock comes before the count: whoever finishes second is refused.
    await readOne(tx, intakeKind, batchId, 'FOR UPDATE');
    const { waiting, filed, refused } = await countRows(tx, batchId);
    const actor: Actor = { kind: 'process', name: intakeKind.streamOf(batchId) };
    return decideOnBatch(tx, batchId, { type: 'finish-rows', waiting, filed, refused }, { actor, commandId: null });
  });
}

async function fileRow(
  store: Store,
  { batchId, filer }: { readonly batchId: IntakeBatchId; readonly filer: Filer },
  line: number,
  application: Application,
): Promise<void> {
  const claim: Claim = { caller: intakeKind.streamOf(batchId), route: 'file-row', key: String(line), body: '' };
  try {
    await once<CaseNo>(store, claim, async (tx, commandId) => {
      const outcome = await fileIn(tx, store, commandId, filer, application, { throughHrss: true });
      const [caseNo, refusal] = 'refused' in outcome ? [null, outcome.refused.code] : [outcome.done.caseNo, null];
      await tx.query(
        `UPDATE intake_row SET status = $3, case_no = $4, refusal = $5, sealed = NULL WHERE batch_id = $1 AND line = $2`,
        [batchId, line, caseNo ? 'filed' : 'refused', caseNo, refusal],
      );
      return 'refused' in outcome ? outcome : { done: outcome.done.caseNo };
    });
  } catch (error) {
    if (!(error instanceof DocumentsUnusable)) throw error;
    // Its uploads went away after it was checked.
    await store.db.query(
      `UPDATE intake_row SET status = 'refused', refusal = 'unknown-document', sealed = NULL
       WHERE batch_id = $1 AND line = $2 AND status = 'waiting'`,
      [batchId, line],
    );
  }
}

/**
 * A single collective filing: a batch of one, filed at once and waiting for HRSS like any other (N2.5).
 * @throws KeyReused; NoPolicy; DocumentsUnusable
 */
export function fileAsBatch(
  store: Store,
  claim: Claim,
  filer: Filer,
  application: Application,
): Promise<Outcome<FiledAnswer & { readonly batchId: IntakeBatchId }>> {
  return once(store, claim, async (tx, commandId) => {
    const outcome = await fileIn(tx, store, commandId, filer, application, { throughHrss: true });
    if ('refused' in outcome) return outcome;
    const opening = { org: application.insuredAt, from: 'employer', rows: 1, wrong: 0 } as const;
    const { batchId } = await openBatch(tx, store, opening, filer, commandId);
    await tx.query(`INSERT INTO intake_row (batch_id, line, status, case_no) VALUES ($1, 1, 'filed', $2)`, [
      batchId,
      outcome.done.caseNo,
    ]);
    const finish = { type: 'finish-rows', waiting: 0, filed: 1, refused: 0 } as const;
    await decideOnBatch(tx, batchId, finish, { actor: filer.actor, commandId });
    return { done: { ...outcome.done, batchId } };
  });
}

/**
 * HRSS received the batch and hands it to the agency (N2.5). A small one is with the agency at once, a large one page by
 * page, by its run. @throws NotFound, KeyReused
 */
export function acceptBatch(
  store: Store,
  claim: Claim,
  actor: Staff,
  batchId: IntakeBatchId,
  receivedOn: CivilDate,
): Promise<Outcome<IntakeState>> {
  return once(store, claim, async (tx, commandId) => {
    const accepted = await decideOnBatch(
      tx,
      batchId,
      { type: 'accept', by: actor.sub, receivedOn },
      { actor, commandId },
    );
    if ('refused' in accepted || !accepted.done.outcome) return accepted;
    const more = await handOverPage(tx, store, { batchId, receivedOn, actor, commandId }, '');
    if (more !== null) return accepted;
    const finished = await finishHandOver(tx, batchId, { actor, commandId });
    return 'refused' in finished ? accepted : finished;
  });
}

/** Hands over, page by page, every case of an accepted batch that is not with its agency yet. */
export async function handOverCases(store: Store, batchId: IntakeBatchId, progress: () => void): Promise<void> {
  const { state } = await readOne(store.db, intakeKind, batchId);
  if (!state.acceptance) throw new Error(`${batchId}: handed over before it was accepted`);
  const { receivedOn } = state.acceptance;
  const { rows } = await store.db.query<{ actor: Actor }>(
    `SELECT actor FROM event WHERE stream = $1 AND type = 'accepted'`,
    [intakeKind.streamOf(batchId)],
  );
  const { actor } = only(rows, 'acceptance');
  for (let after: CaseNo | '' | null = ''; after !== null;) {
    const from: CaseNo | '' = after;
    after = await store.db.transaction((tx) =>
      handOverPage(tx, store, { batchId, receivedOn, actor, commandId: null }, from),
    );
    progress();
  }
  const process: Actor = { kind: 'process', name: intakeKind.streamOf(batchId) };
  await store.db.transaction((tx) => finishHandOver(tx, batchId, { actor: process, commandId: null }));
}

interface HandOver {
  readonly batchId: IntakeBatchId;
  readonly receivedOn: CivilDate;
  readonly actor: Actor;
  readonly commandId: number | null;
}

const notHandedOver = `batch_id = $1 AND state #>> '{throughHrss,handedOverOn}' IS NULL AND stage = ANY ($2)`;
const openStages = commands['hand-over'].in;

/** @returns where the next page begins; null: this was the last one */
async function handOverPage(
  tx: Transaction,
  store: Store,
  { batchId, receivedOn, actor, commandId }: HandOver,
  after: CaseNo | '',
): Promise<CaseNo | null> {
  const { rows } = await tx.query<{ case_no: CaseNo }>(
    `SELECT case_no FROM intake_row JOIN cases USING (case_no) WHERE ${notHandedOver} AND case_no > $3
     ORDER BY case_no LIMIT ${casesPerPage}`,
    [batchId, openStages, after],
  );
  const caseNos = rows.map((row) => row.case_no);
  const locked = await lockCases(tx, caseNos);
  const applications = await readApplications(tx, store, caseNos);
  const factsOf = await factsForAll(tx, store);
  const command: CaseCommand = { type: 'hand-over', receivedOn };
  const decisions: CaseDecision[] = [];
  for (const row of locked) {
    const issuedOn = applications.get(row.caseNo)?.certificate.issuedOn;
    if (issuedOn === undefined) continue; // shredded
    const facts = { ...(await factsOf(row.state)), issuedOn };
    const decision = decide(row.state, command, facts);
    if ('events' in decision) decisions.push({ row, command, facts, events: decision.events });
  }
  await recordCases(tx, store, decisions, { actor, commandId, ownRun: false });
  return caseNos.length < casesPerPage ? null : (caseNos.at(-1) ?? null);
}

async function finishHandOver(
  tx: Transaction,
  batchId: IntakeBatchId,
  by: { readonly actor: Actor; readonly commandId: number | null },
): Promise<Outcome<IntakeState>> {
  const { rows } = await tx.query<{ cases: number }>(
    `SELECT count(*) AS cases FROM intake_row JOIN cases USING (case_no)
     WHERE batch_id = $1 AND state #>> '{throughHrss,handedOverOn}' IS NOT NULL`,
    [batchId],
  );
  const { waiting } = await countRows(tx, batchId);
  const { cases } = only(rows, 'cases');
  return decideOnBatch(tx, batchId, { type: 'finish-hand-over', waiting, cases }, by);
}

/** The joint office or visit (N2.5); a later one takes the place of an earlier. @throws NotFound, KeyReused */
export function appointBatch(
  store: Store,
  claim: Claim,
  actor: Staff,
  batchId: IntakeBatchId,
  { appointment, words }: { readonly appointment: Appointment; readonly words: AppointmentWords },
): Promise<Outcome<IntakeState>> {
  return once(store, claim, async (tx, commandId) => {
    const command = { type: 'appoint', by: actor.sub, ...appointment } as const;
    const outcome = await decideOnBatch(tx, batchId, command, { actor, commandId });
    if ('refused' in outcome) return outcome;
    const key = await intakeKey(tx, store, batchId);
    await tx.query('UPDATE intake_batch SET appointment = $2 WHERE batch_id = $1', [
      ...[batchId, sealJson(key, words, appointmentContext(batchId))],
    ]);
    return outcome;
  });
}

/** What people wrote of an appointment. */
export interface AppointmentWords {
  readonly place: string;
  readonly time: string | null;
  readonly appraisalBody: string;
}
const appointmentContext = (batchId: IntakeBatchId): string => `intake-appointment:${batchId}`;

export async function readAppointment(store: Store, batchId: IntakeBatchId): Promise<AppointmentWords | null> {
  const { rows } = await store.db.query<{ appointment: Buffer | null }>(
    'SELECT appointment FROM intake_batch WHERE batch_id = $1',
    [batchId],
  );
  const { appointment } = only(rows, batchId);
  if (!appointment) return null;
  return openJson(await intakeKey(store.db, store, batchId), appointment, appointmentContext(batchId));
}
