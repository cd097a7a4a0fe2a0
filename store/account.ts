import type { Actor } from '../domain/actor.ts';
import type { Application } from '../domain/application.ts';
import type { CaseNo } from '../domain/ids.ts';
import { readApplications } from './application.ts';
import { answerOf, type CaseAnswer, type CaseStep, decideCase } from './case.ts';
import type { Queryable } from './database.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';
import { openJson, sealJson } from './vault.ts';

/** Where the money goes (N3.3: the applicant's own account). Personal data. */
export type Account = Application['account'];

/** Each case's account as it is now: the last corrected one, else the one that was filed. Personal data. */
export async function readAccounts(
  db: Queryable,
  store: Store,
  caseNos: readonly CaseNo[],
): Promise<ReadonlyMap<CaseNo, Account>> {
  const applications = await readApplications(db, store, caseNos);
  const accounts = new Map([...applications].map(([caseNo, { account }]) => [caseNo, account]));
  const { rows } = await db.query<{ case_no: CaseNo; sealed: Buffer }>(
    'SELECT DISTINCT ON (case_no) case_no, sealed FROM corrected_account WHERE case_no = ANY ($1) ORDER BY case_no, id DESC',
    [caseNos],
  );
  if (rows.length === 0) return accounts;
  const keys = await store.vault.caseKeys(
    db,
    rows.map((row) => row.case_no),
  );
  for (const { case_no, sealed } of rows) {
    const key = keys.get(case_no);
    if (key) accounts.set(case_no, openJson<Account>(key, sealed, 'account'));
  }
  return accounts;
}

/**
 * A new account after the bank could not credit the old one (N3.3); the old order stays on record with its payee.
 * @throws NotFound, KeyReused
 */
export function correctAccount(
  store: Store,
  claim: Claim,
  actor: Actor,
  {
    caseNo,
    account,
    expectedSeq,
  }: { readonly caseNo: CaseNo; readonly account: Account; readonly expectedSeq: number | undefined },
  step: CaseStep,
): Promise<Outcome<CaseAnswer>> {
  return once(store, claim, async (tx, commandId) => {
    const command = { type: 'correct-account' } as const;
    const outcome = await decideCase(
      tx,
      store,
      { caseNo, command, expectedSeq },
      { actor, commandId, ownRun: false },
      step,
    );
    if ('refused' in outcome) return outcome;
    const key = await store.vault.caseKey(tx, caseNo);
    await tx.query(
      `INSERT INTO corrected_account (case_no, ended_order, at, sealed)
       SELECT case_no, order_no, business_now(), $2 FROM payment_order
       WHERE case_no = $1 ORDER BY length(order_no) DESC, order_no DESC LIMIT 1`,
      [caseNo, sealJson(key, account, 'account')],
    );
    return { done: answerOf(outcome.done) };
  });
}
