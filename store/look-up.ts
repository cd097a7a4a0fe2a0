import { randomBytes, randomUUID } from 'node:crypto';
import type { CaseCommand } from '../domain/case/commands.ts';
import { type LookUpAnswer, lookUpSources, type RegisterSource } from '../domain/case/events.ts';
import type { CaseState } from '../domain/case/state.ts';
import type { CaseNo, EvidenceId, ObjectionId } from '../domain/ids.ts';
import type { CaseFile, InsuranceAnswer, RegisterAnswer } from '../domain/policy/checks.ts';
import type { CaseNews } from '../domain/stream.ts';
import { type Instant, startOfDay } from '../domain/time.ts';
import { readApplication } from './application.ts';
import type { Queryable, Transaction } from './database.ts';
import { keepObjection } from './objection.ts';
import { type RunStep, submitForRun } from './run.ts';
import type { Store } from './store.ts';
import { openJson, sealJson, sha256 } from './vault.ts';

/** A partner's answer with its source: what is kept as evidence. Personal data. */
export type Evidence =
  | { readonly source: 'insurance'; readonly answer: InsuranceAnswer }
  | { readonly source: 'provincial' | 'national'; readonly answer: RegisterAnswer };

const outcomeOf = (evidence: Evidence): LookUpAnswer => {
  if (evidence.source === 'insurance') return evidence.answer.found ? 'found' : 'not-found';
  return evidence.answer.answer;
};

/**
 * Keeps a look-up's answer as evidence and reports it to the case (N3.1a-c, N6.3), in one transaction. The last answer
 * completes the automatic checks.
 */
export async function recordLookUp(store: Store, step: RunStep, caseNo: CaseNo, evidence: Evidence): Promise<CaseNews> {
  const evidenceId = randomUUID() as string as EvidenceId;
  const answer = outcomeOf(evidence);
  const command: CaseCommand = { type: 'answer-look-up', source: evidence.source, evidenceId, answer };
  return submitForRun(store, step, caseNo, command, {
    file: (tx, locked) => assembleFile(tx, store, locked.state, evidence),
    alongside: (tx, { now }) =>
      keepEvidence(tx, store, { id: evidenceId, caseNo, source: evidence.source, at: now, answer }, evidence),
  });
}

/** Keeps the provincial register's word on an entry as evidence, and reports it to the case (N3.1d). */
export async function recordRegistration(
  store: Store,
  step: RunStep,
  caseNo: CaseNo,
  entry: { readonly number: string; readonly registeredAt: Instant },
): Promise<CaseNews> {
  const evidenceId = randomUUID() as string as EvidenceId;
  return submitForRun(
    store,
    step,
    caseNo,
    { type: 'record-registration', evidenceId },
    {
      alongside: (tx, facts) =>
        keepEvidence(
          tx,
          store,
          { id: evidenceId, caseNo, source: 'registration', at: facts.now, answer: 'registered' },
          entry,
        ),
    },
  );
}

/** One answer of a partner, sealed with the case's key, with when it came and from whom (N6.3). */
async function keepEvidence(
  tx: Transaction,
  store: Store,
  row: {
    readonly id: EvidenceId;
    readonly caseNo: CaseNo;
    readonly source: string;
    readonly at: Instant;
    readonly answer: string;
  },
  content: object,
): Promise<void> {
  const key = await store.vault.caseKey(tx, row.caseNo);
  await tx.query(
    'INSERT INTO evidence (id, case_no, source, answered_at, answer, sealed) VALUES ($1, $2, $3, $4, $5, $6)',
    [row.id, row.caseNo, row.source, row.at, row.answer, sealJson(key, content, 'evidence')],
  );
}

/**
 * Keeps what a register answered when it was asked again before the payment order, and reports it to the case (N3.1c).
 * What no longer agrees comes to HRSS as a report of the system's own.
 */
