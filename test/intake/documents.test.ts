import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { Caller } from '../../dev/client.ts';
import { applicationBody } from '../../dev/papers.ts';
import { uploadScan, uploadScans } from '../../dev/scans.ts';
import { addDays } from '../../domain/policy/dates.ts';
import { dateOf, startOfDay } from '../../domain/time.ts';
import { businessNow } from '../../store/clock.ts';
import { openDatabase } from '../../store/database.ts';
import { expireDocuments, readDocument } from '../../store/document.ts';
import { rewrapKeys } from '../../store/rewrap.ts';
import { openStore } from '../../store/store.ts';
import type { DocumentId } from '../../domain/ids.ts';
import { type Counter, openCounter, ORG } from './counter.ts';

let counter: Counter;
beforeAll(async () => {
  counter = await openCounter(41);
}, 60_000);
afterAll(() => counter.close());

const filed = z.object({ caseNo: z.string(), missingDocuments: z.array(z.string()) });
const problem = z.object({
  type: z.string(),
  errors: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })).default([]),
});

const formOf = (content: Buffer | string, name = 'scan'): FormData => {
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(Buffer.from(content))]), name);
  return form;
};
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const jpeg = Buffer.concat([
  Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'),
  Buffer.alloc(64),
  Buffer.from('ffd9', 'hex'),
]);

async function upload(caller: Caller, content: Buffer | string, name?: string) {
  const { status, body } = await caller.ask('POST', '/v1/documents', formOf(content, name));
  return { status, body, slug: status < 400 ? '' : problem.parse(body).type.slice('urn:problem:'.length) };
}

test('what a file is decides its content, not its name; three kinds are taken, up to 10 MB', async () => {
  const caller = await counter.applicant(counter.person());
  const mediaType = async (content: Buffer | string, name: string) => {
    const { body } = await upload(caller, content, name);
    return z.object({ mediaType: z.string() }).parse(body).mediaType;
  };
  expect(await mediaType(png, 'scan.pdf')).toBe('image/png');
  expect(await mediaType(jpeg, 'scan')).toBe('image/jpeg');
  expect(await mediaType('%PDF-1.4\n%%EOF', 'scan.exe')).toBe('application/pdf');

  const refused = await upload(caller, '<html><script>alert(1)</script>', 'scan.png');
  expect(refused).toMatchObject({ status: 422, slug: 'invalid' });
  expect(problem.parse(refused.body).errors).toEqual([
    { path: 'file', code: 'unsupported-type', message: expect.stringContaining('JPEG、PNG') },
  ]);
  expect(await upload(caller, '')).toMatchObject({ status: 422 });
  const largest = 10 * 1024 * 1024;
  expect(await upload(caller, Buffer.concat([png, Buffer.alloc(largest - png.length)]))).toMatchObject({ status: 201 });
  expect(await upload(caller, Buffer.concat([png, Buffer.alloc(largest - png.length + 1)]))).toMatchObject({
    status: 413,
    slug: 'file-too-large',
  });
});

test('no form, a broken form and another method of sending are each told', async () => {
  const caller = await counter.applicant(counter.person());
  expect(await caller.ask('POST', '/v1/documents', { file: 'x' })).toMatchObject({ status: 415 });
  const stranger = new Caller(counter.url, null);
  expect(await stranger.ask('POST', '/v1/documents', formOf(png))).toMatchObject({ status: 401 });
  // Routes that take no files go on refusing forms.
  expect(await caller.ask('POST', '/v1/applications', formOf(png))).toMatchObject({ status: 415 });
});

test('the same key and the same file are one document; another file under it is refused', async () => {
  const caller = await counter.applicant(counter.person());
  const key = 'upload-1';
  const first = await caller.ask('POST', '/v1/documents', formOf(png), { key });
  expect(await caller.ask('POST', '/v1/documents', formOf(png), { key })).toEqual(first);
  const other = await caller.ask('POST', '/v1/documents', formOf(jpeg), { key });
  expect(problem.parse(other.body).type).toBe('urn:problem:key-reused');
});

test('a scan lies encrypted, is its uploader’s first, and of those who see the case afterwards', async () => {
  const person = counter.person();
  const applicant = await counter.applicant(person);
  const other = await counter.applicant(counter.person());
  const wang = await counter.as({ sub: 'wang', roles: ['handler'], org: ORG });
  const far = await counter.as({ sub: 'far', roles: ['handler'], org: '220202' });
  const statusFor = async (caller: Caller, id: string) => (await caller.ask('GET', `/v1/documents/${id}`)).status;

  const secret = '%PDF-1.4\n% 焊工证书扫描件 canary-4711\n%%EOF';
  const scan = await uploadScan(applicant, 'certificate', secret);
  expect(await statusFor(applicant, scan)).toBe(200);
  for (const caller of [other, wang]) expect(await statusFor(caller, scan)).toBe(404);
  const [row] = await counter.sql<{ sealed: Buffer }>('SELECT sealed FROM document WHERE document_id = $1', [scan]);
  expect(row?.sealed.includes('canary-4711')).toBe(false);

  const { caseNo, missingDocuments } = await applicant.post(
    '/v1/applications',
    applicationBody(person, { documents: [scan] }),
    filed,
  );
  expect(missingDocuments).toEqual(['id-card']);
  expect(await statusFor(wang, scan)).toBe(200);
  expect((await wang.ask('GET', `/v1/documents/${scan}`)).body).toBe(secret);
  for (const caller of [other, far]) expect(await statusFor(caller, scan)).toBe(404);

  // Destroying the case's key destroys the scan with it.
  await destroyKey(caseNo);
  expect(await statusFor(wang, scan)).toBe(404);
});

