import { instantFromMs } from '../domain/policy/dates.ts';
import type { CivilDate } from '../domain/time.ts';
import { accessHash } from './access-log.ts';
import { archivedRun } from './history-archive.ts';
import { headsDigest, isSigned, type RootBody, rootHash, type StreamHead, verifyingKey } from './audit-root.ts';
import type { Store } from './store.ts';
import { eventHash } from './stream.ts';

/** What is not as it was written, and where. */
export interface AuditFinding {
  /** Stream, chain or root, with the seq where it begins to differ. */
  readonly place: string;
  readonly what: string;
}

export interface AuditCounts {
  readonly events: number;
  readonly accesses: number;
  readonly roots: number;
  /** The last root's hash: what an auditor notes down, and finds again next year. */
  readonly lastRoot: string | null;
}

/**
 * Computes every hash chain and every daily root again from the stored bytes: an edit, a deletion, a reorder, a
 * truncation or a rewritten chain is found, with its place. Reads all of it, in pages.
 */
export async function verifyAudit(store: Store, found: (finding: AuditFinding) => void): Promise<AuditCounts> {
  const events = await verifyLinks(store, eventLinks, found);
  const accesses = await verifyLinks(store, accessLinks, found);
  await verifyHeads(store, found);
  await verifyArchive(store, found);
  const roots = await verifyRoots(store, found);
  return { events, accesses, ...roots };
}

const pageSize = 2_000;

/** A kind of chain: how its links are read, a page after a position, and what each one's hash is computed to. */
interface Links {
  readonly sql: string;
  readonly computed: (previous: Buffer | null, link: Link) => Buffer;
}

interface Link {
  readonly stream: string;
  readonly seq: number;
  readonly at: number;
  readonly type: string;
  readonly actor: string;
  readonly body: string;
  readonly sealed: Buffer | null;
  readonly hash: Buffer;
}

const eventLinks: Links = {
  sql: `SELECT stream, seq, at, type, actor::text AS actor, body::text AS body, sealed, hash FROM event
        WHERE (stream, seq) > ($1, $2) ORDER BY stream, seq LIMIT ${pageSize}`,
  computed: (previous, { stream, seq, at, type, actor, body, sealed }) =>
    eventHash(previous, { stream, seq, at: instantFromMs(at), type, actor, body, sealed }),
};

const accessLinks: Links = {
  sql: `SELECT chain AS stream, seq, at, '' AS type, '' AS actor, body::text AS body, NULL AS sealed, hash FROM access_log
        WHERE (chain, seq) > ($1, $2) ORDER BY chain, seq LIMIT ${pageSize}`,
  computed: (previous, { stream, seq, at, body }) =>
    accessHash(previous, { chain: stream, seq, at: instantFromMs(at), body }),
};

async function verifyLinks(
  store: Store,
  { sql, computed }: Links,
  found: (finding: AuditFinding) => void,
): Promise<number> {
  let count = 0;
  let last: { stream: string; seq: number; hash: Buffer | null } = { stream: '', seq: 0, hash: null };
  for (;;) {
    const { rows } = await store.db.query<Link>(sql, [last.stream, last.seq]);
    if (rows.length === 0) return count;
    for (const row of rows) {
      const before = row.stream === last.stream ? last : { seq: 0, hash: null };
      const place = `${row.stream} seq ${row.seq}`;
      if (row.seq !== before.seq + 1)
        found({ place, what: `follows on seq ${before.seq}: something between was removed` });
      else if (!computed(before.hash, row).equals(row.hash))
        found({ place, what: 'its hash is not that of its bytes and the one before: edited, moved or rewritten' });
      // Goes on from the stored hash, so that one edit is one finding.
      last = { stream: row.stream, seq: row.seq, hash: row.hash };
      count += 1;
    }
  }
}

