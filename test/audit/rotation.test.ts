import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { payloadKeys } from '../../config/keys.ts';
import { readApplication } from '../../store/application.ts';
import { openDatabase } from '../../store/database.ts';
import { rewrapKeys } from '../../store/rewrap.ts';
import { openStore } from '../../store/store.ts';
import type { CaseNo } from '../../domain/ids.ts';
import { openRecords, type Records } from './records.ts';

let records: Records;
beforeAll(async () => {
  records = await openRecords(9);
});
afterAll(() => records.close());

const [oldKey, newKey] = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64'));

/**
 * The four steps of docs/security.md, with cases filed and read all the time by processes of the step before and of the
 * step after: all know both keys; the new one becomes active; keys are wrapped again; the old one leaves.
 */
test('keys are rotated under load, and no request fails', async () => {
  const owner = openDatabase({ url: records.url, role: 'owner', max: 1 });
  const step = (keys: string) => openRecordsOf(payloadKeys.parse(keys));
  const openRecordsOf = async (ring: ReturnType<typeof payloadKeys.parse>) => ({
    ring,
    store: await openStore({ url: records.url, max: 4 }, ring),
  });
  await owner.query('TRUNCATE system_key');
  const filed: CaseNo[] = [];
  const work = async (sides: readonly Awaited<ReturnType<typeof step>>[]) => {
    for (const side of sides) {
      filed.push(await records.file(side.store));
      for (const caseNo of filed)
        expect((await readApplication(side.store.db, side.store, caseNo)).applicant.name).not.toBe('');
    }
  };
  const old = await step(`old:${oldKey}`);
  await work([old]);
  const both = await step(`old:${oldKey},new:${newKey}`);
  await work([old, both]);
  const turned = await step(`new:${newKey},old:${oldKey}`);
  await work([both, turned]);
  const [done] = await Promise.all([rewrapKeys(owner, turned.ring), work([turned, both, turned])]);
  expect(done.rewrapped).toBeGreaterThan(0);
  // What a process of the step before wrapped meanwhile is found by running it again.
  await rewrapKeys(owner, turned.ring);
  const fresh = await step(`new:${newKey}`);
  await work([turned, fresh]);
  expect(await rewrapKeys(owner, fresh.ring)).toEqual({ rewrapped: 0, kept: filed.length + 1 });
  await Promise.all([old, both, turned, fresh].map(({ store }) => store.db.end()));
  await owner.end();
});

test('a key that is not in the ring is named', async () => {
  const owner = openDatabase({ url: records.url, role: 'owner', max: 1 });
  await expect(rewrapKeys(owner, payloadKeys.parse(`other:${randomBytes(32).toString('base64')}`))).rejects.toThrow(
    'PAYLOAD_KEYS has no key "new"',
  );
  await owner.end();
});
