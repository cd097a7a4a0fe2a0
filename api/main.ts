import { endOnUncaught, openLog } from '../config/log.ts';
import { orExit, settingsOrExit } from '../config/setting.ts';
import { apiSettings } from '../config/settings.ts';
import { payloadRing } from '../crypto/key-source.ts';
import { openAccessLog } from '../store/access-log.ts';
import { readClock } from '../store/clock.ts';
import { openStore } from '../store/store.ts';
import { tokenReader } from './auth.ts';
import { buildCodecServer } from './codec.ts';
import { historyReader } from './history.ts';
import { buildServer } from './server.ts';

/** `npm run api`: the REST API; SIGTERM lets what is under way finish. */
const settings = settingsOrExit(apiSettings);
const { port, databaseUrl, payloadKeys, bankCallbackKeys, temporal, tokens } = settings;
const log = openLog('api');
endOnUncaught(log);
const authenticate = await tokenReader(tokens);
const store = await openStore({ url: databaseUrl }, await orExit(payloadRing(payloadKeys)));
const histories = historyReader(temporal, store.vault.payloadRing);
const clock = await readClock(store.db);
const accessLog = openAccessLog(store.db, clock);
const app = await buildServer(
  { store, authenticate, histories, accessLog, clock, bankCallbackKeys },
  log,
  settings.limits,
);
const codecOptions = settings.codec && {
  uiOrigin: settings.codec.uiOrigin,
  namespace: temporal.namespace,
  offersSignIn: tokens.kind === 'development',
};
const codec =
  codecOptions &&
  (await buildCodecServer({ store, authenticate, accessLog, clock }, codecOptions, log, settings.limits));

let isStopping = false;
const stop = async (): Promise<void> => {
  if (isStopping) return;
  isStopping = true;
  await Promise.all([app.close(), codec?.close()]);
  await histories.close();
  await store.db.end();
};
process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());
try {
  if (settings.codec) await codec?.listen({ port: settings.codec.port, host: '127.0.0.1' });
  await app.listen({ port, host: '127.0.0.1' });
} catch (error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const taken = error instanceof Error && 'port' in error ? Number(error.port) : port;
  process.stderr.write(`${taken === port ? 'PORT' : 'CODEC_PORT'} ${taken} cannot be listened on: ${code}\n`);
  process.exit(1);
}
