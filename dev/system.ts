import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { ClockSettings, StartSettings } from '../config/settings.ts';
import { keptFile, lockDataFolder, makeDataFolder, readIfThere, writePrivateFile } from './data-folder.ts';
import { devTokenKey, devTokenKeyFile } from './dev-token.ts';
import { ENVIRONMENT_FILE } from './kept-environment.ts';
import { developmentKeys } from './keys.ts';
import { freePort, isPortFree } from './ports.ts';
import { createDatabase, databaseUrl, newPassword, postgresPart, withClient } from './postgres.ts';
import { processRecords } from './process-records.ts';
import { StartError, reasonOf } from './start-error.ts';
import { supervise, type Part, type Supervisor } from './supervise.ts';
import { temporalPath } from './temporal-binary.ts';
import { registerSearchAttributes, temporalPart } from './temporal.ts';

export type SystemPart = 'postgres' | 'temporal' | 'sandbox' | 'worker' | 'api';
type Entry = 'migrate' | 'sandbox' | 'worker' | 'api';

export type SystemOptions = {
  /** `startSettings(process.env)`, or those of a throw-away system. */
  readonly settings: StartSettings;
  /** Hears each step, death and restart in one line; nothing by default. */
  readonly say?: (line: string) => void;
  /** What the processes inherit besides their own settings; this process's environment by default. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Aborting breaks a start off; it then rejects, nothing left running. */
  readonly signal?: AbortSignal;
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
  kill(part: SystemPart, signal: NodeJS.Signals): void;
  pids(): Record<string, number>;
  /** Ends everything that was started, in order; data stays. */
  stop(): Promise<void>;
};

const projectFolder = fileURLToPath(new URL('..', import.meta.url));
const entryPoints: Record<Entry, string> = {
  migrate: 'store/migrate-main.ts',
  sandbox: 'sandbox/main.ts',
  worker: 'worker/main.ts',
  api: 'api/main.ts',
};
const stopOrder: readonly SystemPart[] = ['api', 'worker', 'sandbox', 'temporal', 'postgres'];
/** 10 million yuan for each fund and year, outside production. */
const SEED_BUDGET_FEN = '1000000000';

