import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { OrgCode } from '../../domain/ids.ts';
import { addDays, civilDate, parseInstant } from '../../domain/policy/dates.ts';
import { signRoot } from '../../store/audit-root.ts';
import { type AuditFinding, verifyAudit } from '../../store/audit-verify.ts';
import { archiveHash, archiveRun } from '../../store/history-archive.ts';
import { recordDay } from '../../store/day.ts';
import { eventHash } from '../../store/stream.ts';
import { openRecords, type Records } from './records.ts';

const firstDay = civilDate('2026-11-23');
let records: Records;
let caseNo: string;

beforeEach(async () => {
  records = await openRecords(8);
  caseNo = await records.file();
  await records.file();
  await see(3);
  await openDay(0);
  await records.file();
  await openDay(1);
});
afterEach(() => records.close());

const openDay = async (days: number): Promise<void> => {
  const day = addDays(firstDay, days);
  await signRoot(records.store, day);
  await recordDay(records.store, day);
};

const see = (times: number) =>
  Promise.all(
    Array.from({ length: times }, (_, n) =>
      records.accessLog.record({
        kind: 'read',
        who: `reader-${n}`,
        role: 'handler',
        org: '220102' as OrgCode,
        route: 'GET /v1/cases/:caseNo',
        caseNo: null,
      }),
    ),
  );

async function findings(): Promise<readonly AuditFinding[]> {
  const found: AuditFinding[] = [];
  await verifyAudit(records.store, (one) => found.push(one));
  return found;
}

const places = async () => (await findings()).map((one) => one.place);

