import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import type { CivilDate } from '../domain/time.ts';
import { businessNow } from './clock.ts';
import { only, type Queryable } from './database.ts';
import type { Store } from './store.ts';
import { sha256 } from './vault.ts';

/** What a root says: which one it is, of which day, what came before, and the heads that moved since. */
export interface RootBody {
  readonly n: number;
  readonly day: CivilDate;
  readonly at: string;
  /** SHA-256 of the body before, hex; empty for the first. */
  readonly previous: string;
  readonly heads: number;
  /** SHA-256 over `stream seq hash`, a line each, in stream order. */
  readonly digest: string;
}

export interface StreamHead {
  readonly stream: string;
  readonly seq: number;
  readonly hash: Buffer;
}

export const headsDigest = (heads: readonly StreamHead[]): string =>
  sha256(heads.map(({ stream, seq, hash }) => `${stream} ${seq} ${hash.toString('hex')}\n`).join('')).toString('hex');

/** Signs what every chain stands at when a business day opens; a repeat finds it signed. @returns the root's hash, hex */
export function signRoot(store: Store, day: CivilDate): Promise<string> {
  return store.db.transaction(async (tx) => {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('audit root'))`);
    const last = await tx.query<{ n: number; day: CivilDate; body: string }>(
      'SELECT n, day, body::text AS body FROM audit_root ORDER BY n DESC LIMIT 1',
    );
    const [before] = last.rows;
    if (before && before.day >= day) return rootHash(before.body);
    const { rows: heads } = await tx.query<StreamHead>(
      `SELECT stream, head.seq, hash FROM (TABLE stream_head UNION ALL TABLE history_head) head
       LEFT JOIN audit_cover USING (stream)
       WHERE audit_cover.seq IS DISTINCT FROM head.seq ORDER BY stream COLLATE "C"`,
    );
    const body: RootBody = {
      n: (before?.n ?? 0) + 1,
      day,
      at: await businessNow(tx),
      previous: before ? rootHash(before.body) : '',
      heads: heads.length,
      digest: headsDigest(heads),
    };
    const text = JSON.stringify(body);
    const key = await signingKey(tx, store);
    await tx.query('INSERT INTO audit_root (n, day, body, signature) VALUES ($1, $2, $3, $4)', [
      body.n,
      day,
      text,
      sign(null, Buffer.from(text), key),
    ]);
    const columns = [heads.map((one) => one.stream), heads.map((one) => one.seq), heads.map((one) => one.hash)];
    await tx.query(
      `INSERT INTO audit_root_head (root, stream, seq, hash)
       SELECT $1, * FROM unnest($2::text[], $3::int[], $4::bytea[])`,
      [body.n, ...columns],
    );
    await tx.query(
      `INSERT INTO audit_cover (stream, seq) SELECT * FROM unnest($1::text[], $2::int[])
       ON CONFLICT (stream) DO UPDATE SET seq = EXCLUDED.seq`,
      columns.slice(0, 2),
    );
    return rootHash(text);
  });
}

export const rootHash = (body: string): string => sha256(body).toString('hex');

export const isSigned = (body: string, signature: Buffer, key: KeyObject): boolean =>
  verify(null, Buffer.from(body), key, signature);

const keyName = 'audit-signing';

/** The private Ed25519 key that signs roots, made at first use and kept wrapped by `PAYLOAD_KEYS`. */
async function signingKey(db: Queryable, store: Store): Promise<KeyObject> {
  const made = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
  await db.query('INSERT INTO system_key (name, wrapped) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    keyName,
    store.vault.wrap(made, keyName),
  ]);
  return readKey(db, store);
}

async function readKey(db: Queryable, store: Store): Promise<KeyObject> {
  const { rows } = await db.query<{ wrapped: Buffer }>('SELECT wrapped FROM system_key WHERE name = $1', [keyName]);
  const der = store.vault.unwrap(only(rows, 'audit signing key').wrapped, keyName);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

/** The public half, by which anyone checks a root; undefined before the first root. */
export async function verifyingKey(db: Queryable, store: Store): Promise<KeyObject | undefined> {
  const { rows } = await db.query('SELECT FROM system_key WHERE name = $1', [keyName]);
  return rows.length === 0 ? undefined : createPublicKey(await readKey(db, store));
}
