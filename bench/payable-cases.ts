import { randomUUID } from 'node:crypto';
import { applicationForm } from '../api/application-form.ts';
import { payloadKeys } from '../config/keys.ts';
import { applicationBody } from '../dev/papers.ts';
import { people } from '../dev/people.ts';
import type { Application } from '../domain/application.ts';
import type { CaseCommand } from '../domain/case/commands.ts';
import { decide } from '../domain/case/decide.ts';
import { type LookUpSource, lookUpSources, type RegisterSource } from '../domain/case/events.ts';
import type { CaseState } from '../domain/case/state.ts';
import type { CaseNo, EntryId, EvidenceId, ObjectionId, RoundId, Sub } from '../domain/ids.ts';
import { fen } from '../domain/money.ts';
import type { CaseFile } from '../domain/policy/checks.ts';
import { parseInstant, yearOf } from '../domain/policy/dates.ts';
import { fundOf } from '../domain/reference/org-units.ts';
import { dateOf, type Instant } from '../domain/time.ts';
import { caseStream, recordCases } from '../store/case-record.ts';
import type { Transaction } from '../store/database.ts';
import { openStore, type Store } from '../store/store.ts';
import { sealJson } from '../store/vault.ts';
import type { Bench } from './system.ts';

/** Cases that are written in one transaction. */
const pageSize = 500;
const roundId = '220102-2017-09-15-1' as RoundId;

/** A case on its way to `payable`: its file for the checks, and its state after each step. */
interface Life {
  readonly caseNo: CaseNo;
  readonly application: Application;
  readonly file: CaseFile;
  state: CaseState | null;
}

type Step = readonly [at: string, command: (life: Life, n: number) => CaseCommand];

/** The plain life of a case in the autumn of 2017, up to the payment order. */
const steps: readonly Step[] = [
  ['2017-09-04T10:00:00+08:00', filed],
  ...lookUpSources.map((source): Step => ['2017-09-04T10:01:00+08:00', () => answered(source)]),
  [
    '2017-09-05T09:00:00+08:00',
    () => ({ type: 'handle', by: 'wang' as Sub, outcome: 'approve', clauses: [], overrides: [] }),
  ],
  ['2017-09-05T14:00:00+08:00', () => ({ type: 'review', by: 'li' as Sub, outcome: 'approve' })],
  ['2017-09-15T09:00:00+08:00', (_life, n) => ({ type: 'list', roundId, entryId: String(n + 1) as EntryId })],
  [
    '2017-09-18T10:00:00+08:00',
    () => ({ type: 'publish', roundId, publishedAt: parseInstant('2017-09-18T10:00:00+08:00') }),
  ],
  ['2017-09-25T09:00:00+08:00', () => answeredAgain('provincial')],
  ['2017-09-25T09:00:01+08:00', () => answeredAgain('national')],
  ['2017-09-26T00:00:00+08:00', () => ({ type: 'pass', roundId })],
];
/** When the money can go out. */
export const payableFrom = '2017-09-26T09:00:00+08:00';

function filed({ caseNo, application }: Life): CaseCommand {
  const { insuredAt: org, certificate } = application;
  const { kind, occupation, level } = certificate;
  const facts = { kind, occupation, occupationKnown: true, level };
  return { type: 'file', caseNo, channel: 'online', org, fund: fundOf(org), certificate: facts };
}

const newId = (): string => randomUUID();

const answered = (source: LookUpSource): CaseCommand => ({
  type: 'answer-look-up',
  source,
  evidenceId: newId() as EvidenceId,
  answer: 'found',
});

const answeredAgain = (source: RegisterSource): CaseCommand => ({
  type: 'look-again',
  source,
  evidenceId: newId() as EvidenceId,
  answer: 'found',
  reportId: newId() as ObjectionId,
});

/**
 * Brings that many cases of as many people to `payable` by the real decider and the real writer, in bulk and without runs
 * of theirs: what a payment rests on is there, how it came there is not what is measured.
 */
export async function payableCases({ system }: Bench, count: number, say: (line: string) => void): Promise<void> {
  const keys = payloadKeys.parse(system.env['PAYLOAD_KEYS']);
  const store = await openStore({ url: system.databaseUrl, max: 2, role: 'owner' }, keys);
  const source = people(73);
  try {
    for (let first = 0; first < count; first += pageSize) {
      const lives = Array.from({ length: Math.min(pageSize, count - first) }, (_, index) =>
        newLife(first + index, applicationForm.parse(applicationBody(source.next().value))),
      );
      await store.db.transaction(async (tx) => {
        await insertRows(tx, store, lives);
        for (const [at, commandFor] of steps) await record(tx, store, lives, parseInstant(at), commandFor);
      });
      if ((first / pageSize) % 5 === 4) say(`${first + lives.length} cases are payable`);
    }
  } finally {
    await store.db.end();
  }
}

