import { createHash, randomUUID } from 'node:crypto';
import type { Actor } from '../domain/actor.ts';
import type { Sub } from '../domain/ids.ts';
import { instantFromMs } from '../domain/policy/dates.ts';
import { namesLost } from '../domain/policy/occupations.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { type CivilDate, dateOf, type Instant } from '../domain/time.ts';
import { NotFound } from './case.ts';
import { businessNow } from './clock.ts';
import { only, type Queryable, type Transaction } from './database.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';

/** A version that decisions rest on, or will from its date. */
export interface PolicyVersion {
  readonly version: string;
  readonly inForceFrom: CivilDate;
  readonly body: Policy;
  /** Null for what came with the program. */
  readonly adoptedBy: Sub | null;
  readonly adoptedAt: Instant | null;
  readonly authors: readonly Sub[];
}

/** A version on its way: what one or several people wrote, for another one to put in force. */
export interface PolicyDraft {
  readonly draftId: string;
  readonly version: string;
  readonly basedOn: string;
  readonly state: 'draft' | 'in-force' | 'discarded';
  readonly revision: number;
  /** SHA-256 of the last revision: what whoever puts it in force names, so that it is what they have read. */
  readonly hash: string;
  readonly changedAt: Instant;
  readonly authors: readonly Sub[];
  readonly body: Policy;
}

type Staff = Actor & { readonly kind: 'staff' };

const draftColumns = `d.draft_id AS "draftId", d.version, d.based_on AS "basedOn", d.state, r.revision, r.hash, r.at, r.body,
  ARRAY(SELECT DISTINCT author FROM policy_draft_revision a WHERE a.draft_id = d.draft_id ORDER BY author) AS authors`;
const drafts = `policy_draft d JOIN LATERAL
  (SELECT * FROM policy_draft_revision WHERE draft_id = d.draft_id ORDER BY revision DESC LIMIT 1) r ON true`;
type DraftRow = Omit<PolicyDraft, 'changedAt'> & { readonly at: number };
const draftOf = ({ at, ...row }: DraftRow): PolicyDraft => ({ ...row, changedAt: instantFromMs(at) });

/** Every version by its date, the first one first. */
export async function listVersions(db: Queryable): Promise<readonly PolicyVersion[]> {
  const { rows } = await db.query<Omit<PolicyVersion, 'adoptedAt'> & { at: number | null }>(
    `SELECT version, in_force_from AS "inForceFrom", body, adopted_by AS "adoptedBy", adopted_at AS at,
       ARRAY(SELECT DISTINCT author FROM policy_draft_revision r WHERE r.draft_id = v.draft_id ORDER BY author) AS authors
     FROM policy_version v ORDER BY in_force_from`,
  );
  return rows.map(({ at, ...row }) => ({ ...row, adoptedAt: at === null ? null : instantFromMs(at) }));
}

/** The latest drafts first. */
export async function listDrafts(db: Queryable): Promise<readonly PolicyDraft[]> {
  const { rows } = await db.query<DraftRow>(
    `SELECT ${draftColumns} FROM ${drafts} ORDER BY r.at DESC, d.draft_id LIMIT 200`,
  );
  return rows.map(draftOf);
}

/** @throws NotFound */
export async function readDraft(
  db: Queryable,
  draftId: string,
  lock: '' | 'FOR UPDATE OF d' = '',
): Promise<PolicyDraft> {
  if (!/^[0-9a-f-]{36}$/.test(draftId)) throw new NotFound('policy draft');
  const { rows } = await db.query<DraftRow>(`SELECT ${draftColumns} FROM ${drafts} WHERE d.draft_id = $1 ${lock}`, [
    draftId,
  ]);
  const [row] = rows;
  if (!row) throw new NotFound('policy draft');
  return draftOf(row);
}

/** One at a time: whether a version or a date is taken is asked and answered under this lock. */
const lockPolicies = (tx: Queryable) => tx.query(`SELECT pg_advisory_xact_lock(hashtext('policy versions'))`);

async function taken(tx: Queryable, { id, inForceFrom }: Policy, draftId: string | null): Promise<string | null> {
  const { rows } = await tx.query<{ why: string }>(
    `SELECT 'version-taken' AS why FROM policy_version WHERE version = $1
     UNION ALL SELECT 'version-taken' FROM policy_draft WHERE version = $1 AND state = 'draft' AND draft_id IS DISTINCT FROM $3
     UNION ALL SELECT 'date-taken' FROM policy_version WHERE in_force_from = $2 LIMIT 1`,
    [id, inForceFrom, draftId],
  );
  return rows[0]?.why ?? null;
}

async function writeRevision(tx: Transaction, draftId: string, revision: number, author: Sub, body: Policy) {
  const text = JSON.stringify(body);
  await tx.query(
    'INSERT INTO policy_draft_revision (draft_id, revision, at, author, body, hash) VALUES ($1, $2, $3, $4, $5, $6)',
    [draftId, revision, await businessNow(tx), author, text, createHash('sha256').update(text).digest('hex')],
  );
}

