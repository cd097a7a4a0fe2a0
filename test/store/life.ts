import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { applicationForm } from '../../api/application-form.ts';
import { applicationBody } from '../../dev/papers.ts';
import { people, type Person } from '../../dev/people.ts';
import type { Actor, Role } from '../../domain/actor.ts';
import type { CaseState } from '../../domain/case/state.ts';
import type { BatchId, CaseNo, ObjectionId, OrderNo, OrgCode, RoundId, Sub } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import { prepareBatch } from '../../store/batch-prepare.ts';
import { releaseBatch } from '../../store/batch-release.ts';
import { commandCase } from '../../store/case.ts';
import { fileApplication } from '../../store/filing.ts';
import { commandBudget } from '../../store/budget.ts';
import { type Evidence, readEvidence, recordLookAgain, recordLookUp } from '../../store/look-up.ts';
import { decideObjection, receiveObjection } from '../../store/objection.ts';
import type { Claim, Outcome } from '../../store/once.ts';
import { markSending } from '../../store/order.ts';
import { reportOrder } from '../../store/bank-report.ts';
import { cutOff, freeze } from '../../store/cut-off.ts';
import { orderPublication, submitRoundStep } from '../../store/round.ts';
import { endWindow as endRoundWindow, passEntries, publishEntries } from '../../store/round-entries.ts';
import { openStore, type Store } from '../../store/store.ts';
import { testDatabase } from '../setup/services.ts';

const org = '220102' as OrgCode;
const fund = '220100' as OrgCode;

/** A database of its own, the people who work on it, and a clock that is set by hand. */
export interface Life {
  readonly store: Store;
  /** SQL as the owner, append-only triggers off: what an intruder with the owner's password could do. */
  readonly asOwner: (sql: string, values?: readonly unknown[]) => Promise<void>;
  readonly setNow: (instant: string) => Promise<void>;
  readonly person: () => Person;
  readonly close: () => Promise<void>;
}

/** @param key wraps every other key; whoever else opens the database needs the same */
export async function beginLife(seed: number, key: Buffer = randomBytes(32)): Promise<Life & { readonly url: string }> {
  const database = await testDatabase();
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  await owner.query('SET session_replication_role = replica');
  const store = await openStore({ url: database.url, max: 4 }, { active: 't', keys: new Map([['t', key]]) });
  const source = people(seed);
  return {
    url: database.url,
    store,
    asOwner: async (sql, values = []) => {
      await owner.query(sql, [...values]);
    },
    setNow: async (instant) => {
      await owner.query('UPDATE clock SET business_anchor = $1, real_anchor = clock_timestamp()', [instant]);
    },
    person: () => source.next().value,
    close: async () => {
      await owner.end();
      await store.db.end();
      await database.drop();
    },
  };
}

let keys = 0;
export const claim = (route: string): Claim => ({ caller: 'test', route, key: String(++keys), body: '' });
export const staff = (sub: string, role: Role): Actor & { kind: 'staff' } => ({
  kind: 'staff',
  sub: sub as Sub,
  role,
  org,
});
const wang = staff('wang', 'handler');
const li = staff('li', 'reviewer');
const hrss = staff('hr', 'hrss');

export function done<T>(outcome: Outcome<T>): T {
  if ('refused' in outcome) throw new Error(`refused: ${outcome.refused.code}`);
  return outcome.done;
}

/** Money for a year, in fen: the seeded years are those of the machine's clock. */
export async function addBudget({ store }: Life, budgetYear: number, amountFen = 10_000_000): Promise<void> {
  done(
    await commandBudget(store, claim('budget'), staff('fin1', 'finance'), {
      fund,
      budgetYear,
      amountFen: fen(amountFen),
    }),
  );
}

/** Files for someone new, a welder of level 4, all papers in order. */
export async function file(
  { store, person }: Life,
  insuredAt: string = org,
): Promise<{ caseNo: CaseNo; evidence: readonly Evidence[] }> {
  const applicant = person();
  const application = applicationForm.parse(applicationBody(applicant, { insuredAt }));
  const filer = { actor: { kind: 'applicant' }, uploader: 'applicant' } as const;
  const { caseNo } = done(await fileApplication(store, claim('file'), filer, application));
  const { name, idNumber } = application.applicant;
  const { occupation, level, number, kind, issuedOn } = application.certificate;
  const certificate = { name, idNumber, occupation, level, number, kind, issuedOn, status: 'valid' } as const;
  const insured = {
    name,
    employer: application.employer.name,
    org: application.insuredAt,
    months: 40,
    arrears: false,
    status: 'employed',
  } as const;
  return {
    caseNo,
    evidence: [
      { source: 'insurance', answer: { found: true, ...insured } },
      { source: 'provincial', answer: { answer: 'found', ...certificate } },
      { source: 'national', answer: { answer: 'found', ...certificate } },
    ],
  };
}