export async function recordLookAgain(
  store: Store,
  step: RunStep,
  caseNo: CaseNo,
  evidence: Evidence & { readonly source: RegisterSource },
): Promise<CaseNews> {
  const { source } = evidence;
  const evidenceId = randomUUID() as string as EvidenceId;
  const objectionId = randomUUID() as string as ObjectionId;
  const answer = outcomeOf(evidence);
  const command: CaseCommand = {
    ...({ type: 'look-again', source, evidenceId, answer } as const),
    ...{ reportId: objectionId, reportsRevoked: true },
  };
  return submitForRun(store, step, caseNo, command, {
    file: async (tx, { state, head }) => {
      const earlier = (await readEvidence(tx, store, state)).filter((one) => one.source !== source);
      return fileFrom(tx, store, state, [...earlier, evidence], head.seq + 1);
    },
    alongside: async (tx, { now }, _locked, events) => {
      await keepEvidence(tx, store, { id: evidenceId, caseNo, source, at: now, answer }, evidence);
      if (!events.some(({ event }) => event.type === 'objection-received')) return;
      const text = '系统登记：发放前再次核查时，证书查询系统的记录与申请不再一致（撤销、查无或信息变动），请核实。';
      const row = { objectionId, caseNo, kind: 'report', at: now, receiptHash: sha256(randomBytes(16)) } as const;
      await keepObjection(tx, store, row, { text, contact: null });
    },
  });
}

/** The file with the answers so far; undefined while one is still missing. */
async function assembleFile(
  tx: Transaction,
  store: Store,
  state: CaseState,
  last: Evidence,
): Promise<CaseFile | undefined> {
  const missing = lookUpSources.filter((source) => source !== last.source && !state.lookUps[source]);
  if (missing.length > 0) return undefined;
  const earlier = await readEvidence(tx, store, state);
  return fileFrom(tx, store, state, [...earlier, last]);
}

/** The answers that the case's checks rest on, opened. Personal data. */
export async function readEvidence(db: Queryable, store: Store, state: CaseState): Promise<readonly Evidence[]> {
  const ids = Object.values(state.lookUps).map((lookUp) => lookUp.evidenceId);
  const { rows } = await db.query<{ sealed: Buffer }>('SELECT sealed FROM evidence WHERE id = ANY ($1::uuid[])', [ids]);
  const key = await store.vault.caseKey(db, state.caseNo);
  return rows.map((row) => openJson<Evidence>(key, row.sealed, 'evidence'));
}

/** What the checks rest on, where every partner has answered. Personal data. */
export async function answeredFile(db: Queryable, store: Store, state: CaseState): Promise<CaseFile | undefined> {
  if (lookUpSources.some((source) => !state.lookUps[source])) return undefined;
  return fileFrom(db, store, state, await readEvidence(db, store, state));
}

/**
 * What the automatic checks look at, put together again from what is stored. Personal data.
 * @param upToSeq with the application as it stood when the case was at that seq; null: as it stands now
 */
export async function fileFrom(
  db: Queryable,
  store: Store,
  state: CaseState,
  evidence: readonly Evidence[],
  upToSeq: number | null = null,
): Promise<CaseFile> {
  const application = await readApplication(db, store, state.caseNo, upToSeq);
  const { applicant, certificate, employer, channel } = application;
  const { org: insuredAt, throughHrss } = state;
  const filedAt = throughHrss?.receivedOn ? startOfDay(throughHrss.receivedOn) : state.filedAt;
  let insurance: InsuranceAnswer = { found: false };
  const registers: Record<'provincial' | 'national', RegisterAnswer> = {
    provincial: { answer: 'not-found' },
    national: { answer: 'not-found' },
  };
  for (const one of evidence) {
    if (one.source === 'insurance') insurance = one.answer;
    else registers[one.source] = one.answer;
  }
  return {
    filing: { filedAt, channel, insuredAt },
    person: {
      name: applicant.name,
      idNumber: applicant.idNumber,
      formerNames: applicant.formerNames.flatMap(({ name, documentId }) => (documentId === null ? [] : [name])),
    },
    employerName: employer.name,
    ...(state.moved ? { moved: state.moved } : {}),
    certificate: {
      kind: certificate.kind,
      occupation: certificate.occupation,
      ...(state.certificate.setBy === undefined ? {} : { canonical: state.certificate.occupation }),
      level: certificate.level,
      number: certificate.number,
      issuedOn: certificate.issuedOn,
      scope: certificate.issuer.scope,
    },
    insurance,
    ...registers,
  };
}
