import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, makeTelemetryFilterString, Runtime, type WorkflowBundlePath } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { z } from 'zod';
import { payloadKeys } from '../../config/keys.ts';
import { payloadCodec } from '../../crypto/payload-codec.ts';
import { handle, review } from '../../dev/calls.ts';
import { eventually } from '../../dev/client.ts';
import { civilDate } from '../../domain/policy/dates.ts';
import { shredDue } from '../../store/retention.ts';
import { openStore, type Store } from '../../store/store.ts';
import { archiveClosedRuns } from '../../worker/archive.ts';
import { findDrift } from '../../worker/drift.ts';
import { replayCases } from '../../worker/replay.ts';
import { testFolder } from '../setup/run-folder.ts';
import { workflowBundlePath } from '../setup/services.ts';
import { approve, openOffice, payAfter, publish, type Office } from './office.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
let office: Office;
let owner: pg.Client;
let store: Store;
let connection: Connection;
let client: Client;
/** Paid; refused and told; approved and waiting for a round; withdrawn, so that its run is over. */
let paid: string;
let refused: string;
let approved: string;
let withdrawn: string;

Runtime.install({
  logger: new DefaultLogger('ERROR', () => undefined), // what a replay finds is in its result
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
});

interface Said {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** Runs a command of the auditors on the system, as `npm run …` does. */
function run(entry: string, ...args: readonly string[]): Promise<Said> {
  const env = { ...process.env, ...office.system.env, NODE_OPTIONS: '' };
  const command = ['--import', 'tsx', 'dev/on-system.ts', entry, ...args];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, command, { cwd: project, env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, lines: stdout.trim().split('\n'), errors: stderr });
    });
  });
}

/** The same inside this process, which is quicker. */
async function replay(caseNo: string, workflowBundle?: WorkflowBundlePath): Promise<string> {
  const dataConverter = { payloadCodecs: [payloadCodec(store.vault.payloadRing)] };
  const bundle = workflowBundle ?? { codePath: await workflowBundlePath() };
  const lines: string[] = [];
  for await (const { line } of replayCases({ store, client, workflowBundle: bundle, dataConverter }, [caseNo]))
    lines.push(line);
  return lines.join('\n');
}

async function drift(): Promise<readonly string[]> {
  const found: string[] = [];
  await findDrift(store, client, ({ stream, seq, what }) => found.push(`${stream} at ${seq}: ${what}`));
  return found;
}

const ring = () => payloadKeys.parse(office.system.env['PAYLOAD_KEYS']);

beforeAll(async () => {
  office = await openOffice(303, 1);
  owner = new pg.Client({ connectionString: office.system.databaseUrl });
  await owner.connect();
  await owner.query('SET session_replication_role = replica'); // as an intruder would, past the triggers
  store = await openStore({ url: office.system.databaseUrl }, ring());
  connection = await Connection.connect({ address: office.system.temporalAddress });
  client = new Client({ connection, dataConverter: { payloadCodecs: [payloadCodec(store.vault.payloadRing)] } });
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
  const gone = await file();
  withdrawn = gone.caseNo;
  await untilState(withdrawn, 'review');
  await gone.applicant.post(`/v1/cases/${withdrawn}/withdrawal`, {}, z.unknown());
}, 120_000);

afterAll(async () => {
  await owner.end();
  await store.db.end();
  await connection.close();
  await office.system.stop();
}, 120_000);

test('a system that nobody touched: every case replays the same, nothing has drifted', async () => {
  const replayed = await run('worker/replay-main.ts', '--all');
  expect(replayed).toMatchObject({ code: 0, errors: '' });
  expect(replayed.lines).toEqual([
    ...[paid, refused, approved, withdrawn].map((caseNo) =>
      expect.stringMatching(new RegExp(`^${caseNo}: the same — 1 run`)),
    ),
    '4 cases, 0 differ',
  ]);
  const drifted = await run('worker/drift-main.ts');
  expect(drifted).toEqual({ code: 0, errors: '', lines: [expect.stringMatching(/^\d+ streams, 0 differences$/)] });
  expect(Number.parseInt(drifted.lines[0] ?? '', 10)).toBeGreaterThanOrEqual(5); // three cases, a round, a batch; later rounds
}, 120_000);

test('without a case the command says how it is called; an unknown case is a failure', async () => {
  const usage = 'usage: npm run replay -- <caseNo…> | --all\n';
  expect(await run('worker/replay-main.ts')).toEqual({ code: 1, lines: [''], errors: usage });
  const one = await run('worker/replay-main.ts', paid, '220102-2017-9999999');
  expect(one).toMatchObject({ code: 1, errors: '' });
  expect(one.lines).toEqual([
    expect.stringMatching(`^${paid}: the same`),
    '220102-2017-9999999: unknown case',
    '2 cases, 1 differ',
  ]);
}, 120_000);

