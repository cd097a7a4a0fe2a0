import { spawn } from 'node:child_process';
import { z } from 'zod';
import type { ClockSettings } from '../config/variables.ts';
import { withClient } from './postgres.ts';
import { StartError } from './start-error.ts';

/** Runs the migrations to their end, passing on what they print; what they print as an error is the reason when they fail. */
export function runMigrations(
  entry: string,
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
  say: (line: string) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', entry], { cwd, env, stdio: 'pipe' });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      for (const line of output.split('\n').filter(Boolean)) say(`migrate: ${line}`);
      if (code === 0) resolve();
      else reject(new StartError(reasonIn(errors) ?? `migrate ended with ${String(code)}`));
    });
  });
}

/** The one line of a refusal, or of a crash the error's own line between source and stack. */
function reasonIn(errors: string): string | undefined {
  const lines = errors
    .split('\n')
    .filter((line) => /^\S/.test(line) && !/^(npm warn|\(node:|node:|file:|Node\.js)/.test(line));
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines[0];
}

const clockRow = z.object({ businessAnchorMs: z.number(), realAnchorMs: z.number(), speed: z.number() });

/** The business clock that was stored at first use. */
export function storedClock(database: string): Promise<ClockSettings> {
  return withClient(database, async (client) => {
    const { rows } = await client.query(
      `select (extract(epoch from business_anchor) * 1000)::float8 as "businessAnchorMs",
              (extract(epoch from real_anchor) * 1000)::float8 as "realAnchorMs", speed::float8 as speed from clock`,
    );
    return clockRow.parse(rows[0]);
  });
}
