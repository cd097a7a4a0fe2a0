import type { Client } from '@temporalio/client';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { settingsOrExit } from '../config/setting.ts';
import { workerSettings } from '../config/settings.ts';
import { payloadRing } from '../crypto/key-source.ts';
import { openStore, type Store } from '../store/store.ts';
import { temporalClient } from './connection.ts';

/**
 * For commands that look at a running system: opens PostgreSQL and Temporal with the worker's settings, runs `work`, and
 * ends the process with 0 when it finds that everything agrees, else 1. What fails is told in one line.
 */
export async function auditMain(
  name: string,
  work: (tools: { readonly store: Store; readonly client: Client }) => Promise<boolean>,
): Promise<void> {
  const settings = settingsOrExit(workerSettings);
  // What a replay finds is in its result; the SDK's own words would come in between.
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
  });
  let store: Store | undefined;
  let client: Client | undefined;
  try {
    store = await openStore({ url: settings.databaseUrl, max: 4 }, await payloadRing(settings.payloadKeys));
    client = temporalClient(settings.temporal, store.vault.payloadRing);
    process.exitCode = (await work({ store, client })) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${name}: ${reasonOf(error)}\n`);
    process.exitCode = 1;
  } finally {
    await store?.db.end();
    await client?.connection.close();
  }
}

/** The reason at the bottom: clients wrap what a server said. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${reasonOf(error.cause)}` : error.message;
}

export const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