/** The row of a stream and its last link agree: nothing was cut off, and nothing stands without the other. */
async function verifyHeads(store: Store, found: (finding: AuditFinding) => void): Promise<void> {
  const { rows } = await store.db.query<{
    stream: string;
    seq: number | null;
    last: number | null;
    same: boolean | null;
  }>(
    `WITH last AS (
       SELECT stream, max(seq) AS seq FROM event GROUP BY stream
       UNION ALL SELECT 'access-' || chain, max(seq) FROM access_log GROUP BY chain
     ), link AS (
       SELECT last.*, coalesce(e.hash, a.hash) AS hash FROM last
       LEFT JOIN event e ON e.stream = last.stream AND e.seq = last.seq
       LEFT JOIN access_log a ON 'access-' || a.chain = last.stream AND a.seq = last.seq
     )
     SELECT coalesce(link.stream, head.stream) AS stream, head.seq, link.seq AS last, link.hash = head.hash AS same
     FROM link FULL JOIN stream_head head ON head.stream = link.stream
     WHERE link.seq IS DISTINCT FROM head.seq OR link.hash IS DISTINCT FROM head.hash ORDER BY 1`,
  );
  for (const { stream, seq, last } of rows)
    found({ place: `${stream} seq ${last ?? 0}`, what: `ends here, its row says seq ${seq ?? 'nothing'}` });
}

/** Archived histories are the bytes that were archived. */
async function verifyArchive(store: Store, found: (finding: AuditFinding) => void): Promise<void> {
  const { rows } = await store.db.query<{ workflow_id: string; run_id: string }>(
    'SELECT workflow_id, run_id FROM history_archive ORDER BY workflow_id, run_id',
  );
  for (const { workflow_id: workflowId, run_id: runId } of rows) {
    const run = await archivedRun(store.db, workflowId, runId);
    if (run && !run.isWhole)
      found({ place: `history ${workflowId}/${runId}`, what: 'its hash is not that of its bytes: edited' });
  }
}

async function verifyRoots(
  store: Store,
  found: (finding: AuditFinding) => void,
): Promise<{ roots: number; lastRoot: string | null }> {
  const key = await verifyingKey(store.db, store);
  const { rows } = await store.db.query<{ n: number; day: CivilDate; text: string; body: RootBody; signature: Buffer }>(
    'SELECT n, day, body::text AS text, body, signature FROM audit_root ORDER BY n',
  );
  let previous = '';
  let expected = 1;
  for (const { n, day, text, body, signature } of rows) {
    const place = `root ${n} of ${day}`;
    if (n !== expected) found({ place, what: `root ${expected} is missing` });
    if (!key || !isSigned(text, signature, key))
      found({ place, what: 'its signature is not by the signing key: forged' });
    if (body.previous !== previous) found({ place, what: 'does not name the root before it' });
    if (body.n !== n || body.day !== day) found({ place, what: 'its number or day was changed' });
    await verifyRoot(store, n, body, found);
    previous = rootHash(text);
    expected = n + 1;
  }
  await verifyDays(store, found);
  return { roots: rows.length, lastRoot: previous || null };
}

async function verifyRoot(
  store: Store,
  n: number,
  body: RootBody,
  found: (finding: AuditFinding) => void,
): Promise<void> {
  const { rows } = await store.db.query<StreamHead & { now: Buffer | null }>(
    `SELECT h.stream, h.seq, h.hash, coalesce(e.hash, a.hash, history.hash) AS now FROM audit_root_head h
     LEFT JOIN history_head history ON history.stream = h.stream
     LEFT JOIN event e ON e.stream = h.stream AND e.seq = h.seq
     LEFT JOIN access_log a ON h.stream = 'access-' || a.chain AND a.seq = h.seq
     WHERE root = $1 ORDER BY h.stream COLLATE "C"`,
    [n],
  );
  if (rows.length !== body.heads || headsDigest(rows) !== body.digest)
    found({ place: `root ${n} of ${body.day}`, what: 'its list of heads is not the one that was signed' });
  for (const { stream, seq, hash, now } of rows) {
    if (!now) found({ place: `${stream} seq ${seq}`, what: `signed by root ${n}, now missing` });
    else if (!now.equals(hash))
      found({ place: `${stream} seq ${seq}`, what: `signed by root ${n} with another hash: rewritten` });
  }
}

/** Roots that were cut off at the end: every business day since the first root has one. */
async function verifyDays(store: Store, found: (finding: AuditFinding) => void): Promise<void> {
  const { rows } = await store.db.query<{ day: CivilDate }>(
    `SELECT day FROM business_day WHERE NOT EXISTS (SELECT FROM audit_root WHERE audit_root.day = business_day.day) ORDER BY day`,
  );
  for (const { day } of rows)
    found({ place: `business day ${day}`, what: 'was opened without a root, or its root was removed' });
}
