import type { Actor } from '../domain/actor.ts';
import type { Application } from '../domain/application.ts';
import type { Ask, CaseCommand } from '../domain/case/commands.ts';
import { decide } from '../domain/case/decide.ts';
import type { VisibleState } from '../domain/case/procedure.ts';
import { allDeadlines, visibleState } from '../domain/case/state.ts';
import { documentReferences, missingDocuments, type RequiredDocument } from '../domain/document.ts';
import type { CaseNo, Sub } from '../domain/ids.ts';
import type { Deadline } from '../domain/policy/deadlines.ts';
import { canonicalOccupation, occupationsOf, spellingsOf } from '../domain/policy/occupations.ts';
import { fundOf } from '../domain/reference/org-units.ts';
import { dateOf, type Instant } from '../domain/time.ts';
import { caseStream, recordCases } from './case-record.ts';
import { keepCertificate, reportSharedCertificate } from './certificate.ts';
import { businessNow } from './clock.ts';
import { only, type Transaction, violatedUnique } from './database.ts';
import { caseDocuments, takeDocuments } from './document.ts';
import { isClaimedAs } from './entitlement.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';
import { sealJson, storeCaseKey } from './vault.ts';

export interface FiledAnswer {
  readonly caseNo: CaseNo;
  readonly seq: number;
  readonly state: VisibleState;
  readonly receivedAt: Instant;
  readonly deadlines: readonly Deadline[];
  readonly missingDocuments: readonly RequiredDocument[];
}

/** Who files: the one in whose name it is recorded, and the sign-in whose uploads it may name. */
export interface Filer {
  readonly actor: Actor;
  readonly uploader: string;
}

/** How it comes to the agency. */
interface Way {
  /** Collectively, with HRSS first (N2.5). */
  readonly throughHrss: boolean;
}

/**
 * Intake (N2): number, key, application, entitlement and `filed` in one transaction. A second claim for the same person,
 * occupation and level is refused here and leaves nothing behind, no key of the caller excepted (N4.3).
 * @throws KeyReused; NoPolicy before 2017-08-23 (N7); DocumentsUnusable
 */
export const fileApplication = (
  store: Store,
  claim: Claim,
  filer: Filer,
  application: Application,
): Promise<Outcome<FiledAnswer>> =>
  once<FiledAnswer>(store, claim, (tx, commandId) =>
    fileIn(tx, store, commandId, filer, application, { throughHrss: false }),
  );

/** The same inside the caller's transaction. @throws NoPolicy; DocumentsUnusable */
export async function fileIn(
  tx: Transaction,
  store: Store,
  commandId: number,
  { actor, uploader }: Filer,
  application: Application,
  { throughHrss }: Way,
): Promise<Outcome<FiledAnswer>> {
  const personKey = store.vault.blindIndex('person', application.applicant.idNumber);
  const { kind, level } = application.certificate;

  // Taken before anything else: the unique index makes the second of two filings wait here, then refuse.
  await tx.query('SAVEPOINT before_entitlement');
  const now = await businessNow(tx);
  const list = occupationsOf(await store.rules.policyOn(tx, dateOf(now)));
  const occupation = canonicalOccupation(application.certificate.occupation, list);
  const caseNo = await nextCaseNo(tx, application, now);
  const spellings = spellingsOf(occupation.name, list).filter((one) => one !== occupation.name);
  if (await isClaimedAs(tx, personKey, level, spellings)) return { refused: { code: 'already-claimed', detail: {} } };
  try {
    await tx.query(
      `INSERT INTO entitlement (case_no, person_key, occupation, level, status) VALUES ($1, $2, $3, $4, 'held')`,
      [caseNo, personKey, occupation.name, level],
    );
  } catch (error) {
    if (violatedUnique(error) !== 'entitlement_once') throw error;
    await tx.query('ROLLBACK TO SAVEPOINT before_entitlement');
    return { refused: { code: 'already-claimed', detail: {} } };
  }

  const command: CaseCommand = {
    type: 'file',
    caseNo,
    channel: application.channel,
    org: application.insuredAt,
    fund: fundOf(application.insuredAt),
    certificate: { kind, occupation: occupation.name, occupationKnown: occupation.known, level },
    ...(throughHrss ? { throughHrss } : {}),
    ...onBehalfOf(application),
    ...(await movedOf(tx, application, personKey)),
  };
  const receivedAt = await businessNow(tx);
  const facts = {
    now: receivedAt,
    policy: await store.rules.policyOn(tx, dateOf(receivedAt)),
    calendar: await store.rules.calendar(tx, receivedAt),
  };
  const decision = decide(null, command, facts);
  if ('refusal' in decision) return { refused: decision.refusal };

  const employer = actor.kind === 'employer' ? actor.sub : null;
  await insertRows(tx, store, { caseNo, personKey, employer, at: receivedAt }, application);
  const row = { caseNo, head: { stream: caseStream(caseNo), seq: 0, lastHash: null }, state: null };
  const recorded = only(
    await recordCases(tx, store, [{ row, command, facts, events: decision.events }], {
      actor,
      commandId,
      ownRun: false,
    }),
    'filed case',
  );
  const named = documentReferences(application).map(({ documentId }) => documentId);
  await takeDocuments(tx, store, { caseNo, uploader, at: receivedAt }, named);
  await reportSharedCertificate(tx, store, caseNo, commandId);
  const papers = named.length > 0 ? await caseDocuments(tx, caseNo) : [];
  return {
    done: {
      caseNo,
      seq: recorded.seq,
      state: visibleState(recorded.state),
      receivedAt,
      deadlines: allDeadlines(recorded.state),
      missingDocuments: missingDocuments(application, papers),
    },
  };
}

