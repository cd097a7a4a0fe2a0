import pg from 'pg';

// int8 are fen, counts and ids, all below 2^53; dates are civil dates, instants are read as text and made canonical.
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint beyond the safe integers: ${text}`);
  return value;
});
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => new Date(text).getTime());

export type Row = Record<string, unknown>;

/** A connection inside a transaction, or the pool for single statements. */
export interface Queryable {
  query<R extends pg.QueryResultRow = Row>(text: string, values?: readonly unknown[]): Promise<pg.QueryResult<R>>;
}

const inTransaction = Symbol('in transaction');
/** A `Queryable` inside a transaction: what locks and writes asks for this type. */
export interface Transaction extends Queryable {
  readonly [inTransaction]: true;
}

export interface Database extends Queryable {
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** A connection of its own for `LISTEN`; end it yourself. */
  listener(): Promise<pg.Client>;
  end(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  readonly max?: number;
  /** API and worker take the role that can't change what is append-only; only migrations run as the owner. */
  readonly role?: 'subsidy_app' | 'owner';
}

// Below the API's own 10 s, so that a caller who waits too long finds nothing half done.
const statementTimeoutMs = 8_000;
const attempts = 4;

/** Connects lazily; the pool survives a restart of the server. */
export function openDatabase({ url, max = 16, role = 'subsidy_app' }: DatabaseOptions): Database {
  const options = `${role === 'owner' ? '' : `-c role=${role}`} -c statement_timeout=${statementTimeoutMs} -c timezone=UTC`;
  const pool = new pg.Pool({ connectionString: url, max, options, connectionTimeoutMillis: 5_000 });
  // An idle connection that the server drops is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => undefined);
  const query: Queryable['query'] = (text, values) => pool.query(text, values ? [...values] : []);

  async function once<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let broken: Error | undefined;
    const onError = (error: Error) => (broken = error);
    client.on('error', onError);
    try {
      await client.query('BEGIN');
      const result = await work({
        query: (text, values) => client.query(text, values ? [...values] : []),
        [inTransaction]: true,
      });
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch((failure: unknown) => {
        broken = failure instanceof Error ? failure : new Error('rollback failed');
      });
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  return {
    query,
    async transaction(work) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await once(work);
        } catch (error) {
          if (attempt === attempts || !(isDeadlock(error) || isOvertaken(error))) throw error;
        }
      }
    },
    async listener() {
      const client = new pg.Client({ connectionString: url, options });
      await client.connect();
      return client;
    },
    end: () => pool.end(),
  };
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

const isDeadlock = (error: unknown): boolean => ['40P01', '40001'].includes(String(codeOf(error)));

/** Somebody took the entitlement between our look and our word: decided again, on what the other left (N4.3). */
const isOvertaken = (error: unknown): boolean => violatedUnique(error) === 'entitlement_once';

/** The server is away, restarting or too slow: whoever asks may ask again. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = String(codeOf(error));
  // Class 08 connection, 53 resources, 57 operator (57014: statement timeout).
  if (/^(08|53|57)...$/.test(code) || ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes(code)) return true;
  return /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
    error.message,
  );
}

/** The name of the unique index that an insert ran into, if that is what happened. */
export function violatedUnique(error: unknown): string | undefined {
  if (codeOf(error) !== '23505') return undefined;
  return error instanceof pg.DatabaseError ? error.constraint : undefined;
}

/** The one row of a statement that must give one. */
export function only<R>(rows: readonly R[], what: string): R {
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new Error(`${what}: expected one row, got ${rows.length}`);
  return row;
}
