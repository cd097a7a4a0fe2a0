import { handle, review } from '../dev/calls.ts';
import { type Measured, timed } from './figures.ts';
import { type Bench, casesInReview, onSystem } from './system.ts';

/** Decisions measured at each concurrency. */
const count = 200;
const concurrencies = [1, 8] as const;

/**
 * How long a caseworker waits for a decision: handling and review over HTTP, one at a time and eight at once, against one
 * bare SQL transaction with as many statements that write as much.
 */
export const run = (say: (line: string) => void): Promise<Measured> =>
  onSystem(say, async (bench) => {
    say(`filing ${count * concurrencies.length} applications`);
    const caseNos = await casesInReview(bench, count * concurrencies.length);
    await makeBareTables(bench);
    const rows: Measured['rows'][number][] = [];
    const ratios: Record<string, number> = {};
    for (const [at, concurrency] of concurrencies.entries()) {
      say(`deciding, ${concurrency} at a time`);
      const some = caseNos.slice(at * count, (at + 1) * count);
      const { wang, li } = bench.cast;
      const handling = await timed(some, concurrency, (caseNo) => handle(wang, caseNo, { decision: 'approve' }));
      const reviewing = await timed(some, concurrency, (caseNo) => review(li, caseNo, 'approve'));
      const bare = await timed(some, concurrency, (caseNo) => writeBare(bench, caseNo));
      for (const [what, times] of Object.entries({ handling, review: reviewing, 'bare SQL': bare }))
        rows.push({ what, figures: { concurrency, ...times } });
      ratios[`handling / bare SQL, p50, ${concurrency} at a time`] = handling.p50Ms / bare.p50Ms;
      ratios[`review / bare SQL, p50, ${concurrency} at a time`] = reviewing.p50Ms / bare.p50Ms;
    }
    return { rows, ratios };
  });

async function makeBareTables({ database }: Bench): Promise<void> {
  await database.query(`
    CREATE TABLE bare_command (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text UNIQUE, answer text);
    CREATE TABLE bare_event (stream text, seq int, body json, PRIMARY KEY (stream, seq));
    CREATE TABLE bare_row (case_no text PRIMARY KEY, seq int, state jsonb);
    CREATE TABLE bare_outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stream text, seq int);
    INSERT INTO bare_row SELECT case_no, 1, state FROM cases`);
}

/** What any durable decision has to write: the command, the event, the row, the promise to tell others. */
async function writeBare({ database }: Bench, caseNo: string): Promise<void> {
  const client = await database.connect();
  try {
    await client.query('BEGIN');
    await client.query('INSERT INTO bare_command (key) VALUES ($1)', [caseNo]);
    const { rows } = await client.query<{ state: unknown }>(
      'SELECT state FROM bare_row WHERE case_no = $1 FOR UPDATE',
      [caseNo],
    );
    const state = JSON.stringify(rows[0]?.state);
    await client.query('INSERT INTO bare_event VALUES ($1, 2, $2)', [caseNo, JSON.stringify({ type: 'decided' })]);
    await client.query('UPDATE bare_row SET seq = 2, state = $2 WHERE case_no = $1', [caseNo, state]);
    await client.query('INSERT INTO bare_outbox (stream, seq) VALUES ($1, 2)', [caseNo]);
    await client.query('UPDATE bare_command SET answer = $2 WHERE key = $1', [caseNo, state]);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}
