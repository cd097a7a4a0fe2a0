import type { RoundId } from '../domain/ids.ts';
import type { Transaction } from './database.ts';

/** Seq in the outbox of what waits without an event. */
export const noEvent = 0;

/**
 * Asks the rounds' runs to look at the site now: an entry has left the notice by its case's own event, and shall be gone
 * there too (N3.2). A round can't be locked here, after its cases; so it is told, at least once, and records nothing.
 */
export async function askForLook(tx: Transaction, roundIds: readonly RoundId[]): Promise<void> {
  await tx.query(
    `INSERT INTO outbox (stream, seq, wakes) SELECT DISTINCT 'round-' || id, ${noEvent}, true FROM unnest($1::text[]) AS id`,
    [roundIds],
  );
  await tx.query('NOTIFY outbox');
}
