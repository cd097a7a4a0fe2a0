import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../config/setting.ts';
import { startSettings, type StartSettings } from '../config/settings.ts';
import { SETTING_NAMES } from '../config/variables.ts';
import { keptFile, lockDataFolder, makeDataFolder, writePrivateFile } from './data-folder.ts';
import { devTokenKey, devTokenKeyFile } from './dev-token.ts';
import { ENVIRONMENT_FILE } from './kept-environment.ts';
import { developmentKeys } from './keys.ts';
import { runMigrations, storedClock } from './migrate.ts';
import { freePort, type HeldPorts, heldPorts, holdSetPort, keptPorts, type ServerPorts } from './ports.ts';
import { createDatabase, databaseUrl, newPassword, postgresPart, withClient } from './postgres.ts';
import { processRecords } from './process-records.ts';
import { StartError, reasonOf } from './start-error.ts';
import { supervise, type Part, type Supervisor } from './supervise.ts';
import { temporalPath } from './temporal-binary.ts';
import { registerSearchAttributes, temporalPart } from './temporal.ts';

export type SystemPart = 'postgres' | 'temporal' | 'sandbox' | 'worker' | 'api';
type Entry = 'migrate' | 'sandbox' | 'worker' | 'api';

export type SystemOptions = {
  /** Absolute; made when missing. One system at a time. */
  readonly dataDir: string;
  /** Free ones are found when absent. */
  readonly port?: number;
  readonly sandboxPort?: number;
  /**
   * Settings, such as CLOCK_SPEED, and what else the processes shall inherit. Settings of this process's own
   * environment are not passed on: a throw-away system must not touch the database that a shell happens to name.
   */
  readonly env?: Environment;
  /** Hears each step, death and restart in one line; else they are printed, unless `quiet`. */
  readonly onLine?: (line: string) => void;
  readonly quiet?: boolean;
  /** Aborting breaks a start off; it then rejects, nothing left running. */
  readonly signal?: AbortSignal;
  /** How many deaths of one part within a minute end everything; five when absent. */
  readonly deathsAllowed?: number;
  /** How long worker and API may take to be ready, milliseconds; a minute when absent. */
  readonly readyWithinMs?: number;
  /** Other entry points, relative to the project: stand-ins in tests. */
  readonly entries?: Partial<Record<Entry, string>>;
};

/** A running system. */
export type System = {
  readonly url: string;
  readonly sandboxUrl: string;
  readonly temporalAddress: string;
  /** Undefined when Temporal is a server of yours. */
  readonly temporalUiUrl: string | undefined;
  readonly databaseUrl: string;
  readonly dataDir: string;
  /** The settings that the processes were given, for commands that look at this system. */
  readonly env: Readonly<Record<string, string>>;
  /** Resolves with the reason when a part has died too often; the system is not usable any more, call `stop`. */
  readonly gaveUp: Promise<StartError>;
  /** Sends a signal to a part; a part that dies of it is started again. */
  readonly kill: (part: SystemPart, signal: NodeJS.Signals) => void;
  readonly pids: () => Record<string, number>;
  /** Ends everything that was started, in order; data stays. */
  readonly stop: () => Promise<void>;
};

const projectFolder = fileURLToPath(new URL('..', import.meta.url));
const entryPoints: Record<Entry, string> = {
  migrate: 'store/migrate-main.ts',
  sandbox: 'sandbox/main.ts',
  worker: 'worker/main.ts',
  api: 'api/main.ts',
};
const stopOrder: readonly SystemPart[] = ['api', 'worker', 'sandbox', 'temporal', 'postgres'];
/** A billion yuan for each fund and year, outside production. */
const SEED_BUDGET_FEN = '100000000000';

type Start = {
  readonly settings: StartSettings;
  readonly inherited: NodeJS.ProcessEnv;
  readonly entries: Record<Entry, string>;
  readonly readyWithinMs: number | undefined;
  readonly say: (line: string) => void;
};