test('what was only written is whole, and counted', async () => {
  const found: AuditFinding[] = [];
  const counts = await verifyAudit(records.store, (one) => found.push(one));
  expect(found).toEqual([]);
  expect(counts).toEqual({ events: 6, accesses: 3, roots: 2, lastRoot: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

test('every table that keeps the head of a chain stands among the heads', async () => {
  const { rows } = await records.store.db.query<{ table: string; view: string }>(
    `SELECT c.relname AS table, pg_get_viewdef('stream_head'::regclass) AS view
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE a.attname = 'last_hash' AND c.relkind = 'r'`,
  );
  expect(rows.length).toBeGreaterThan(5);
  expect(rows.filter(({ table, view }) => !new RegExp(`FROM ${table}\\b`).test(view))).toEqual([]);
});

test('the process itself may change nothing of it', async () => {
  for (const sql of [
    'UPDATE event SET type = type',
    'DELETE FROM access_log',
    'UPDATE audit_root SET n = n',
    'DELETE FROM audit_root_head',
  ])
    await expect(records.store.db.query(sql)).rejects.toThrow(/permission denied/);
});

describe('somebody who owns the database', () => {
  const stream = () => `case-${caseNo}`;

  test('edits an event', async () => {
    await records.tamper(`UPDATE event SET body = '{"type":"withdrawn","by":"x"}' WHERE stream = $1 AND seq = 2`, [
      stream(),
    ]);
    expect(await places()).toEqual([`${stream()} seq 2`]);
  });

  test('edits what was written beside an event', async () => {
    await records.tamper('UPDATE event SET sealed = NULL WHERE stream = $1 AND seq = 2', [stream()]);
    expect(await places()).toEqual([`${stream()} seq 2`]);
  });

  test('deletes the first event', async () => {
    await records.tamper('DELETE FROM event WHERE stream = $1 AND seq = 1', [stream()]);
    expect(await places()).toEqual([`${stream()} seq 2`]);
  });

  test('cuts off the last event, and its row agrees', async () => {
    await records.tamper('DELETE FROM event WHERE stream = $1 AND seq = 2', [stream()]);
    await records.tamper(
      `UPDATE cases SET seq = 1, last_hash = (SELECT hash FROM event WHERE stream = $2) WHERE case_no = $1`,
      [caseNo, stream()],
    );
    expect(await findings()).toEqual([{ place: `${stream()} seq 2`, what: 'signed by root 1, now missing' }]);
  });

  test('swaps two events', async () => {
    for (const [from, to] of [
      [1, 99],
      [2, 1],
      [99, 2],
    ])
      await records.tamper(
        'UPDATE event SET seq = $3, previous_hash = CASE WHEN $3 = 1 THEN NULL ELSE hash END WHERE stream = $1 AND seq = $2',
        [stream(), from, to],
      );
    expect(await places()).toEqual(expect.arrayContaining([`${stream()} seq 1`, `${stream()} seq 2`]));
  });

  test('removes a case as if it had never been', async () => {
    await records.tamper('DELETE FROM event WHERE stream = $1', [stream()]);
    await records.tamper('DELETE FROM cases WHERE case_no = $1', [caseNo]);
    expect(await findings()).toEqual([{ place: `${stream()} seq 2`, what: 'signed by root 1, now missing' }]);
  });

  test('edits, removes and cuts off accesses', async () => {
    await records.tamper(`UPDATE access_log SET body = '{"kind":"read","who":"somebody else"}' WHERE seq = 2`);
    const [edited] = await places();
    expect(edited).toMatch(/^2\d{3}-\d\d-\d\d-[0-9a-f]{12} seq 2$/);
    await records.tamper('DELETE FROM access_log WHERE seq >= 2');
    expect(await places()).toEqual([
      expect.stringMatching(/^access-.* seq 1$/),
      expect.stringMatching(/^access-.* seq 3$/),
    ]);
  });

  test('rewrites a whole chain and forges the root over it', async () => {
    const { rows } = await records.store.db.query<{ at: string; actor: string; body: string }>(
      `SELECT actor::text AS actor, body::text AS body FROM event WHERE stream = $1 AND seq = 2`,
      [stream()],
    );
    const first = await records.store.db.query<{ hash: Buffer }>(
      'SELECT hash FROM event WHERE stream = $1 AND seq = 1',
      [stream()],
    );
    const at = parseInstant('2026-11-24T00:00:00+08:00');
    const hash = eventHash(first.rows[0]?.hash ?? null, {
      stream: stream(),
      seq: 2,
      at,
      type: 'withdrawn',
      actor: rows[0]?.actor ?? '',
      body: rows[0]?.body ?? '',
      sealed: null,
    });
    const second = [hash, stream()];
    await records.tamper('UPDATE event SET at = $3, sealed = NULL, hash = $1 WHERE stream = $2 AND seq = 2', [
      ...second,
      at,
    ]);
    await records.tamper('UPDATE cases SET last_hash = $1 WHERE case_no = $2', [hash, caseNo]);
    expect(await findings()).toEqual([
      { place: `${stream()} seq 2`, what: 'signed by root 1 with another hash: rewritten' },
    ]);

    await records.tamper('UPDATE audit_root_head SET hash = $1 WHERE stream = $2', second);
    expect(await findings()).toEqual([
      { place: `root 1 of ${firstDay}`, what: 'its list of heads is not the one that was signed' },
    ]);

    const heads = await records.store.db.query<{ line: string }>(
      `SELECT stream || ' ' || seq || ' ' || encode(hash, 'hex') AS line FROM audit_root_head WHERE root = 1 ORDER BY stream COLLATE "C"`,
    );
    const digest = createHash('sha256')
      .update(heads.rows.map(({ line }) => `${line}\n`).join(''))
      .digest('hex');
    await records.tamper(
      `UPDATE audit_root SET body = (jsonb_set(body::jsonb, '{digest}', to_jsonb($1::text)))::json WHERE n = 1`,
      [digest],
    );
    const found = await findings();
    expect(found).toContainEqual({
      place: `root 1 of ${firstDay}`,
      what: 'its signature is not by the signing key: forged',
    });
    expect(found).toContainEqual({ place: 'root 2 of 2026-11-24', what: 'does not name the root before it' });
  });

  test('edits or removes an archived history', async () => {
    const run = { workflowId: stream(), runId: 'run', closedAtMs: 0, events: 3, content: Buffer.from('history') };
    await archiveRun(records.store.db, run);
    await openDay(2);
    expect(await findings()).toEqual([]);
    await records.tamper(`UPDATE history_archive SET content = 'another'`);
    expect(await places()).toEqual([`history ${stream()}/run`]);
    const hash = archiveHash({ ...run, content: Buffer.from('another') });
    await records.tamper('UPDATE history_archive SET hash = $1', [hash]);
    const place = `history-${stream()}/run seq 1`;
    expect(await findings()).toEqual([{ place, what: 'signed by root 3 with another hash: rewritten' }]);
    await records.tamper('DELETE FROM history_archive');
    expect(await findings()).toEqual([{ place, what: 'signed by root 3, now missing' }]);
  });

  test('removes the last root', async () => {
    await records.tamper('DELETE FROM audit_root_head WHERE root = 2');
    await records.tamper('DELETE FROM audit_root WHERE n = 2');
    expect(await places()).toEqual(['business day 2026-11-24']);
  });
});