/**
 * Starts everything on this machine and resolves when the API is usable. What the settings leave out (PostgreSQL,
 * Temporal, keys) is started or made. Rejects with a StartError, nothing left running.
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { settings, say = () => undefined, environment = process.env } = options;
  const { dataDir } = settings;
  makeDataFolder(dataDir);
  const unlock = lockDataFolder(dataDir);
  let supervisor: Supervisor | undefined;
  let stopped: Promise<void> | undefined;
  const underWay: Promise<unknown>[] = [];
  const stop = () =>
    (stopped ??= (async () => {
      await supervisor?.stop(stopOrder);
      // What was just being started has noticed by then, save a download, which is left.
      await Promise.race([Promise.allSettled(underWay), sleep(5_000, undefined, { ref: false })]);
      await supervisor?.stop(stopOrder);
      rmSync(join(dataDir, ENVIRONMENT_FILE), { force: true });
      unlock();
    })());
  const brokenOff = new Promise<never>((_resolve, reject) => {
    options.signal?.addEventListener('abort', () => {
      reject(new StartError('the start was broken off'));
    });
  });
  brokenOff.catch(() => undefined);
  try {
    const records = processRecords(dataDir);
    const leftovers = await records.endLeftovers();
    if (leftovers.length > 0) say(`an earlier start was killed, ended what it left: ${leftovers.join(', ')}`);
    await checkPort('PORT', settings.port);
    await checkPort('SANDBOX_PORT', settings.sandboxPort);
    const ports = await keptPorts(settings);
    const keys = developmentKeys(dataDir, environment);
    await devTokenKey(dataDir);
    const parts = supervise({ logs: join(dataDir, 'logs'), records, say });
    supervisor = parts;

    const postgres = startPostgres(settings, ports.postgres, parts, say);
    const temporal = startTemporal(settings, ports, parts, say);
    const url = `http://127.0.0.1:${settings.port}`;
    const sandboxUrl = `http://127.0.0.1:${settings.sandboxPort}`;
    const migrated = postgres.then(async (database) => {
      const env = { SEED_BUDGET_FEN, ...environment, DATABASE_URL: database, ...clockEnvironment(settings) };
      await migrate(options.entries?.migrate ?? entryPoints.migrate, env, say);
      return { database, clock: await storedClock(database) };
    });
    underWay.push(postgres, temporal, migrated);
    const [{ database, clock }, temporalAddress] = await Promise.race([brokenOff, Promise.all([migrated, temporal])]);

    const env = {
      DATA_DIR: dataDir,
      DATABASE_URL: database,
      TEMPORAL_ADDRESS: temporalAddress,
      TEMPORAL_NAMESPACE: settings.temporalNamespace,
      PORT: String(settings.port),
      SANDBOX_PORT: String(settings.sandboxPort),
      SANDBOX_CLOCK: JSON.stringify(clock),
      PARTNERS_URL: environment['PARTNERS_URL'] || sandboxUrl,
      BANK_CALLBACK_URL: `${url}/bank/v1/callbacks`,
      ...keys,
      ...(settings.oidcIssuer === undefined
        ? { DEV_TOKEN_KEY: devTokenKeyFile(dataDir) }
        : { OIDC_ISSUER: settings.oidcIssuer }),
    };
    const entry = (name: Exclude<Entry, 'migrate'>, isReady: Part['isReady']) => {
      const started = parts.start({
        name,
        command: process.execPath,
        args: ['--import', 'tsx', options.entries?.[name] ?? entryPoints[name]],
        env: { ...environment, ...env },
        cwd: projectFolder,
        isReady,
      });
      underWay.push(started);
      return started;
    };
    const processes = Promise.all([
      entry('sandbox', () => answers(`${sandboxUrl}/healthz`)),
      entry('worker', (output) => Promise.resolve(/^worker ready$/m.test(output))),
      entry('api', () => answers(`${url}/healthz`)),
    ]);
    await Promise.race([brokenOff, processes]);
    writePrivateFile(join(dataDir, ENVIRONMENT_FILE), JSON.stringify(env, null, 2));
    return {
      ...{ url, sandboxUrl, temporalAddress, databaseUrl: database, dataDir, env, gaveUp: parts.gaveUp },
      temporalUiUrl: settings.temporalAddress === undefined ? `http://127.0.0.1:${ports.temporalUi}` : undefined,
      kill: parts.kill,
      pids: parts.pids,
      stop,
    };
  } catch (error) {
    await stop();
    throw error instanceof StartError ? error : new StartError(reasonOf(error), { cause: error });
  }
}

/**
 * Settings of a throw-away system beside all others: free ports, a DATA_DIR of its own, servers of its own. `given`
 * goes first, such as `{clock: {speed: 3600, anchorMs}}`.
 */
export async function throwAwaySettings(given: Partial<StartSettings> = {}): Promise<StartSettings> {
  const port = given.port ?? (await freePort());
  return {
    port,
    sandboxPort: await freePort([port]),
    dataDir: given.dataDir ?? mkdtempSync(join(tmpdir(), 'skill-subsidy-')),
    databaseUrl: undefined,
    temporalAddress: undefined,
    temporalNamespace: 'default',
    clock: { speed: undefined, anchorMs: undefined },
    oidcIssuer: undefined,
    ...given,
  };
}

async function checkPort(name: string, port: number): Promise<void> {
  if (!(await isPortFree(port))) {
    throw new StartError(`${name} ${port} is in use: stop what listens there, or set ${name} to another port`);
  }
}

const portsSchema = z.object({ postgres: z.number(), temporal: z.number(), temporalUi: z.number() });
type Ports = z.output<typeof portsSchema>;

