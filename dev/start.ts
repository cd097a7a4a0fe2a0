// npm start: everything on this machine, until Ctrl-C or SIGTERM.
import { settingsOrExit } from '../config/setting.ts';
import { startSettings } from '../config/settings.ts';
import { reasonOf } from './start-error.ts';
import type { System } from './system.ts';

const say = (line: string) => {
  process.stdout.write(`${line}\n`);
};

const interruption = new AbortController();
const interrupted = new Promise<undefined>((resolve) => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interruption.abort();
      resolve(undefined);
    });
  }
});
// Whoever read our output may be gone; that must not keep us from stopping.
process.stdout.on('error', () => undefined);

async function main(): Promise<number> {
  const { dataDir, port, sandboxPort } = settingsOrExit(startSettings);
  // Only now: whoever presses Ctrl-C at once is heard while it loads.
  const { startSystem } = await import('./system.ts');
  const { signal } = interruption;
  const system = await startSystem({ dataDir, port, sandboxPort, env: process.env, onLine: say, signal });
  announce(system);
  const reason = await Promise.race([interrupted, system.gaveUp]);
  await system.stop();
  if (reason === undefined) {
    say('stopped');
    return 0;
  }
  process.stderr.write(`${reason.message}\n`);
  return 1;
}

function announce({ url, temporalUiUrl }: System): void {
  say(`ready ${url}`);
  say(`API docs ${url}/docs`);
  if (temporalUiUrl !== undefined) say(`Temporal UI ${temporalUiUrl}`);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (interruption.signal.aborted) {
      say('stopped');
      process.exit(0);
    }
    process.stderr.write(`${reasonOf(error)}\n`);
    process.exit(1);
  },
);
