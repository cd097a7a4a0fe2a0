import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { devTokenKey, devTokenKeyFile } from '../../dev/dev-token.ts';
import { freePort } from '../../dev/ports.ts';
import { testFolder } from '../setup/run-folder.ts';

/** The API as a process of its own, to be killed. */
export interface ApiProcess {
  readonly url: string;
  readonly child: ChildProcess;
}

/** What APIs on one database share. */
export interface ApiKeys {
  readonly folder: string;
  readonly payload: Buffer;
}

export async function newApiKeys(): Promise<ApiKeys> {
  const folder = testFolder();
  await devTokenKey(folder);
  return { folder, payload: randomBytes(32) };
}

/** Starts an API on the database; Temporal is nowhere. */
export async function openApi(databaseUrl: string, { folder, payload }: ApiKeys): Promise<ApiProcess> {
  const port = await freePort();
  const env = {
    PATH: process.env['PATH'],
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    PAYLOAD_KEYS: `t:${payload.toString('base64')}`,
    BANK_CALLBACK_KEYS: 'bank-1:a secret of the test bank',
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    DEV_TOKEN_KEY: devTokenKeyFile(folder),
  };
  const child = spawn(process.execPath, ['--import', 'tsx', 'api/main.ts'], { env, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  for (const giveUp = Date.now() + 60_000; ;) {
    const answered = await fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answered) return { url, child };
    if (Date.now() > giveUp) throw new Error('the API did not come up');
    await sleep(100);
  }
}
