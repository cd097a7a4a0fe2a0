import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import pg from 'pg';
import { tokenReader } from '../../api/auth.ts';
import type { Services } from '../../api/app.ts';
import { buildServer } from '../../api/server.ts';
import { type Caller, signIn, type Who } from '../../dev/client.ts';
import { devTokenKey, devTokenKeyFile } from '../../dev/dev-token.ts';
import { people, type Person } from '../../dev/people.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import { epochMs } from '../../domain/time.ts';
import { openAccessLog } from '../../store/access-log.ts';
import { openStore, type Store } from '../../store/store.ts';
import { testFolder } from '../setup/run-folder.ts';
import { testDatabase } from '../setup/services.ts';

/** The API, listening, on a database of its own with a clock that is set by hand; nothing else runs. */
export interface Counter {
  readonly url: string;
  readonly store: Store;
  readonly databaseUrl: string;
  readonly keys: ReadonlyMap<string, Buffer>;
  readonly as: (who: Who) => Promise<Caller>;
  readonly applicant: (person: Person) => Promise<Caller>;
  readonly person: () => Person;
  readonly setNow: (instant: string) => Promise<void>;
  readonly sql: <R extends pg.QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<R[]>;
  readonly close: () => Promise<void>;
}

export const ORG = '220102';

/** Opens on Monday 2017-09-04, 09:00. */
export async function openCounter(seed: number): Promise<Counter> {
  const database = await testDatabase();
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  const dataDir = testFolder();
  await devTokenKey(dataDir);
  const authenticate = await tokenReader({ kind: 'development', keyFile: devTokenKeyFile(dataDir) });
  const keys = { active: 't', keys: new Map([['t', randomBytes(32)]]) };
  const store = await openStore({ url: database.url }, keys);
  const histories = { read: () => Promise.resolve(undefined), close: () => Promise.resolve() };
  const clock = { businessAnchorMs: 0, realAnchorMs: 0, speed: 1 };
  const services: Services = {
    store,
    clock,
    accessLog: openAccessLog(store.db, clock),
    authenticate,
    histories,
    bankCallbackKeys: { active: '', keys: new Map() },
  };
  const app = await buildServer(services, pino({ level: 'silent' }));
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const source = people(seed);
  const setNow = async (instant: string) => {
    clock.businessAnchorMs = epochMs(parseInstant(instant));
    clock.realAnchorMs = Date.now();
    await owner.query('UPDATE clock SET business_anchor = $1, real_anchor = clock_timestamp()', [instant]);
  };
  await setNow('2017-09-04T09:00:00+08:00');
  const as = (who: Who) => signIn({ url, dataDir }, who);
  return {
    url,
    store,
    databaseUrl: database.url,
    keys: keys.keys,
    as,
    applicant: ({ name, idNumber }) =>
      as({ sub: `citizen-${idNumber.slice(-6)}`, roles: ['applicant'], name, idNumber }),
    person: () => source.next().value,
    setNow,
    sql: async <R extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) =>
      (await owner.query<R>(text, [...values])).rows,
    async close() {
      await app.close();
      await store.db.end();
      await owner.end();
      await database.drop();
    },
  };
}