export const step = (stream: string) => ({ workflowId: stream, key: `run:${++keys}`, knownSeq: 0 });

/** Filed, looked up, and handled: the second signature is missing. */
export async function handle(life: Life, outcome: 'approve' | 'refuse', insuredAt?: string): Promise<CaseNo> {
  const { store } = life;
  const { caseNo, evidence } = await file(life, insuredAt);
  for (const one of evidence) await recordLookUp(store, step(`case-${caseNo}`), caseNo, one);
  const clauses = outcome === 'refuse' ? ['N1.1'] : [];
  const handled = { type: 'handle', by: wang.sub, outcome, clauses, overrides: [] } as const;
  done(await commandCase(store, claim('handle'), wang, { caseNo, command: handled }));
  return caseNo;
}

/** Filed, looked up, and decided by two people. */
export async function decide(life: Life, outcome: 'approve' | 'refuse', insuredAt?: string): Promise<CaseNo> {
  const caseNo = await handle(life, outcome, insuredAt);
  const review = { type: 'review', by: li.sub, outcome } as const;
  done(await commandCase(life.store, claim('review'), li, { caseNo, command: review }));
  return caseNo;
}

/** A round over all approved cases, published now. */
export async function publish({ store }: Life): Promise<RoundId> {
  const { roundId } = done(await cutOff(store, claim('cut-off'), wang, { org, report: null }));
  await freeze(store, roundId, wang);
  done(await orderPublication(store, claim('publish'), hrss, roundId));
  await submitRoundStep(store, step(`round-${roundId}`), roundId, { type: 'see', contentHash: 'page' });
  await publishEntries(store, roundId, () => undefined);
  return roundId;
}

export async function objectTo({ store }: Life, caseNo: CaseNo): Promise<ObjectionId> {
  done(
    await receiveObjection(store, claim('object'), {
      caseNo,
      kind: 'objection',
      complaint: { text: '不属实', contact: null },
    }),
  );
  const { rows } = await store.db.query<{ id: ObjectionId }>(
    'SELECT objection_id AS id FROM objection WHERE case_no = $1',
    [caseNo],
  );
  const [row] = rows;
  if (!row) throw new Error('no objection');
  return row.id;
}

export async function dismiss({ store }: Life, objectionId: ObjectionId): Promise<void> {
  const decision = { objectionId, finding: 'dismissed', intentional: false, text: {} } as const;
  done(await decideObjection(store, claim('objection'), hrss, decision));
}

/** The window is over: what nothing holds passes. */
export async function endWindow({ store }: Life, roundId: RoundId): Promise<void> {
  await passEntries(store, roundId, () => undefined);
  await endRoundWindow(store, step(`round-${roundId}`), roundId);
}

/** Both registers say once more what they said, as the runs of payable cases ask them (N3.1c). */
export async function lookAgain({ store }: Life): Promise<void> {
  const { rows } = await store.db.query<{ state: CaseState }>(`SELECT state FROM cases WHERE stage = 'payable'`);
  for (const { state } of rows) {
    for (const evidence of await readEvidence(store.db, store, state)) {
      if (evidence.source === 'insurance') continue;
      await recordLookAgain(store, step(`case-${state.caseNo}`), state.caseNo, evidence);
    }
  }
}

/** Prepares and releases what is payable; the bank pays `paid`, says nothing of `silent`, and fails the rest. */
export async function pay(
  life: Life,
  creditedAt: string,
  paid: readonly CaseNo[],
  silent: readonly CaseNo[] = [],
): Promise<BatchId> {
  const { store } = life;
  await lookAgain(life);
  const { batchId, totalFen, listHash } = done(
    await prepareBatch(store, claim('prepare'), staff('fin1', 'finance'), org),
  );
  done(await releaseBatch(store, claim('release'), staff('fin2', 'finance'), batchId, { totalFen, listHash }));
  const { rows } = await store.db.query<{ order_no: OrderNo; case_no: CaseNo; amount_fen: number }>(
    'SELECT order_no, case_no, amount_fen FROM payment_order WHERE batch_id = $1',
    [batchId],
  );
  for (const order of rows) {
    if (silent.includes(order.case_no)) {
      await markSending(store.db, [order.order_no]);
      continue;
    }
    const outcome = paid.includes(order.case_no) ? 'paid' : 'failed';
    const report = { outcome, code: 'ok', amountFen: fen(order.amount_fen), at: parseInstant(creditedAt) } as const;
    await reportOrder(store, order.order_no, report, 'callback');
  }
  return batchId;
}
