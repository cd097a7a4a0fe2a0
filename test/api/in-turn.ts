import pg from 'pg';
import type { Desk, Reply } from './desk.ts';

/** Rows that somebody holds for a moment, for requests that shall come at the same instant. */
export interface Held {
  /** Comes back when so many wait for a lock of this database. */
  waiting(n: number): Promise<void>;
  /** Lets go. */
  letGo(): Promise<void>;
}

/** @param rows a query that locks what shall be held */
export async function hold(desk: Desk, rows: string, values: readonly unknown[]): Promise<Held> {
  const holder = new pg.Client({ connectionString: desk.url });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query(rows, [...values]);
  return {
    async waiting(n) {
      for (const until = Date.now() + 10_000; Date.now() < until;) {
        const found = await desk.sql(
          `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
        );
        if (found.length >= n) return;
      }
      throw new Error(`no ${n} requests wait`);
    },
    async letGo() {
      await holder.query('COMMIT');
      await holder.end();
    },
  };
}

export const holdCase = (desk: Desk, caseNo: string): Promise<Held> =>
  hold(desk, 'SELECT FROM cases WHERE case_no = $1 FOR UPDATE', [caseNo]);

/** Requests on a case that is held until all of them wait, each behind the one before. */
export async function inTurn(desk: Desk, caseNo: string, requests: readonly (() => Promise<Reply>)[]) {
  const held = await holdCase(desk, caseNo);
  const sent: Promise<Reply>[] = [];
  for (const request of requests) {
    sent.push(request());
    await held.waiting(sent.length);
  }
  await held.letGo();
  return Promise.all(sent);
}