/** The applicant is told when somebody else filed (N2.4, N2.5). */
function onBehalfOf({ channel, proxy }: Application): Pick<Ask<'file'>, 'onBehalf'> {
  if (channel === 'collective') return { onBehalf: 'employer' };
  return proxy ? { onBehalf: 'proxy' } : {};
}

/** N2.3: the former places' proofs are papers; what this system knows of them itself is looked up. */
async function movedOf(
  tx: Transaction,
  { movedFrom, insuredAt, certificate }: Application,
  personKey: Buffer,
): Promise<Pick<Ask<'file'>, 'moved'>> {
  if (movedFrom.length === 0) return {};
  const { rows } = await tx.query<{ claims: number }>(
    `SELECT count(*) AS claims FROM entitlement JOIN cases USING (case_no)
     WHERE entitlement.person_key = $1 AND level = $2 AND status <> 'released' AND fund <> $3`,
    [personKey, certificate.level, fundOf(insuredAt)],
  );
  return { moved: { claims: only(rows, 'claims').claims } };
}

async function nextCaseNo(tx: Transaction, application: Application, now: Instant): Promise<CaseNo> {
  const { rows } = await tx.query<{ n: number }>(`SELECT nextval('case_number') AS n`);
  const running = String(only(rows, 'case number').n).padStart(7, '0');
  return `${application.insuredAt}-${dateOf(now).slice(0, 4)}-${running}` as CaseNo;
}

/** The row comes first and empty of events: `recordCases` fills it, so that there is one writer of a case. */
async function insertRows(
  tx: Transaction,
  store: Store,
  { caseNo, personKey, employer, at }: { caseNo: CaseNo; personKey: Buffer; employer: Sub | null; at: Instant },
  application: Application,
): Promise<void> {
  const opening = {
    org: application.insuredAt,
    fund: fundOf(application.insuredAt),
    stage: 'filed',
    filedAt: at,
    holds: [],
  };
  await tx.query(
    `INSERT INTO cases (case_no, seq, last_hash, last_at, last_actor, state, person_key, employer)
     VALUES ($1, 0, '', $2, 'null', $3, $4, $5)`,
    [caseNo, at, JSON.stringify(opening), personKey, employer],
  );
  const { key, wrapped } = store.vault.newCaseKey(caseNo);
  await storeCaseKey(tx, caseNo, wrapped);
  await keepCertificate(tx, store, caseNo, application.certificate.number);
  await tx.query('INSERT INTO application (case_no, sealed) VALUES ($1, $2)', [
    caseNo,
    sealJson(key, application, 'application'),
  ]);
}
