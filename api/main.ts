import { endOnUncaught, openLog } from '../config/log.ts';
import { settingsOrExit } from '../config/setting.ts';
import { apiSettings } from '../config/settings.ts';
import { openAccessLog } from '../store/access-log.ts';
import { readClock } from '../store/clock.ts';
import { openStore } from '../store/store.ts';
import { tokenReader } from './auth.ts';
import { historyReader } from './history.ts';
import { buildServer } from './server.ts';

/** `npm run api`: the REST API; SIGTERM lets what is under way finish. */
const settings = settingsOrExit(apiSettings);
const { port, databaseUrl, payloadKeys, bankCallbackKeys, temporal, tokens } = settings;
const log = openLog('api');
endOnUncaught(log);
const authenticate = await tokenReader(tokens);
const store = await openStore({ url: databaseUrl }, payloadKeys);
const histories = historyReader(temporal, store.vault.payloadRing);
const clock = await readClock(store.db);
const accessLog = openAccessLog(store.db, clock);
const app = await buildServer({ store, authenticate, histories, accessLog, clock, bankCallbackKeys }, log);

let isStopping = false;
const stop = async (): Promise<void> => {
  if (isStopping) return;
  isStopping = true;
  await app.close();
  await histories.close();
  await store.db.end();
};
process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());
try {
  await app.listen({ port, host: '127.0.0.1' });
} catch (error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  process.stderr.write(`PORT ${port} cannot be listened on: ${code}\n`);
  process.exit(1);
}
