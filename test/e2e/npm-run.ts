import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

/** Runs `npm run <command>` on the system that keeps `dataDir`, as people do: exit code and all that it printed. */
export function npmRun(command: string, dataDir: string): Promise<{ readonly ended: number; readonly output: string }> {
  const args = ['run', '--silent', ...command.split(' ')];
  const child = spawn('npm', args, {
    cwd: projectFolder,
    // Jest's own flags are not for it, and it finds the system by its folder alone.
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], DATA_DIR: dataDir },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ ended: code ?? -1, output });
    });
  });
}
