import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { z } from 'zod';
import { tokenReader } from '../../api/auth.ts';
import { buildServer } from '../../api/server.ts';
import { payloadKeys } from '../../config/keys.ts';
import { devTokenKey, devTokenKeyFile, issueDevToken } from '../../dev/dev-token.ts';
import { applicationBody } from '../../dev/papers.ts';
import { people } from '../../dev/people.ts';
import { openAccessLog } from '../../store/access-log.ts';
import { readClock } from '../../store/clock.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { rewrapKeys } from '../../store/rewrap.ts';
import { openStore } from '../../store/store.ts';
import { formOf } from '../api/uploads.ts';
import { testFolder } from '../setup/run-folder.ts';
import { openRecords, type Records } from './records.ts';

let records: Records;
let owner: Database;
let folder: string;
let token: string;
beforeAll(async () => {
  records = await openRecords(9);
  owner = openDatabase({ url: records.url, role: 'owner', max: 1 });
  folder = testFolder();
  await devTokenKey(folder);
  token = await issueDevToken(folder, { sub: 'wang', roles: ['handler'], org: '220102' });
});
afterAll(async () => {
  await owner.end();
  await records.close();
});

const [oldKey, newKey] = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64'));

/** An API process as it was started with these keys. */
async function startApi(keys: string) {
  const ring = payloadKeys.parse(keys);
  const store = await openStore({ url: records.url, max: 4 }, ring);
  const clock = await readClock(store.db);
  const app = await buildServer(
    {
      store,
      clock,
      accessLog: openAccessLog(store.db, clock),
      authenticate: await tokenReader({ kind: 'development', keyFile: devTokenKeyFile(folder) }),
      histories: { read: () => Promise.resolve([]), close: () => Promise.resolve() },
      bankCallbackKeys: { active: 'k', keys: new Map([['k', 'a-secret-of-16-ch']]) },
    },
    pino({ level: 'silent' }),
  );
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    ring,
    url,
    /** Lets what is under way finish, as SIGTERM does. */
    async stop() {
      await app.close();
      await store.db.end();
    },
  };
}
type Api = Awaited<ReturnType<typeof startApi>>;

const source = people(90);
const filed: { readonly caseNo: string; readonly documentId: string; readonly name: string }[] = [];
const answered = { requests: 0, failed: [] as string[] };

/** The processes that people are sent to just now, and how many requests each is answering. */
let live: readonly Api[] = [];
const underWay = new Map<Api, number>();

async function ask(path: string, init: { body?: BodyInit; headers?: Record<string, string> } = {}) {
  const api = live[randomInt(live.length)];
  if (!api) throw new Error('nobody is there');
  underWay.set(api, (underWay.get(api) ?? 0) + 1);
  try {
    return await askOne(api, path, init);
  } finally {
    underWay.set(api, (underWay.get(api) ?? 0) - 1);
  }
}

async function askOne(api: Api, path: string, init: { body?: BodyInit; headers?: Record<string, string> }) {
  const answer = await fetch(api.url + path, {
    method: init.body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'idempotency-key': randomUUID(),
      connection: 'close',
      ...init.headers,
    },
    ...(init.body === undefined ? {} : { body: init.body }),
  });
  answered.requests += 1;
  if (!answer.ok) answered.failed.push(`${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer;
}

/** Uploads and files something new, then reads something that was filed at any time before. */
async function work(): Promise<void> {
  const { body, headers } = await formOf(randomBytesPng());
  const { documentId } = z
    .object({ documentId: z.string() })
    .parse(await (await ask('/v1/documents', { body: new Uint8Array(body), headers })).json());
  const form = applicationBody(source.next().value, {
    channel: 'counter',
    certificate: { issuedOn: '2026-06-30' },
    documents: [documentId],
  });
  const json = { body: JSON.stringify(form), headers: { 'content-type': 'application/json' } };
  const { caseNo } = z.object({ caseNo: z.string() }).parse(await (await ask('/v1/applications', json)).json());
  filed.push({ caseNo, documentId, name: form.applicant.name });
  const any = filed[randomInt(filed.length)];
  if (any) await read(any);
}

const seen = z.object({ application: z.object({ applicant: z.object({ name: z.string() }) }) });

async function read({ caseNo, documentId, name }: (typeof filed)[number]): Promise<void> {
  const view = seen.parse(await (await ask(`/v1/cases/${caseNo}`)).json());
  expect(view.application.applicant.name).toBe(name);
  await ask(`/v1/documents/${documentId}`);
}

/** The smallest picture, each one of its own. */
const randomBytesPng = (): Buffer =>
  Buffer.concat([
    Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
      'base64',
    ),
    randomBytes(16),
  ]);

/**
 * The steps of docs/security.md, with people who file, upload and read all the time at the processes that run just then:
 * all know both keys; the new one becomes active; keys are wrapped again; the old one leaves.
 */
test('keys are rotated under load: no request fails, what is old stays readable, the old key leaves', async () => {
  await owner.query('TRUNCATE system_key');
  live = [await startApi(`old:${oldKey}`)];
  let isOver = false;
  const load = Array.from({ length: 3 }, async () => {
    while (!isOver && answered.failed.length === 0) {
      await work().catch((error: unknown) => {
        answered.failed.push(String(error));
      });
    }
  });
  /** Rolling: the new process first, then the old one ends. */
  const restart = async (keys: string): Promise<Api> => {
    const next = await startApi(keys);
    const before = live;
    live = [...before, next];
    await untilFiled(4);
    live = [next];
    while (before.some((api) => (underWay.get(api) ?? 0) > 0)) await sleep(5);
    await Promise.all(before.map((api) => api.stop()));
    await untilFiled(4);
    return next;
  };
  const untilFiled = async (more: number): Promise<void> => {
    const enough = filed.length + more;
    while (filed.length < enough && answered.failed.length === 0) await sleep(20);
  };
  await untilFiled(4);
  await restart(`old:${oldKey},new:${newKey}`);
  const turned = await restart(`new:${newKey},old:${oldKey}`);
  let rewrapped = 0;
  for (;;) {
    const done = await rewrapKeys(owner, turned.ring);
    rewrapped += done.rewrapped;
    if (done.rewrapped === 0) break;
  }
  expect(rewrapped).toBeGreaterThan(8);
  const last = await restart(`new:${newKey}`);
  isOver = true;
  await Promise.all(load);
  for (const one of filed) await read(one);
  expect(answered.failed).toEqual([]);
  expect(answered.requests).toBeGreaterThan(100);
  const left = await rewrapKeys(owner, last.ring);
  expect(left.rewrapped).toBe(0);
  expect(left.kept).toBeGreaterThanOrEqual(filed.length);
  await last.stop();
}, 120_000);

test('a key that is not in the ring is named', async () => {
  await expect(rewrapKeys(owner, payloadKeys.parse(`other:${randomBytes(32).toString('base64')}`))).rejects.toThrow(
    'PAYLOAD_KEYS has no key "new"',
  );
});
