import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { postgresBinaries, type Call, type PostgresBinaries } from './postgres-binaries.ts';
import { endProcess, identify, processesIn } from './process-table.ts';
import { StartError } from './start-error.ts';
import type { Part } from './supervise.ts';

/** A PostgreSQL server on this machine's loopback, its data in `folder`. */
export type PostgresServer = { readonly folder: string; readonly port: number; readonly password: string };

/** `lasting` keeps every committed row through a crash; `forgetful` is for tests that throw everything away. */
export type Durability = 'lasting' | 'forgetful';

export function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

/** The server's address for a superuser of ours. */
export function databaseUrl({ port, password }: PostgresServer, database: string): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
}

/** The server as a part to be supervised. A folder without data is set up at the first start. */
export function postgresPart(server: PostgresServer, durability: Durability, say: (line: string) => void): Part {
  const { folder, port } = server;
  const binaries = postgresBinaries(folder);
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'password_encryption=scram-sha-256',
    'timezone=UTC',
    'log_timezone=UTC',
    'max_connections=100',
    'shared_buffers=128MB',
    'log_min_messages=warning',
    // The log holds no statement and no row: they carry personal data.
    'log_min_error_statement=panic',
    'log_error_verbosity=terse',
    ...(durability === 'forgetful' ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'] : []),
  ];
  const call = binaries.call('postgres', [
    ...['-D', folder, '-p', String(port)],
    ...settings.flatMap((setting) => ['-c', setting]),
  ]);
  return {
    name: 'postgres',
    ...call,
    env: postgresEnvironment(),
    cwd: '/',
    mark: folder,
    stopSignal: 'SIGINT',
    stopWithinMs: 30_000,
    readyWithinMs: 120_000,
    async prepare() {
      if (!existsSync(join(folder, 'PG_VERSION'))) await initialise(server, binaries, durability, say);
      checkVersion(folder);
      await endOrphans(folder);
    },
    async isReady() {
      if (!(await accepts(port))) return false;
      await withClient(databaseUrl(server, 'postgres'), (client) => client.query('select 1'));
      return true;
    },
  };
}

/** Makes a database when there is none of this name. */
export async function createDatabase(server: PostgresServer, name: string): Promise<void> {
  await withClient(databaseUrl(server, 'postgres'), async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`);
  });
}

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // A server that dies under an idle connection must not end this process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function initialise(
  { folder, password }: PostgresServer,
  binaries: PostgresBinaries,
  durability: Durability,
  say: (line: string) => void,
): Promise<void> {
  say('postgres: first start, setting up its data folder');
  // In a draft folder, so that a start broken off here leaves nothing that looks finished.
  const draft = `${folder}.new`;
  const passwordFile = join(draft, 'password');
  const data = join(draft, 'data');
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(data, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (binaries.owner) {
    for (const path of [draft, data, passwordFile]) chownSync(path, binaries.owner.uid, binaries.owner.gid);
  }
  const flags = ['--encoding=UTF8', '--locale=C', '--username=postgres', '--auth=scram-sha-256'];
  const noSync = durability === 'forgetful' ? ['--no-sync'] : [];
  await run(binaries.call('initdb', ['-D', data, ...flags, `--pwfile=${passwordFile}`, ...noSync]));
  chmodSync(data, 0o700);
  renameSync(data, folder);
  rmSync(draft, { recursive: true, force: true });
}

function run({ command, args, uid, gid }: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    const ids = uid === undefined || gid === undefined ? {} : { uid, gid };
    const child = spawn(command, args, { stdio: 'pipe', env: postgresEnvironment(), cwd: '/', ...ids });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      const last = output.trimEnd().split('\n').filter(Boolean).at(-1) ?? '';
      if (code === 0) resolve();
      else reject(new StartError(`postgres: its data folder could not be set up: ${last}`));
    });
  });
}

function checkVersion(folder: string): void {
  const version = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  if (version !== '18') {
    throw new StartError(
      `${folder} holds data of PostgreSQL ${version}, this is 18: dump and restore it, or move it away`,
    );
  }
}

/**
 * A postmaster killed with -9 leaves its pid file, and for a moment back ends that hold its shared memory: either stops
 * the next start. Both are cleared away, after making sure that no postmaster of this folder lives.
 */
async function endOrphans(folder: string): Promise<void> {
  for (const pid of processesIn(folder)) {
    await endProcess(pid, () => identify(pid) !== undefined, 'SIGQUIT', 3_000);
  }
  const pidFile = join(folder, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n', 1)[0]);
  const isPostmaster = () => identify(pid)?.command.includes(folder) === true;
  if (isPostmaster()) await endProcess(pid, isPostmaster, 'SIGINT', 20_000);
  rmSync(pidFile, { force: true });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

/** Only what the server needs: a caller's PG… variables and locale must not change it. */
function postgresEnvironment(): NodeJS.ProcessEnv {
  const { PATH } = process.env;
  return { LC_ALL: 'C', TZ: 'UTC', ...(PATH === undefined ? {} : { PATH }) };
}
