import type { Actor } from '../domain/actor.ts';
import type { CaseCommand } from '../domain/case/commands.ts';
import { decide } from '../domain/case/decide.ts';
import { commands } from '../domain/case/procedure.ts';
import type { CaseNo, IntakeBatchId } from '../domain/ids.ts';
import type { IntakeState } from '../domain/intake/batch.ts';
import type { CivilDate } from '../domain/time.ts';
import { readOne } from './aggregate.ts';
import { readApplications } from './application.ts';
import { factsForAll } from './bulk.ts';
import { lockCases } from './case.ts';
import { type CaseDecision, recordCases } from './case-record.ts';
import { only, type Transaction } from './database.ts';
import { countRows, intakeKind } from './intake.ts';
import { decideOnBatch } from './intake-decision.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';

/** Cases that one transaction hands over. */
const casesPerPage = 200;

/**
 * HRSS received the batch and hands it to the agency (N2.5). A small one is with the agency at once, a large one page by
 * page, by its run. @throws NotFound, KeyReused
 */
export function acceptBatch(
  store: Store,
  claim: Claim,
  actor: Actor & { kind: 'staff' },
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
