import { createHash } from 'node:crypto';
import type { Actor } from '../domain/actor.ts';
import type { Instant } from '../domain/time.ts';
import type { Transaction } from './database.ts';

/** Where a stream stands: its last seq and that event's hash. */
export interface Head {
  readonly stream: string;
  readonly seq: number;
  readonly lastHash: Buffer | null;
}

export interface NewEvent {
  readonly type: string;
  /** The event as JSON text: exactly these bytes are stored and hashed. */
  readonly body: string;
  readonly sealed: Buffer | null;
  /** False: a workflow may hear of it together with the next event that matters to it. */
  readonly wakes: boolean;
}

export interface Appending {
  readonly head: Head;
  readonly at: Instant;
  readonly events: readonly NewEvent[];
}

export interface AppendOptions {
  readonly actor: Actor;
  readonly commandId: number | null;
  /** The stream's own run asked and reads the events from the answer: nobody else has to tell it. */
  readonly ownRun: boolean;
}

/** The link of one event in its stream's hash chain; `audit:verify` computes it again from the stored bytes. */
export function eventHash(
  previous: Buffer | null,
  event: { stream: string; seq: number; at: Instant; type: string; actor: string; body: string; sealed: Buffer | null },
): Buffer {
  const { stream, seq, at, type, actor, body, sealed } = event;
  return chainHash(previous, [stream, String(seq), at, type, actor, body, sealed ?? '']);
}

/** A link over the one before it (null: none) and its own parts, each length first: no two links spell the same bytes. */
export function chainHash(previous: Buffer | null, parts: readonly (string | Buffer)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of [previous ?? '', ...parts]) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return hash.digest();
}

/**
 * Appends events to one or many streams and leaves them in the outbox, all in the caller's transaction. The primary key
 * (stream, seq) is what two writers at once run into.
 * @returns the new heads, in the order given
 */
export async function append(
  tx: Transaction,
  appendings: readonly Appending[],
  { actor, commandId, ownRun }: AppendOptions,
): Promise<readonly Head[]> {
  const actorText = JSON.stringify(actor);
  const rows: { stream: string; seq: number; at: Instant; event: NewEvent; previous: Buffer | null; hash: Buffer }[] =
    [];
  const heads = appendings.map(({ head, at, events }) => {
    let { seq, lastHash } = head;
    for (const event of events) {
      const previous = lastHash;
      seq += 1;
      lastHash = eventHash(previous, { stream: head.stream, seq, at, actor: actorText, ...event });
      rows.push({ stream: head.stream, seq, at, event, previous, hash: lastHash });
    }
    return { stream: head.stream, seq, lastHash };
  });
  const streams = rows.map((row) => row.stream);
  const seqs = rows.map((row) => row.seq);
  await tx.query(
    `INSERT INTO event (stream, seq, at, type, actor, body, sealed, command_id, previous_hash, hash)
     SELECT stream, seq, at, type, $9::json, body::json, sealed, $10, previous_hash, hash
     FROM unnest($1::text[], $2::int[], $3::timestamptz[], $4::text[], $5::text[], $6::bytea[], $7::bytea[], $8::bytea[])
       AS new (stream, seq, at, type, body, sealed, previous_hash, hash)`,
    [
      streams,
      seqs,
      rows.map((row) => row.at),
      rows.map((row) => row.event.type),
      rows.map((row) => row.event.body),
      rows.map((row) => row.event.sealed),
      rows.map((row) => row.previous),
      rows.map((row) => row.hash),
      actorText,
      commandId,
    ],
  );
  if (!ownRun) {
    await tx.query(
      `INSERT INTO outbox (stream, seq, wakes)
       SELECT * FROM unnest($1::text[], $2::int[], $3::boolean[])`,
      [streams, seqs, rows.map((row) => row.event.wakes)],
    );
    if (rows.some((row) => row.event.wakes)) await tx.query('NOTIFY outbox');
  }
  return heads;
}