/** The ports of last time where they are free still, else other free ones; kept for the next time. */
async function keptPorts({ dataDir, port, sandboxPort }: StartSettings): Promise<Ports> {
  const path = join(dataDir, 'ports.json');
  const last = portsSchema.partial().safeParse(JSON.parse(readIfThere(path) ?? '{}')).data ?? {};
  const taken = [port, sandboxPort];
  const choose = async (lastOne: number | undefined) => {
    const keep = lastOne !== undefined && !taken.includes(lastOne) && (await isPortFree(lastOne));
    const chosen = keep ? lastOne : await freePort(taken);
    taken.push(chosen);
    return chosen;
  };
  const ports = {
    postgres: await choose(last.postgres),
    temporal: await choose(last.temporal),
    temporalUi: await choose(last.temporalUi),
  };
  writePrivateFile(path, JSON.stringify(ports, null, 2));
  return ports;
}

async function startPostgres(
  { dataDir, databaseUrl: given }: StartSettings,
  port: number,
  parts: Supervisor,
  say: (line: string) => void,
): Promise<string> {
  if (given !== undefined) {
    say('postgres: DATABASE_URL is set, none is started');
    return given;
  }
  const password = keptFile(join(dataDir, 'postgres-password'), newPassword);
  const server = { folder: join(dataDir, 'postgres'), port, password };
  await parts.start(postgresPart(server, 'lasting', say));
  await createDatabase(server, 'subsidy');
  say(`postgres: ready on 127.0.0.1:${port}`);
  return databaseUrl(server, 'subsidy');
}

async function startTemporal(
  { dataDir, temporalAddress: given, temporalNamespace: namespace }: StartSettings,
  ports: Ports,
  parts: Supervisor,
  say: (line: string) => void,
): Promise<string> {
  if (given !== undefined) {
    say('temporal: TEMPORAL_ADDRESS is set, none is started');
    try {
      await registerSearchAttributes(given, namespace);
    } catch (error) {
      throw new StartError(`TEMPORAL_ADDRESS ${given}, namespace ${namespace}: ${reasonOf(error)}`);
    }
    return given;
  }
  const binary = await temporalPath(say);
  const { temporal: port, temporalUi: uiPort } = ports;
  await parts.start(temporalPart({ binary, file: join(dataDir, 'temporal.db'), port, uiPort, namespace }));
  const address = `127.0.0.1:${port}`;
  say(`temporal: ready on ${address}`);
  return address;
}

function clockEnvironment({ clock: { speed, anchorMs } }: StartSettings): Record<string, string> {
  return {
    ...(speed === undefined ? {} : { CLOCK_SPEED: String(speed) }),
    ...(anchorMs === undefined ? {} : { CLOCK_ANCHOR: new Date(anchorMs).toISOString() }),
  };
}

/** Runs the migrations to their end, passing on what they print; the last line is the reason when they fail. */
function migrate(entry: string, env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', entry], { cwd: projectFolder, env, stdio: 'pipe' });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      for (const line of output.split('\n').filter(Boolean)) say(`migrate: ${line}`);
      const reason = errors.split('\n').find((line) => /\S/.test(line) && !/^(\s|npm warn|\(node:)/.test(line));
      if (code === 0) resolve();
      else reject(new StartError(reason ?? `migrate ended with ${String(code)}`));
    });
  });
}

const clockRow = z.object({ businessAnchorMs: z.number(), realAnchorMs: z.number(), speed: z.number() });

/** The business clock that was stored at first use. */
function storedClock(database: string): Promise<ClockSettings> {
  return withClient(database, async (client) => {
    const { rows } = await client.query(
      `select (extract(epoch from business_anchor) * 1000)::float8 as "businessAnchorMs",
              (extract(epoch from real_anchor) * 1000)::float8 as "realAnchorMs", speed::float8 as speed from clock`,
    );
    return clockRow.parse(rows[0]);
  });
}

async function answers(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(2_000), headers: { connection: 'close' } });
  await answer.arrayBuffer();
  return answer.status === 200;
}
