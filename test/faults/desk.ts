import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Chance } from '../../dev/chance.ts';
import { people } from '../../dev/people.ts';
import type { BankName } from '../../domain/payment/banks.ts';
import { ask, look, must, patienceMs } from './ask.ts';
import { type BankOrder, comesBack, readBankLog } from './bank-log.ts';
import { type ClaimInPlay, FUND } from './cases.ts';
import { days } from './days.ts';
import { fundDesk, provinceDesk } from './fund-desk.ts';
import { releaseByPreparer } from './probes.ts';
import type { Scene } from './scene.ts';

/** What the people do with the cases of a run, until it is over. */
export interface Desk {
  readonly scene: Scene;
  readonly claims: readonly ClaimInPlay[];
  readonly lot: Chance;
  /** The very first batch is released by nobody and expires. */
  readonly leavesFirstBatch: boolean;
  /** Finance moves what is open into the new year, before the business day does it. */
  readonly closesYear: boolean;
  /** How long HRSS waits at most, before the next case, for faults to strike; real milliseconds. */
  readonly paceMs: number;
  /** How often finance added to the budget, and what the province granted in fen, as it was answered. */
  readonly budget: { added: number; grantedFen: number };
  /** True once nothing is left to do. */
  readonly isOver: () => boolean;
  /** Findings, in words. */
  readonly wrong: string[];
}

/** Everybody at work, side by side; resolves when the run is over. What can't be done throws. */
export async function work(desk: Desk): Promise<void> {
  await Promise.all([
    payDesk(desk),
    objectionDesk(desk),
    accountDesk(desk),
    recoveryDesk(desk),
    fundDesk(desk),
    provinceDesk(desk),
  ]);
}

/** Sets the bank of the fund, for every order that is still to be released. */
export async function payThrough({ bookkeeper }: Scene, bank: BankName): Promise<void> {
  await must(bookkeeper, `/v1/funds/${FUND}/bank`, { bank });
}

const prepared = z.object({ batchId: z.string(), totalFen: z.number(), listHash: z.string() });

/** Two people pay whatever is payable, again and again; the first of them tries alone, and some batches are given up. */
async function payDesk({ scene, lot, leavesFirstBatch, isOver, wrong }: Desk): Promise<void> {
  const { cashier, accountant } = scene.cast;
  for (let n = 0; !isOver();) {
    const reply = await ask(cashier, '/v1/payment-batches', { org: '220102' });
    if (reply.status === 409) {
      await sleep(1_000); // nothing is payable
      continue;
    }
    const batch = prepared.parse(reply.body);
    const { batchId, totalFen, listHash } = batch;
    if (n % 4 === 0) wrong.push(...(await releaseByPreparer(scene.cast, batch)));
    const isGivenUp = !scene.isCalm() && n % 3 === 1;
    const isLeft = n === 0 && leavesFirstBatch;
    if (isGivenUp) await ask(accountant, `/v1/payment-batches/${batchId}/cancellation`, {});
    else if (!isLeft) {
      const released = await ask(accountant, `/v1/payment-batches/${batchId}/release`, { totalFen, listHash });
      // A withdrawal meanwhile changed the list: given up and prepared anew.
      if (released.status === 409) await ask(accountant, `/v1/payment-batches/${batchId}/cancellation`, {});
    }
    n += 1;
    await sleep(500 + lot.below(2_500));
  }
}

const upheld = { finding: 'upheld', reason: '经核查属实。', grounds: 'other', heard: { on: days.first } };

/** Cases that are under way at the same time, at most. */
const leadCases = 8;

/**
 * HRSS decides on the objections, one by one over the whole storm, and dismisses most. Some then take their application
 * back; who is too late for it is paid.
 */
