import { randomBytes, randomUUID } from 'node:crypto';
import { applicationForm } from '../../api/application-form.ts';
import { payloadKeys } from '../../config/keys.ts';
import { applicationBody } from '../../dev/papers.ts';
import { people } from '../../dev/people.ts';
import type { Actor } from '../../domain/actor.ts';
import type { CaseNo, OrgCode, Sub } from '../../domain/ids.ts';
import { type AccessLog, openAccessLog } from '../../store/access-log.ts';
import { commandCase } from '../../store/case.ts';
import { readClock } from '../../store/clock.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { fileApplication } from '../../store/filing.ts';
import type { Claim } from '../../store/once.ts';
import { openStore, type Store } from '../../store/store.ts';
import { testDatabase } from '../setup/services.ts';

/** A database with a few cases, and the hand of somebody who owns it. */
export interface Records {
  readonly url: string;
  readonly store: Store;
  readonly accessLog: AccessLog;
  /** Files a new application and withdraws it: two events. Through another store on the same database, if given. */
  readonly file: (through?: Store) => Promise<CaseNo>;
  /** Does to the database what no process of the system may do: as its owner, with every trigger off. */
  readonly tamper: (sql: string, values?: readonly unknown[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openRecords(seed: number): Promise<Records> {
  const database = await testDatabase();
  const { url } = database;
  const ring = payloadKeys.parse(`test:${randomBytes(32).toString('base64')}`);
  const store = await openStore({ url }, ring);
  const owner: Database = openDatabase({ url, role: 'owner', max: 1 });
  const source = people(seed);
  const claim = (route: string): Claim => ({ caller: 'test', route, key: randomUUID(), body: '' });
  const wang: Actor = { kind: 'staff', sub: 'wang' as Sub, role: 'handler', org: '220102' as OrgCode };
  return {
    url,
    store,
    accessLog: openAccessLog(store.db, await readClock(store.db)),
    async file(through = store) {
      const certificate = { issuedOn: '2026-06-30' };
      const body = applicationForm.parse(applicationBody(source.next().value, { channel: 'counter', certificate }));
      const filed = await fileApplication(through, claim('file'), { actor: wang, uploader: 'wang' }, body);
      if ('refused' in filed) throw new Error(filed.refused.code);
      const { caseNo } = filed.done;
      await commandCase(through, claim('withdraw'), wang, {
        caseNo,
        command: { type: 'withdraw' },
        text: { note: '本人申请撤回' },
      });
      return caseNo;
    },
    async tamper(sql, values) {
      await owner.transaction(async (tx) => {
        await tx.query('SET LOCAL session_replication_role = replica');
        await tx.query(sql, values);
      });
    },
    async close() {
      await store.db.end();
      await owner.end();
      await database.drop();
    },
  };
}