test('a document that is named must be there and the filer’s: one entry for each place', async () => {
  const [person, neighbour] = [counter.person(), counter.person()];
  const applicant = await counter.applicant(person);
  const foreign = await uploadScan(await counter.applicant(neighbour), 'certificate');
  const own = await uploadScan(applicant, 'id-card');
  const nowhere = '00000000-0000-4000-8000-000000000000';
  const body = applicationBody(person, {
    documents: [own, foreign, 'scan-1'],
    movedFrom: [{ org: '210100', documentId: nowhere }],
    applicant: { formerNames: [{ name: '旧名', documentId: foreign }], phone: '1' },
  });
  const answer = await applicant.ask('POST', '/v1/applications', body);
  expect(answer.status).toBe(422);
  expect(problem.parse(answer.body).errors.map(({ path, code }) => `${path} ${code}`)).toEqual([
    'applicant.phone wrong',
    'documents.1 unknown-document',
    'documents.2 unknown-document',
    'applicant.formerNames.0.documentId unknown-document',
    'movedFrom.0.documentId unknown-document',
  ]);
});

test('one scan may stand in two cases of its uploader, and a repeat of a filing finds what it took', async () => {
  const person = counter.person();
  const applicant = await counter.applicant(person);
  const documents = await uploadScans(applicant);
  const body = applicationBody(person, { documents });
  const [first, again] = [
    await applicant.post('/v1/applications', body, filed, { key: 'once' }),
    await applicant.post('/v1/applications', body, filed, { key: 'once' }),
  ];
  expect(again).toEqual(first);
  expect(first.missingDocuments).toEqual([]);
  const second = applicationBody(person, { documents, certificate: { level: 3 } });
  const { caseNo } = await applicant.post('/v1/applications', second, filed);
  await destroyKey(first.caseNo);
  const view = await applicant.get(
    `/v1/cases/${caseNo}`,
    z.object({ documents: z.array(z.object({ documentId: z.string(), kind: z.string() })) }),
  );
  expect(view.documents.map(({ kind }) => kind).sort()).toEqual(['certificate', 'id-card']);
  for (const { documentId } of view.documents)
    expect((await applicant.ask('GET', `/v1/documents/${documentId}`)).status).toBe(200);
});

test('what is missing follows from the case: former places, former names, at the counter the proxy’s card', async () => {
  const person = counter.person();
  const wang = await counter.as({ sub: 'wang', roles: ['handler'], org: ORG });
  const proxy = counter.person();
  const { missingDocuments } = await wang.post(
    '/v1/applications',
    applicationBody(person, {
      channel: 'counter',
      proxy: { name: proxy.name, idNumber: proxy.idNumber },
      originalsSeen: [{ kind: 'certificate' }],
      movedFrom: [{ org: '210100' }],
      applicant: { formerNames: [{ name: '旧名' }] },
    }),
    filed,
  );
  expect(missingDocuments).toEqual(['id-card', 'proxy-id-card', 'no-subsidy-proof', 'name-change-proof']);
});

test('an upload that no case took goes after 90 days, one that a case has stays', async () => {
  const person = counter.person();
  const applicant = await counter.applicant(person);
  const [taken, left] = [await uploadScan(applicant, 'certificate'), await uploadScan(applicant, 'id-card')];
  await applicant.post('/v1/applications', applicationBody(person, { documents: [taken] }), filed);
  const today = dateOf(await businessNow(counter.store.db));
  await counter.setNow(startOfDay(addDays(today, 91)));
  expect(await expireDocuments(counter.store)).toBeGreaterThan(0);
  const status = async (id: string) => (await applicant.ask('GET', `/v1/documents/${id}`)).status;
  expect([await status(taken), await status(left)]).toEqual([200, 404]);
});

test('rotation wraps the keys of uploads again, too', async () => {
  const applicant = await counter.applicant(counter.person());
  const scan = await uploadScan(applicant, 'certificate');
  const owner = openDatabase({ url: counter.databaseUrl, role: 'owner', max: 1 });
  const ring = { active: 'n', keys: new Map([...counter.keys, ['n', randomBytes(32)]]) };
  await rewrapKeys(owner, ring);
  await owner.end();
  const rotated = await openStore(
    { url: counter.databaseUrl },
    { active: 'n', keys: new Map([...ring.keys].filter(([id]) => id === 'n')) },
  );
  const { content } = await readDocument(rotated, scan as DocumentId);
  expect(content.toString()).toContain('certificate');
  await rotated.db.end();
});

/** Past the trigger that asks for a decision: what is gone is gone, however it went. */
async function destroyKey(caseNo: string): Promise<void> {
  await counter.sql('SET session_replication_role = replica');
  await counter.sql('DELETE FROM case_key WHERE case_no = $1', [caseNo]);
  await counter.sql('RESET session_replication_role');
}
