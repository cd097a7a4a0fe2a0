import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { payloadKeys } from '../../config/keys.ts';
import { payloadCodec } from '../../crypto/payload-codec.ts';
import { handle, review } from '../../dev/calls.ts';
import { openStore } from '../../store/store.ts';
import { replayCases } from '../../worker/replay.ts';
import { testFolder } from '../setup/run-folder.ts';
import { approve, openOffice, payAfter, publish, type Office } from './office.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
let office: Office;
let owner: pg.Client;
/** Paid and its run ended or waiting; refused and told; approved and waiting for a round; withdrawn. */
let paid: string;
let refused: string;
let approved: string;

interface Said {
  readonly code: number;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** Runs a command of the auditors on the system, as `npm run …` does. */
async function run(entry: string, ...args: readonly string[]): Promise<Said> {
  const env = { ...process.env, ...office.system.env, NODE_OPTIONS: '' };
  const command = ['--import', 'tsx', 'dev/on-system.ts', entry, ...args];
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, command, { cwd: project, env });
    return { code: 0, lines: stdout.trim().split('\n'), errors: stderr };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'stdout' in error && 'stderr' in error)) throw error;
    return { code: Number(error.code), lines: String(error.stdout).trim().split('\n'), errors: String(error.stderr) };
  }
}

const replay = (...args: readonly string[]) => run('worker/replay-main.ts', ...args);
const drift = () => run('worker/drift-main.ts');

beforeAll(async () => {
  office = await openOffice(303, 1);
  owner = new pg.Client({ connectionString: office.system.databaseUrl });
  await owner.connect();
  await owner.query('SET session_replication_role = replica'); // what an intruder would do to get past the triggers
  const { cast, file, untilState } = office;
  paid = (await file()).caseNo;
  await approve(office, paid);
  const { endsAt } = await publish(office);
  refused = (await file()).caseNo;
  await untilState(refused, 'review');
  await handle(cast.wang, refused, { decision: 'refuse', reasons: [{ clause: 'N1.1', text: '缴费不足三十六个月。' }] });
  await review(cast.li, refused, 'refuse');
  await payAfter(office, endsAt, [paid]);
  approved = (await file()).caseNo;
  await approve(office, approved);
}, 120_000);

afterAll(async () => {
  await owner.end();
  await office.system.stop();
}, 60_000);

test('a system that nobody touched: every case replays the same, nothing has drifted', async () => {
  const replayed = await replay('--all');
  expect(replayed).toMatchObject({ code: 0, errors: '' });
  expect(replayed.lines).toEqual([
    ...[paid, refused, approved].map((caseNo) => expect.stringMatching(new RegExp(`^${caseNo}: the same — 1 run`))),
    '3 cases, 0 differ',
  ]);
  const drifted = await drift();
  expect(drifted).toEqual({ code: 0, errors: '', lines: ['5 streams, 0 differences'] }); // three cases, a round, a batch
}, 60_000);

test('without a case the command says how it is called; an unknown case is a failure', async () => {
  expect(await replay()).toEqual({ code: 1, lines: [''], errors: 'usage: npm run replay -- <caseNo…> | --all\n' });
  const one = await replay(paid, '220102-2017-9999999');
  expect(one).toMatchObject({ code: 1, errors: '' });
  expect(one.lines).toEqual([
    expect.stringMatching(`^${paid}: the same`),
    '220102-2017-9999999: unknown case',
    '2 cases, 1 differ',
  ]);
}, 60_000);

test('a row that was manipulated is found by both', async () => {
  await owner.query(`UPDATE cases SET state = jsonb_set(state, '{order,amountFen}', '1') WHERE case_no = $1`, [paid]);
  const drifted = await drift();
  expect(drifted.lines.at(-1)).toBe('5 streams, 1 differences');
  expect(drifted.lines[0]).toMatch(
    new RegExp(`^case-${paid} at \\d+: in the row order.amountFen is 1, by its events it is 195000$`),
  );
  expect(drifted.code).toBe(1);
  const replayed = await replay(paid, refused);
  expect(replayed.code).toBe(1);
  expect(replayed.lines[0]).toMatch(`${paid}: DIFFERS: event`);
  expect(replayed.lines[1]).toMatch(`${refused}: the same`);
  await owner.query(`UPDATE cases SET state = jsonb_set(state, '{order,amountFen}', '195000') WHERE case_no = $1`, [
    paid,
  ]);
}, 60_000);

test('an event that was altered is found: by its decision, and by what the run knows', async () => {
  const turn = (from: string, to: string) =>
    owner.query(`UPDATE event SET body = replace(body::text, $2, $3)::json WHERE stream = $1 AND type = 'approved'`, [
      ...[`case-${approved}`, from, to],
    ]);
  await turn('195000', '260000');
  const replayed = await replay(approved);
  expect(replayed.lines[0]).toContain('review: as recorded amountFen is 260000, decided again it is 195000');
  const drifted = await drift();
  expect(drifted.lines.filter((line) => line.startsWith(`case-${approved}`))).toEqual([
    expect.stringContaining('in the row award.amountFen is 195000, by its events it is 260000'),
    expect.stringContaining('by its events award.amountFen is 260000, in its run it is 195000'),
  ]);
  await turn('260000', '195000');
}, 60_000);

test('a run that is gone, and a row that is gone, are found', async () => {
  const connection = await Connection.connect({ address: office.system.temporalAddress });
  const client = new Client({ connection });
  await client.workflow.getHandle(`case-${approved}`).terminate('to see whether it is missed');
  expect((await drift()).lines).toEqual([
    expect.stringMatching(`^case-${approved} at \\d+: its run has ended as TERMINATED$`),
    '5 streams, 1 differences',
  ]);
  await owner.query('DELETE FROM cases WHERE case_no = $1', [refused]);
  expect((await drift()).lines).toContain(`case-${refused} at 1: it has events and no row`);
  await connection.close();
}, 60_000);

test('workflow code that would have acted otherwise is found', async () => {
  const bundle = join(testFolder(), 'mutant.js');
  const edit = [
    'await theCase.change(); // handler, reviewer, HRSS, finance, bank',
    'await sleep(1); await theCase.change();',
  ];
  await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', 'test/workflows/bundle-mutant.ts', bundle, 'application-case.ts', ...edit],
    { cwd: project, env: { ...process.env, NODE_OPTIONS: '' } },
  );
  const ring = payloadKeys.parse(office.system.env['PAYLOAD_KEYS']);
  const store = await openStore({ url: office.system.databaseUrl }, ring);
  const connection = await Connection.connect({ address: office.system.temporalAddress });
  const dataConverter = { payloadCodecs: [payloadCodec(ring)] };
  const tools = { store, client: new Client({ connection }), workflowBundle: { codePath: bundle }, dataConverter };
  const lines: string[] = [];
  for await (const { line } of replayCases(tools, [paid])) lines.push(line);
  expect(lines).toEqual([
    expect.stringMatching(new RegExp(`^${paid}: DIFFERS: run \\S+ replays otherwise: .*[Nn]ondeterminism`)),
  ]);
  await connection.close();
  await store.db.end();
}, 60_000);