function newLife(n: number, application: Application): Life {
  const caseNo = `${application.insuredAt}-2017-${String(n + 1).padStart(7, '0')}` as CaseNo;
  const { applicant, employer, certificate, insuredAt } = application;
  const { name, idNumber } = applicant;
  const { kind, occupation, level, number, issuedOn, issuer } = certificate;
  const found = {
    answer: 'found',
    name,
    idNumber,
    kind,
    occupation,
    level,
    number,
    issuedOn,
    status: 'valid',
  } as const;
  const insured = { org: insuredAt, months: 40, arrears: false, status: 'employed' } as const;
  const file: CaseFile = {
    filing: { filedAt: parseInstant('2017-09-04T10:00:00+08:00'), channel: 'online', insuredAt },
    person: { name, idNumber, formerNames: [] },
    employerName: employer.name,
    certificate: { kind, occupation, level, number, issuedOn, scope: issuer.scope },
    insurance: { found: true, name, employer: employer.name, ...insured },
    provincial: found,
    national: found,
  };
  return { caseNo, application, file, state: null };
}

async function record(
  tx: Transaction,
  store: Store,
  lives: readonly Life[],
  now: Instant,
  commandFor: (life: Life, n: number) => CaseCommand,
): Promise<void> {
  const policy = await store.rules.policyOn(tx, dateOf(now));
  const calendar = await store.rules.calendar(tx, now);
  const fund = { budgetYear: yearOf(dateOf(now)), availableFen: fen(10 ** 12) };
  const heads = await readHeads(tx, lives);
  const decisions = lives.map((life, n) => {
    const facts = { now, policy, calendar, fund, file: life.file };
    const command = commandFor(life, n);
    const decision = decide(life.state, command, facts);
    if ('refusal' in decision) throw new Error(`${life.caseNo}: ${command.type} is refused: ${decision.refusal.code}`);
    const head = heads.get(life.caseNo) ?? { stream: caseStream(life.caseNo), seq: 0, lastHash: null };
    return { row: { caseNo: life.caseNo, head, state: life.state }, command, facts, events: decision.events };
  });
  const actor = { kind: 'process', name: 'bench' } as const;
  const recorded = await recordCases(tx, store, decisions, { actor, commandId: null, ownRun: true });
  recorded.forEach(({ state }, n) => {
    const life = lives[n];
    if (life) life.state = state;
  });
}

async function readHeads(tx: Transaction, lives: readonly Life[]) {
  const { rows } = await tx.query<{ case_no: CaseNo; seq: number; last_hash: Buffer }>(
    'SELECT case_no, seq, last_hash FROM cases WHERE seq > 0 AND case_no = ANY ($1)',
    [lives.map(({ caseNo }) => caseNo)],
  );
  return new Map(
    rows.map((row) => [row.case_no, { stream: caseStream(row.case_no), seq: row.seq, lastHash: row.last_hash }]),
  );
}

/** What intake writes beside the events. */
async function insertRows(tx: Transaction, store: Store, lives: readonly Life[]): Promise<void> {
  const caseNos = lives.map(({ caseNo }) => caseNo);
  const persons = lives.map(({ application }) => store.vault.blindIndex('person', application.applicant.idNumber));
  const opening = { org: '220102', fund: fundOf('220102' as Application['insuredAt']), stage: 'filed', holds: [] };
  await tx.query(
    `INSERT INTO cases (case_no, seq, last_hash, last_at, last_actor, state, person_key)
     SELECT case_no, 0, '', business_now(), 'null', $3, person_key
     FROM unnest($1::text[], $2::bytea[]) AS new (case_no, person_key)`,
    [caseNos, persons, JSON.stringify({ ...opening, filedAt: '2017-09-04T10:00:00+08:00' })],
  );
  await tx.query(
    `INSERT INTO entitlement (case_no, person_key, occupation, level, status)
     SELECT case_no, person_key, '焊工', 4, 'held' FROM unnest($1::text[], $2::bytea[]) AS new (case_no, person_key)`,
    [caseNos, persons],
  );
  const sealed = lives.map(({ caseNo, application }) => {
    const { key, wrapped } = store.vault.newCaseKey(caseNo);
    return { wrapped, application: sealJson(key, application, 'application') };
  });
  await tx.query('INSERT INTO case_key (case_no, wrapped) SELECT * FROM unnest($1::text[], $2::bytea[])', [
    caseNos,
    sealed.map(({ wrapped }) => wrapped),
  ]);
  await tx.query('INSERT INTO application (case_no, sealed) SELECT * FROM unnest($1::text[], $2::bytea[])', [
    caseNos,
    sealed.map(({ application }) => application),
  ]);
}
