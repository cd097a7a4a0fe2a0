import { randomBytes } from 'node:crypto';
import type { Role } from '../domain/actor.ts';
import type { CaseNo, OrgCode, RoundId } from '../domain/ids.ts';
import { instantFromMs } from '../domain/policy/dates.ts';
import { type BusinessClock, businessMs, type CivilDate, dateOf, type Instant } from '../domain/time.ts';
import type { Database } from './database.ts';
import { chainHash } from './stream.ts';

/** Who saw, was refused or signed in; ids and codes, never what was read. */
export interface AccessEntry {
  readonly kind: 'read' | 'refusal' | 'sign-in' | 'decode';
  /** Sign-in name of staff, `#` and a keyed hash for everyone else; null where nobody was recognised. */
  readonly who: string | null;
  readonly role: Role | null;
  readonly org: OrgCode | null;
  /** `GET /v1/cases/:caseNo`: the route, never the address as it came. */
  readonly route: string;
  readonly caseNo: CaseNo | null;
  /** A list of many cases' data. */
  readonly roundId?: RoundId;
  /** The problem's slug of a refusal. */
  readonly reason?: string;
  /** What was decoded for Temporal's UI: how many payloads, SHA-256 over their sealed bytes, and the cases they name. */
  readonly decoded?: { readonly payloads: number; readonly digest: string; readonly cases: readonly CaseNo[] };
}

/** Writes entries before whoever waits for them goes on: what was not recorded is not shown. */
export interface AccessLog {
  /** Resolves when the entry is committed. @throws what the database throws */
  record(entry: AccessEntry): Promise<void>;
}

interface Head {
  readonly chain: string;
  readonly day: CivilDate;
  readonly seq: number;
  readonly hash: Buffer | null;
}
const newChain = (day: CivilDate): Head => ({
  chain: `${day}-${randomBytes(6).toString('hex')}`,
  day,
  seq: 0,
  hash: null,
});

interface Waiting {
  readonly entry: AccessEntry;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** What one chain's link is computed from; `audit:verify` computes it again from the stored bytes. */
export const accessHash = (previous: Buffer | null, { chain, seq, at, body }: AccessLink): Buffer =>
  chainHash(previous, [chain, String(seq), at, body]);
export interface AccessLink {
  readonly chain: string;
  readonly seq: number;
  readonly at: Instant;
  readonly body: string;
}

/**
 * This process's access log. Entries that come while a write is under way are written together by the next one, in
 * order. After a failed write a new chain begins: whether the old one got the entries only the database knows.
 */
export function openAccessLog(db: Database, clock: BusinessClock): AccessLog {
  let waiting: Waiting[] = [];
  let isWriting = false;
  let head: Head | null = null;

  async function write(batch: readonly Waiting[]): Promise<void> {
    const at = instantFromMs(businessMs(clock, Date.now()));
    const day = dateOf(at);
    const from = head?.day === day ? head : newChain(day);
    let { seq, hash } = from;
    const rows = batch.map(({ entry }) => {
      const body = JSON.stringify(entry);
      seq += 1;
      hash = accessHash(hash, { chain: from.chain, seq, at, body });
      return { seq, body, hash };
    });
    head = null;
    await db.transaction(async (tx) => {
      await tx.query(
        `INSERT INTO access_chain (chain, seq, last_hash) VALUES ($1, $2, $3)
         ON CONFLICT (chain) DO UPDATE SET seq = EXCLUDED.seq, last_hash = EXCLUDED.last_hash`,
        [from.chain, seq, hash],
      );
      await tx.query(
        `INSERT INTO access_log (chain, seq, at, body, hash)
         SELECT $1, seq, $2, body::json, hash FROM unnest($3::int[], $4::text[], $5::bytea[]) AS new (seq, body, hash)`,
        [from.chain, at, rows.map((row) => row.seq), rows.map((row) => row.body), rows.map((row) => row.hash)],
      );
    });
    head = { chain: from.chain, day, seq, hash };
  }

  async function drain(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await write(batch);
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    isWriting = false;
  }

  return {
    record: (entry) =>
      new Promise<void>((done, failed) => {
        waiting.push({ entry, done, failed });
        if (!isWriting) void drain();
      }),
  };
}