async function objectionDesk({ scene, claims, lot, paceMs, isOver }: Desk): Promise<void> {
  const { hrss, wang } = scene.cast;
  const objected = claims.filter(({ fate, objectionId }) => objectionId !== null && fate !== 'never');
  const withdrawals: Promise<void>[] = [];
  const withdraw = async (claim: ClaimInPlay): Promise<void> => {
    await sleep(lot.below(4_000));
    const reply = await ask(wang, `/v1/cases/${claim.caseNo}/withdrawal`, { reason: '申请人要求撤回。' });
    if (reply.status !== 200 && reply.status !== 409) throw new Error(`${claim.caseNo}: withdrawal → ${reply.status}`);
    claim.withdrawn = reply.status === 200;
    claim.mayWithdraw = false;
  };
  const lead = Math.min(leadCases, Math.ceil(objected.length / 5));
  for (const [n, claim] of objected.entries()) {
    // Payments are spread over the storm, so that each fault meets some; it never waits for long.
    const slowestMs = performance.now() + paceMs;
    while (n > lead + scene.progress * objected.length && performance.now() < slowestMs && !isOver()) await sleep(200);
    const body =
      claim.fate === 'upheld' ? upheld : { finding: 'dismissed', reason: '经核查不属实。', grounds: 'other' };
    await must(hrss, `/v1/objections/${claim.objectionId ?? ''}/decision`, body);
    if (claim.fate === 'withdraw') withdrawals.push(withdraw(claim));
  }
  await Promise.all(withdrawals);
}

/** Whose payment failed or came back names another account, but for those who never do. */
async function accountDesk({ scene, claims, isOver }: Desk): Promise<void> {
  const accounts = people(977);
  while (!isOver()) {
    const rows = await look<{ case_no: string }>(
      scene,
      `SELECT case_no FROM cases WHERE stage = 'payable' AND state -> 'holds' @> '[{"kind": "account"}]'`,
    );
    for (const { case_no } of rows) {
      const claim = claims.find((one) => one.caseNo === case_no);
      if (!claim || claim.fate === 'closed') continue;
      const { number, bank } = accounts.next().value.account;
      const account = { kind: 'bank-card', number, bank, holder: claim.holder };
      const reply = await ask(scene.cast.wang, `/v1/cases/${case_no}/account`, { account });
      if (reply.status === 200) claim.accounts.push(number);
      else if (reply.status !== 409) throw new Error(`${case_no}: account → ${reply.status}`); // 409: withdrawn meanwhile
    }
    await sleep(800);
  }
}

/** Reported after payment and found true: demanded back, and received in two instalments, the last too large (N3.4b). */
async function recoveryDesk({ scene, claims, isOver }: Desk): Promise<void> {
  const { wang, hrss, cashier } = scene.cast;
  const open = new Set(claims.filter(({ fate }) => fate === 'recover'));
  while (open.size > 0 && !isOver()) {
    const paid = await look<{ case_no: string }>(scene, `SELECT case_no FROM cases WHERE stage = 'paid'`);
    const bank = readBankLog(scene.system.dataDir);
    for (const claim of open) {
      const { caseNo, amountFen } = claim;
      // Payments that come back after a recovery are a story of their own.
      const last = [...bank.values()].findLast((order) => isOf(order, caseNo));
      const stays = last?.conclusions.at(-1)?.outcome === 'paid' && !comesBack(last);
      if (!stays || !paid.some((row) => row.case_no === caseNo)) continue;
      await must(wang, '/v1/reports', { caseNo, text: '举报材料。' });
      const id = await objectionOf(scene, caseNo);
      await must(hrss, `/v1/reports/${id}/decision`, upheld);
      await must(cashier, `/v1/recoveries/${caseNo}/demand`, {});
      const half = Math.floor(amountFen / 2);
      for (const part of [half, amountFen - half + tooMuchFen]) {
        const instalment = { amountFen: part, receivedOn: scene.today() };
        await must(cashier, `/v1/recoveries/${caseNo}/instalments`, instalment);
      }
      await must(cashier, `/v1/recoveries/${caseNo}/refunds`, { amountFen: tooMuchFen, paidOn: scene.today() });
      await must(cashier, `/v1/recoveries/${caseNo}/closure`, {});
      open.delete(claim);
    }
    await sleep(1_500);
  }
}

/** What comes in with a recovery beyond what is owed, and goes back. */
export const tooMuchFen = 100;

async function objectionOf(scene: Scene, caseNo: string): Promise<string> {
  const until = performance.now() + patienceMs;
  while (performance.now() < until) {
    const sql = `SELECT objection_id AS id FROM objection WHERE case_no = $1 AND kind = 'report' AND state = 'open'`;
    const [row] = await look<{ id: string }>(scene, sql, [caseNo]);
    if (row) return row.id;
    await sleep(500);
  }
  throw new Error(`${caseNo}: its report is not there`);
}

const isOf = ({ orderNo }: BankOrder, caseNo: string): boolean => orderNo.startsWith(`${caseNo}-`);
