// npm run demo: real stories from the notice in a throw-away system, in training time. `-- --keep` leaves it running.
import { parseArgs } from 'node:util';
import { moneyDifferences } from './demo/money.ts';
import { play } from './demo/play.ts';
import { minute, tell } from './demo/print.ts';
import { stories } from './demo/stories.ts';
import { differences } from './demo/told.ts';
import { reasonOf } from './start-error.ts';
import { startSystem, type System } from './system.ts';
import { removeFolder, throwAwayFolder } from './throw-away-folder.ts';

/** A day takes four seconds. A Monday, so that starting up takes no weekend; the first certificates run out in January. */
const training = { CLOCK_SPEED: '21600', CLOCK_ANCHOR: '2017-12-18T09:00:00+08:00' };

const say = (line: string) => {
  process.stdout.write(`${line}\n`);
};
process.stdout.on('error', () => undefined);

const interruption = new AbortController();
const interrupted = new Promise<void>((resolve) => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interruption.abort();
      resolve();
    });
  }
});

async function main(): Promise<number> {
  const { keep } = parseArgs({ options: { keep: { type: 'boolean', default: false } } }).values;
  const dataDir = await throwAwayFolder('skill-subsidy-demo-');
  let system: System | undefined;
  try {
    say('启动演示系统 · starting a throw-away system, four seconds to a day');
    const onLine = (line: string) => {
      say(`  ${line}`);
    };
    system = await startSystem({ dataDir, env: training, onLine, signal: interruption.signal });
    const gaveUp = system.gaveUp.then((reason) => Promise.reject(reason));
    const code = await Promise.race([tellAll(system), gaveUp, interrupted.then(() => undefined)]);
    if (code === undefined) return 130;
    if (!keep) {
      say('\nTo look at cases like these in Temporal’s UI: npm run demo -- --keep');
      return code;
    }
    invite(system);
    await Promise.race([interrupted, gaveUp]);
    return code;
  } finally {
    await system?.stop();
    removeFolder(dataDir);
  }
}

/** Plays and prints; the exit code. */
async function tellAll(system: System): Promise<number> {
  const told = await play(system, stories, (at, chinese, english) => {
    say(`  ${minute(at)}  ${chinese} · ${english}`);
  });
  told.forEach((one, index) => {
    say(tell(one, index + 1));
  });
  const money = await moneyDifferences(system, told);
  const wrong = told.filter((one) => differences(one).length > 0);
  say('');
  wrong.forEach((one) => {
    say(`✗ ${one.story.notice.clause} ${one.story.title} · ${one.story.english}: ${differences(one).join('; ')}`);
  });
  money.forEach((one) => {
    say(`✗ ${one}`);
  });
  const right = told.length - wrong.length;
  say(
    `${right} of ${told.length} stories end as the notice says${money.length > 0 ? ', but the money does not agree' : ''}`,
  );
  return wrong.length === 0 && money.length === 0 ? 0 : 1;
}

function invite({ temporalUiUrl, url, dataDir }: System): void {
  say(`\nThe system is left running; Ctrl-C ends it and removes it.`);
  say(`Temporal UI  ${temporalUiUrl ?? 'at your own server'}  (each story is the workflow case-<caseNo>)`);
  say(`API docs     ${url}/docs`);
  say(`a token      npm run --silent token -- --role supervisor --org 220102 --data-dir ${dataDir}`);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${reasonOf(error)}\n`);
    process.exit(interruption.signal.aborted ? 130 : 1);
  },
);