/** Begins a version as a changed copy of another one (N7). @throws KeyReused */
export function draftPolicy(
  store: Store,
  claim: Claim,
  { sub }: Staff,
  { basedOn, body }: { readonly basedOn: string; readonly body: Policy },
): Promise<Outcome<PolicyDraft>> {
  return once(store, claim, async (tx) => {
    await lockPolicies(tx);
    const why = await taken(tx, body, null);
    if (why !== null) return { refused: { code: why, detail: {} } };
    const draftId = randomUUID();
    await tx.query('INSERT INTO policy_draft (draft_id, version, based_on) VALUES ($1, $2, $3)', [
      draftId,
      body.id,
      basedOn,
    ]);
    await writeRevision(tx, draftId, 1, sub, body);
    return { done: await readDraft(tx, draftId) };
  });
}

/** Writes the next revision. @param revision the one that was changed; a later one is refused @throws KeyReused, NotFound */
export function changeDraft(
  store: Store,
  claim: Claim,
  { sub }: Staff,
  draftId: string,
  { revision, body }: { readonly revision: number; readonly body: Policy },
): Promise<Outcome<PolicyDraft>> {
  return once(store, claim, async (tx) => {
    await lockPolicies(tx);
    const draft = await readDraft(tx, draftId, 'FOR UPDATE OF d');
    if (draft.state !== 'draft') return { refused: { code: 'draft-closed', detail: { state: draft.state } } };
    if (draft.revision !== revision)
      return { refused: { code: 'draft-changed', detail: { revision: draft.revision } } };
    const why = await taken(tx, body, draftId);
    if (why !== null) return { refused: { code: why, detail: {} } };
    await tx.query('UPDATE policy_draft SET version = $2 WHERE draft_id = $1', [draftId, body.id]);
    await writeRevision(tx, draftId, revision + 1, sub, body);
    return { done: await readDraft(tx, draftId) };
  });
}

/**
 * Puts a draft in force from its date, by somebody who wrote none of it (N7, four eyes). Cases that are filed keep theirs.
 * Every process sees it with its next decision (`store/rules.ts`). @throws KeyReused, NotFound
 */
export function adoptDraft(
  store: Store,
  claim: Claim,
  { sub }: Staff,
  draftId: string,
  hash: string,
): Promise<Outcome<PolicyDraft>> {
  return once(store, claim, async (tx) => {
    await lockPolicies(tx);
    const draft = await readDraft(tx, draftId, 'FOR UPDATE OF d');
    if (draft.state !== 'draft') return { refused: { code: 'draft-closed', detail: { state: draft.state } } };
    if (draft.hash !== hash)
      return { refused: { code: 'draft-changed', detail: { revision: draft.revision, hash: draft.hash } } };
    if (draft.authors.includes(sub)) return { refused: { code: 'four-eyes', detail: {} } };
    const now = await businessNow(tx);
    const { id, inForceFrom } = draft.body;
    if (inForceFrom < dateOf(now)) return { refused: { code: 'in-the-past', detail: { inForceFrom } } };
    const why = await taken(tx, draft.body, draftId);
    if (why !== null) return { refused: { code: why, detail: {} } };
    const names = await namesLostBy(tx, draft.body);
    if (names.length > 0) return { refused: { code: 'names-taken-back', detail: { names } } };
    await tx.query(
      `INSERT INTO policy_version (version, in_force_from, body, draft_id, adopted_by, adopted_at)
       SELECT $1, $2, body, $3, $4, $5 FROM policy_draft_revision WHERE draft_id = $3 AND revision = $6`,
      [id, inForceFrom, draftId, sub, now, draft.revision],
    );
    return { done: await closeDraft(tx, draftId, 'in-force', sub, now) };
  });
}

/** Occupations and aliases only ever grow from version to version, by their dates: claims rest on them (N4.3). */
async function namesLostBy(tx: Transaction, body: Policy): Promise<readonly string[]> {
  const versions = await listVersions(tx);
  const lost = versions.flatMap((one) =>
    one.inForceFrom < body.inForceFrom ? namesLost(one.body, body) : namesLost(body, one.body),
  );
  return [...new Set(lost)];
}

/** Gives a draft up; its revisions stay on record. @throws KeyReused, NotFound */
export function discardDraft(
  store: Store,
  claim: Claim,
  { sub }: Staff,
  draftId: string,
): Promise<Outcome<PolicyDraft>> {
  return once(store, claim, async (tx) => {
    const draft = await readDraft(tx, draftId, 'FOR UPDATE OF d');
    if (draft.state !== 'draft') return { refused: { code: 'draft-closed', detail: { state: draft.state } } };
    return { done: await closeDraft(tx, draftId, 'discarded', sub, await businessNow(tx)) };
  });
}

async function closeDraft(tx: Transaction, draftId: string, state: 'in-force' | 'discarded', by: Sub, at: Instant) {
  const { rows } = await tx.query<{ id: string }>(
    'UPDATE policy_draft SET state = $2, closed_by = $3, closed_at = $4 WHERE draft_id = $1 RETURNING draft_id AS id',
    [draftId, state, by, at],
  );
  return readDraft(tx, only(rows, 'policy draft').id);
}
