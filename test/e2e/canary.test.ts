import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { z } from 'zod';
import { handle, readCase, readNotice, readTimeline, review } from '../../dev/calls.ts';
import { eventually } from '../../dev/client.ts';
import { approve, openOffice, payAfter, publish, type Office } from './office.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice(202, 2);
}, 90_000);
afterAll(() => office.system.stop(), 60_000);

/** Words that stand nowhere else: what finds one of them has found what a person is or wrote. */
const words = {
  name: '布尔哈通·察哈尔金',
  address: '吉林省某地甲子胡同戊戌号',
  reason: '缴费年限经核对仍不足此句独一无二',
  note: '经办人之间的悄悄话丙寅',
  objection: '此人证书系借用他人之名辛未',
  contact: '联系壬申先生夜间',
  finding: '经鉴定中心复核证书属实癸酉',
};

test('what people are and wrote is sealed in PostgreSQL and is nowhere else', async () => {
  const { cast, file, system, untilState } = office;
  const applicant = { name: words.name, homeAddress: words.address };
  const paid = await file({ applicant, certificate: { occupation: '焊工' } });
  const refused = await file({ applicant: { homeAddress: words.address } }, { months: 35 });
  await untilState(refused.caseNo, 'review');
  const reasons = [{ clause: 'N1.1', text: words.reason }];
  await handle(cast.wang, refused.caseNo, { decision: 'refuse', reasons, note: words.note });
  await review(cast.li, refused.caseNo, 'refuse');
  await approve(office, paid.caseNo);
  const { noticeId, endsAt } = await publish(office);
  await untilState(paid.caseNo, 'publicity');
  const { items } = (await readNotice(cast.passerBy, noticeId)).entries;
  const entryId = items[0]?.entryId ?? '';
  const { objection, contact } = words;
  await cast.passerBy.post(
    `/public/v1/notices/${noticeId}/objections`,
    { entryId, text: objection, contact },
    z.unknown(),
  );
  system.kill('worker', 'SIGKILL');
  const view = await readCase(cast.supervisor, paid.caseNo);
  const objectionId = view.objections[0]?.objectionId ?? '';
  await cast.hrss.post(
    `/v1/objections/${objectionId}/decision`,
    { finding: 'dismissed', reason: words.finding, grounds: 'certificate' },
    z.unknown(),
  );
  system.kill('api', 'SIGKILL');
  await eventually('the API is back', () => readTimeline(cast.supervisor, paid.caseNo), 30_000);
  await payAfter(office, endsAt, [paid.caseNo]);
  // A bad form and a path that holds a number are answered, and leave nothing behind either.
  const { idNumber, phone } = paid.application.applicant;
  await fetch(`${system.url}/v1/cases/${idNumber}`, { headers: { authorization: `Bearer ${idNumber}` } });
  await fetch(`${system.url}/public/v1/receipts/${phone}`);

  const secrets = [paid, refused].flatMap(({ application: { applicant: one, account, employer, certificate } }) => [
    ...[one.name, one.idNumber, one.phone, one.homeAddress, account.number, employer.name, certificate.number],
  ]);
  const canaries = [...new Set([...secrets, ...Object.values(words)])];
  expect(await foundInRows(system.databaseUrl, canaries)).toEqual([]);
  await system.stop();
  expect(foundInFiles(system.dataDir, canaries)).toEqual([]);
}, 180_000);

/** Every table as text, so that nothing hides behind PostgreSQL's compression. */
async function foundInRows(url: string, canaries: readonly string[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(['event', 'application', 'access_log']));
    const found: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM "${name}" t`);
      const text = rows.map(({ row }) => row).join('\n');
      found.push(...canaries.filter((canary) => text.includes(canary)).map((canary) => `table ${name}: ${canary}`));
    }
    return found;
  } finally {
    await client.end();
  }
}

/** The partners' own files: what they know of people is theirs. */
const partnersOwn = /^(sandbox|logs\/sandbox)/;

/** PostgreSQL's files and log before writing, Temporal's database, every log, every other file. */
function foundInFiles(folder: string, canaries: readonly string[]): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => !partnersOwn.test(name));
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  expect(files).toEqual(expect.arrayContaining(['temporal.db', 'logs/api.log', 'logs/worker.log']));
  expect(files.some((name) => name.includes('pg_wal/'))).toBe(true);
  return files.flatMap((name) => {
    const bytes = readFileSync(join(folder, name));
    return canaries.filter((canary) => bytes.includes(canary)).map((canary) => `${name}: ${canary}`);
  });
}