test('a row that was manipulated is found by both', async () => {
  const setAmount = (fen: number) =>
    owner.query(`UPDATE cases SET state = jsonb_set(state, '{order,amountFen}', $2) WHERE case_no = $1`, [
      paid,
      String(fen),
    ]);
  await setAmount(1);
  const { code, lines } = await run('worker/drift-main.ts');
  expect(code).toBe(1);
  expect(lines).toEqual([
    expect.stringMatching(
      new RegExp(`^case-${paid} at \\d+: in the row order.amountFen is 1, by its events it is 195000$`),
    ),
    expect.stringMatching(/^\d+ streams, 1 differences$/),
  ]);
  expect(await replay(paid)).toMatch(`${paid}: DIFFERS: event`);
  await setAmount(195_000);
  expect(await replay(paid)).toMatch(`${paid}: the same`);
}, 120_000);

test('an event that was altered is found: by its decision, by the row, and by what the run knows', async () => {
  const alter = (from: string, to: string) =>
    owner.query(`UPDATE event SET body = replace(body::text, $2, $3)::json WHERE stream = $1 AND type = 'approved'`, [
      ...[`case-${approved}`, from, to],
    ]);
  await alter('195000', '260000');
  expect(await replay(approved)).toContain('review: as recorded amountFen is 260000, decided again it is 195000');
  expect(await drift()).toEqual([
    expect.stringMatching(/in the row \S+ is 195000, by its events it is 260000/),
    expect.stringMatching(/by its events \S+ is 260000, in its run it is 195000/),
  ]);
  await alter('260000', '195000');
}, 120_000);

test('a closed case whose history Temporal has no more is replayed from the archive', async () => {
  const workflowId = `case-${withdrawn}`;
  await eventually(
    'its run is over',
    async () => (await client.workflow.getHandle(workflowId).describe()).status.name === 'COMPLETED' || undefined,
    60_000,
  );
  // The business day archives too: whoever is first, it is archived once.
  await archiveClosedRuns(store, client, () => undefined);
  const workflowExecution = { workflowId };
  await client.workflowService.deleteWorkflowExecution({ namespace: 'default', workflowExecution });
  await eventually(
    'Temporal has it no more',
    () =>
      client.workflow
        .getHandle(workflowId)
        .fetchHistory()
        .then(
          () => undefined,
          () => true,
        ),
    60_000,
  );
  const { code, lines } = await run('worker/replay-main.ts', withdrawn);
  expect([code, ...lines]).toEqual([
    0,
    expect.stringMatching(`^${withdrawn}: the same — 1 run .* replayed, 1 from the archive, `),
    '1 cases, 0 differ',
  ]);
  const spoil = `UPDATE history_archive SET content = set_byte(content, 40, get_byte(content, 40) # 1) WHERE workflow_id = $1`;
  await owner.query(spoil, [workflowId]);
  expect(await replay(withdrawn)).toMatch(/DIFFERS: the archive of run \S+ is not what was archived/);
  await owner.query(spoil, [workflowId]);
}, 120_000);

test('workflow code that would have acted otherwise is found', async () => {
  const codePath = join(testFolder(), 'mutant.js');
  const edit = ['await theCase.change(); // handler', 'await sleep(1); await theCase.change(); // handler'];
  await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', 'test/workflows/bundle-mutant.ts', codePath, 'application-case.ts', ...edit],
    { cwd: project, env: { ...process.env, NODE_OPTIONS: '' } },
  );
  expect(await replay(paid, { codePath })).toMatch(new RegExp(`^${paid}: DIFFERS: run \\S+ replays otherwise: `));
}, 120_000);

test('a run that is gone, and a row that is gone, are found', async () => {
  await client.workflow.getHandle(`case-${approved}`).terminate('to see whether it is missed');
  expect(await drift()).toEqual([expect.stringMatching(`^case-${approved} at \\d+: its run has ended as TERMINATED$`)]);
  await owner.query('DELETE FROM cases WHERE case_no = $1', [refused]);
  expect(await drift()).toContain(`case-${refused} at 1: it has events and no row`);
}, 120_000);

// Last, because the clock leaps.
test('a case that was lawfully shredded is reported as such and is no failure; a lost key is one', async () => {
  await owner.query(`UPDATE clock SET business_anchor = '2028-02-01T03:00:00+08:00', real_anchor = clock_timestamp()`);
  const process = { kind: 'process', name: 'business-day' } as const;
  expect(await shredDue(store, process, civilDate('2028-02-01'), () => undefined)).toBeGreaterThanOrEqual(1);
  const { code, lines } = await run('worker/replay-main.ts', withdrawn);
  expect([code, ...lines]).toEqual([
    0,
    expect.stringMatching(new RegExp(`^${withdrawn}: the same — .*lawfully shredded`)),
    '1 cases, 0 differ',
  ]);
  await owner.query('DELETE FROM case_key WHERE case_no = $1', [paid]);
  expect(await replay(paid)).toContain('its key is gone, and no decision says that it may be');
}, 120_000);
