import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { endOnUncaught, openLog } from '../config/log.ts';
import { orExit, settingsOrExit } from '../config/setting.ts';
import { temporalServer } from '../config/temporal-server.ts';
import { workerSettings } from '../config/settings.ts';
import { payloadRing } from '../crypto/key-source.ts';
import { readClock } from '../store/clock.ts';
import { openStore } from '../store/store.ts';
import { allActivities } from './activities.ts';
import { archiveClosedRuns } from './archive.ts';
import { bundleWorkflows } from './bundle.ts';
import { dataConverter, deploymentName, taskQueue, temporalClient } from './connection.ts';
import { startBusinessDay } from './business-day.ts';
import { promote } from './promote.ts';
import { Pump } from './pump.ts';

/** `npm run worker`: workflow and activity worker with the outbox pump; SIGTERM lets what runs finish. */
const settings = settingsOrExit(workerSettings);
const { temporal, payloadKeys, partners, bankFiles, databaseUrl } = settings;
const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const log = openLog('worker');
endOnUncaught(log);
const logger = new DefaultLogger('INFO', ({ level, message, meta }) => {
  log[levels[level]]({ sdk: meta }, message);
});
Runtime.install({ shutdownSignals: [], logger });
const store = await openStore({ url: databaseUrl }, await orExit(payloadRing(payloadKeys)));
const clock = await readClock(store.db);
const { workflowBundle, buildId } = await bundleWorkflows();
const connection = await NativeConnection.connect(temporalServer(temporal));
const client = temporalClient(temporal, store.vault.payloadRing);
const worker = await Worker.create({
  connection,
  namespace: temporal.namespace,
  taskQueue,
  workflowBundle,
  dataConverter: dataConverter(store.vault.payloadRing),
  activities: allActivities(store, partners, bankFiles, (beat) => archiveClosedRuns(store, client, beat)),
  maxConcurrentActivityTaskExecutions: 32,
  shutdownGraceTime: '20 seconds',
  workerDeploymentOptions: {
    useWorkerVersioning: true,
    version: { deploymentName, buildId },
    defaultVersioningBehavior: 'AUTO_UPGRADE',
  },
});
const pump = new Pump(store, client, clock);

const stop = (): void => {
  pump.stop();
  worker.shutdown();
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);

const running = worker.run();
await promote(client, buildId);
await startBusinessDay(client, clock);
say('worker ready');
await Promise.all([running, pump.run(say)]);
await connection.close();
await store.db.end();