/**
 * Starts everything on this machine and resolves when the API is usable. What the settings leave out (PostgreSQL,
 * Temporal, keys) is started or made. Rejects with a StartError or a SettingError, nothing left running.
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const start = await prepare(options);
  const { settings, say } = start;
  const { dataDir } = settings;
  makeDataFolder(dataDir);
  const unlock = lockDataFolder(dataDir);
  const records = processRecords(dataDir);
  const { deathsAllowed } = options;
  const parts = supervise({ logs: join(dataDir, 'logs'), records, say, ...(deathsAllowed && { deathsAllowed }) });
  const underWay: Promise<unknown>[] = [];
  const held = heldPorts();
  // Children are in groups of their own: a caller that just exits must not leave them behind.
  process.once('exit', parts.abandon);
  let stopped: Promise<void> | undefined;
  const stop = () =>
    (stopped ??= (async () => {
      await parts.stop(stopOrder);
      await held.letAllGo();
      // What was just being made notices by that; a download is left behind and ends with this process.
      await Promise.race([Promise.allSettled(underWay), sleep(5_000, undefined, { ref: false })]);
      process.off('exit', parts.abandon);
      rmSync(join(dataDir, ENVIRONMENT_FILE), { force: true });
      unlock();
    })());
  try {
    const leftovers = await records.endLeftovers();
    if (leftovers.length > 0) say(`an earlier start was killed, ended what it left: ${leftovers.join(', ')}`);
    await holdSetPort(held, 'PORT', settings.port);
    await holdSetPort(held, 'SANDBOX_PORT', settings.sandboxPort);
    const starting = bringUp(start, parts, held, underWay);
    underWay.push(starting);
    const up = await Promise.race([starting, brokenOff(options.signal)]);
    return { ...up, dataDir, gaveUp: parts.gaveUp, kill: parts.kill, pids: parts.pids, stop };
  } catch (error) {
    await stop();
    throw error instanceof StartError ? error : new StartError(reasonOf(error), { cause: error });
  }
}

async function prepare(options: SystemOptions): Promise<Start> {
  const { dataDir, env = {}, quiet = false, onLine, entries, readyWithinMs } = options;
  const port = options.port ?? (await freePort());
  const sandboxPort = options.sandboxPort ?? (await freePort([port]));
  const names = { DATA_DIR: dataDir, PORT: String(port), SANDBOX_PORT: String(sandboxPort) };
  const own = Object.entries(process.env).filter(([name]) => !SETTING_NAMES.includes(name));
  return {
    settings: startSettings({ ...env, ...names }),
    inherited: { ...Object.fromEntries(own), ...env },
    entries: { ...entryPoints, ...entries },
    readyWithinMs,
    say: onLine ?? (quiet ? () => undefined : (line) => process.stdout.write(`${line}\n`)),
  };
}

function brokenOff(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const tell = () => {
      reject(new StartError('the start was broken off'));
    };
    if (signal?.aborted === true) tell();
    signal?.addEventListener('abort', tell, { once: true });
  });
}

type Up = Omit<System, 'dataDir' | 'gaveUp' | 'kill' | 'pids' | 'stop'>;

async function bringUp(start: Start, parts: Supervisor, held: HeldPorts, underWay: Promise<unknown>[]): Promise<Up> {
  const { settings, inherited, entries, readyWithinMs, say } = start;
  const { dataDir, port, sandboxPort } = settings;
  const ports = await keptPorts(dataDir, held);
  const keys = developmentKeys(dataDir, inherited);
  await devTokenKey(dataDir);

  const temporal = startTemporal(settings, ports, { parts, held, say });
  const migrated = startPostgres(settings, ports.postgres, { parts, held, say }).then(async (database) => {
    const env = { SEED_BUDGET_FEN, ...inherited, DATABASE_URL: database };
    await runMigrations(entries.migrate, { cwd: projectFolder, env }, say);
    return { database, clock: await storedClock(database) };
  });
  underWay.push(temporal, migrated);
  const [{ database, clock }, temporalAddress] = await Promise.all([migrated, temporal]);

  const url = `http://127.0.0.1:${port}`;
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
  const { oidcIssuer } = settings;
  const env = {
    DATA_DIR: dataDir,
    DATABASE_URL: database,
    TEMPORAL_ADDRESS: temporalAddress,
    TEMPORAL_NAMESPACE: settings.temporalNamespace,
    PORT: String(port),
    SANDBOX_PORT: String(sandboxPort),
    SANDBOX_CLOCK: JSON.stringify(clock),
    PARTNERS_URL: settings.partnersUrl ?? sandboxUrl,
    CODEC_PORT: String(ports.codec),
    // On one machine everybody has one address, and a bench is in a hurry.
    CLIENT_REQUESTS: inherited['CLIENT_REQUESTS'] ?? '1000000',
    PERSON_REQUESTS: inherited['PERSON_REQUESTS'] ?? '1000000',
    TEMPORAL_UI_ORIGIN: `http://127.0.0.1:${ports.temporalUi}`,
    BANK_CALLBACK_URL: `${url}/bank/v1/callbacks`,
    BANK_FILES: inherited['BANK_FILES'] ?? join(dataDir, 'bank-files'),
    ...keys,
    ...(oidcIssuer === undefined ? { DEV_TOKEN_KEY: devTokenKeyFile(dataDir) } : { OIDC_ISSUER: oidcIssuer }),
  };
  const run = (name: Exclude<Entry, 'migrate'>, isReady: Part['isReady']) => {
    const args = ['--import', 'tsx', entries[name]];
    const child = { ...inherited, ...env };
    const part = { name, command: process.execPath, args, env: child, cwd: projectFolder, isReady };
    return parts.start({ ...part, ...(readyWithinMs && { readyWithinMs }) });
  };
  await held.letGo(sandboxPort);
  await run('sandbox', () => answers(`${sandboxUrl}/healthz`));
  await held.letGo(port, ports.codec);
  const workerAndApi = [
    run('worker', (output) => Promise.resolve(/^worker ready$/m.test(output))),
    run('api', () => answers(`${url}/healthz`)),
  ];
  underWay.push(...workerAndApi);
  await Promise.all(workerAndApi);
  writePrivateFile(join(dataDir, ENVIRONMENT_FILE), JSON.stringify(env, null, 2));
  const temporalUiUrl = settings.temporalAddress === undefined ? `http://127.0.0.1:${ports.temporalUi}` : undefined;
  return { url, sandboxUrl, temporalAddress, temporalUiUrl, databaseUrl: database, env };
}

interface Means {
  readonly parts: Supervisor;
  readonly held: HeldPorts;
  readonly say: (line: string) => void;
}

async function startPostgres(
  { dataDir, databaseUrl: given }: StartSettings,
  port: number,
  { parts, held, say }: Means,
): Promise<string> {
  if (given !== undefined) {
    try {
      await withClient(given, (client) => client.query('select 1'));
    } catch (error) {
      throw new StartError(`DATABASE_URL ${new URL(given).host}: ${reasonOf(error)}`);
    }
    say('postgres: DATABASE_URL: found, none is started');
    return given;
  }
  const password = keptFile(join(dataDir, 'postgres-password'), newPassword);
  const server = { folder: join(dataDir, 'postgres'), port, password };
  await held.letGo(port);
  await parts.start(postgresPart(server, 'lasting', say));
  await createDatabase(server, 'subsidy');
  say(`postgres: ready on 127.0.0.1:${port}`);
  return databaseUrl(server, 'subsidy');
}

async function startTemporal(
  { dataDir, temporalAddress: given, temporalNamespace: namespace }: StartSettings,
  ports: ServerPorts,
  { parts, held, say }: Means,
): Promise<string> {
  if (given !== undefined) {
    try {
      await registerSearchAttributes(given, namespace);
    } catch (error) {
      throw new StartError(`TEMPORAL_ADDRESS ${given}, namespace ${namespace}: ${reasonOf(error)}`);
    }
    say('temporal: TEMPORAL_ADDRESS: found, none is started');
    return given;
  }
  say('temporal: TEMPORAL_ADDRESS: not set');
  const binary = await temporalPath(say);
  const { temporal: port, temporalUi: uiPort, codec: codecPort } = ports;
  await held.letGo(port, uiPort);
  await parts.start(temporalPart({ binary, file: join(dataDir, 'temporal.db'), port, uiPort, namespace, codecPort }));
  const address = `127.0.0.1:${port}`;
  say(`temporal: ready on ${address}`);
  return address;
}

async function answers(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(2_000), headers: { connection: 'close' } });
  await answer.arrayBuffer();
  return answer.status === 200;
}
