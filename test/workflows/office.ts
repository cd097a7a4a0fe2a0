import { jest } from '@jest/globals';
import proto from '@temporalio/proto';
import { Client, type ConnectionPlugin, type WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import { evolveCalendar } from '../../domain/calendar/change.ts';
import type { Sub } from '../../domain/ids.ts';
import { instantFromMs, parseInstant } from '../../domain/policy/dates.ts';
import type { CalendarNotice } from '../../domain/policy/working-days.ts';
import type { Recorded } from '../../domain/stream.ts';
import { businessMs, type BusinessClock, epochMs, type Instant, realMsUntil } from '../../domain/time.ts';
import { eventsSignal, knownQuery } from '../../workflows/follow-names.ts';
import type { Known } from '../../workflows/follow.ts';
import { orgUnitKey } from '../../workflows/search-attributes.ts';
import { testServerPath } from '../setup/services.ts';
import { type AnyStream, headOf, World } from './world.ts';
import { type Call, type Faults, worldActivities } from './world-activities.ts';

// Skipping is quick, but every step is a few calls between three processes, and others may be busy beside us.
jest.setTimeout(180_000);

/**
 * The time-skipping server takes pings on a quiet connection for abuse (more than one in five minutes) and breaks it off,
 * "too_many_pings": a call or poll that is under way is then lost, and a busy machine is quiet for two minutes now and then.
 */
const noPings: ConnectionPlugin = {
  name: 'no-pings',
  configureConnection: (options) => ({
    ...options,
    channelArgs: {
      ...options.channelArgs,
      'grpc.keepalive_permit_without_calls': 0,
      'grpc.keepalive_time_ms': 86_400_000,
    },
  }),
};

/** What runs said that they were replaced for: another history under a seq that they know. */
export const replaceCalls: string[] = [];

// Faults are what these tests are about: their warnings would bury a failure.
Runtime.install({
  logger: new DefaultLogger('ERROR', ({ message }) => {
    if (message.includes('replace this run')) replaceCalls.push(message);
    else process.stderr.write(`${message}\n`);
  }),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
});

const workflows: Readonly<Record<string, string>> = {
  case: 'applicationCase',
  round: 'publicityRound',
  batch: 'paymentBatch',
  intake: 'collectiveIntake',
  reconciliation: 'reconciliation',
  recovery: 'recoveryCase',
};

/** A world, its clock and the worker on it: everything that one test needs. */
export interface Office {
  readonly world: World;
  readonly clock: BusinessClock;
  readonly calls: readonly Call[];
  readonly faults: Faults;
  readonly handle: (stream: string, runId?: string) => WorkflowHandle;
  /** Skips to a business instant; what falls due on the way happens. */
  readonly at: (instant: string) => Promise<void>;
  /** Waits in real time, nothing skipped, until it holds. */
  readonly until: (holds: () => boolean, what: string) => Promise<void>;
  /** Signals recorded events to a run, as the pump does. */
  readonly tell: (stream: AnyStream, events: readonly Recorded<unknown>[]) => Promise<void>;
  /** @returns the id of the first run */
  readonly startBusinessDay: () => Promise<string>;
  /** Starts the run of a notice that was put in force, and waits for what it moved. */
  readonly putInForce: (notice: CalendarNotice) => Promise<unknown>;
  readonly known: (stream: AnyStream) => Promise<Known<unknown>>;
  readonly isOpen: (stream: AnyStream) => Promise<boolean>;
  /** Waits in real time until the run completes; what it gave and when, on the business clock. */
  readonly result: (stream: AnyStream) => Promise<{ readonly value: unknown; readonly at: Instant }>;
  readonly close: () => Promise<void>;
}

/**
 * Opens an office whose business clock shows `start` now, on a time-skipping server of its own (0.3 s): a run that one
 * test leaves open could keep another's time from being skipped.
 * @param bundle path of the bundled workflows
 */
export async function openOffice(bundle: string, start: string): Promise<Office> {
  const path = await testServerPath();
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
    plugins: [noPings],
  });
  await env.connection.operatorService.addSearchAttributes({
    namespace: env.namespace ?? 'default',
    searchAttributes: { [orgUnitKey.name]: proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD },
  });
  const realAnchorMs = await env.currentTimeMs();
  const clock: BusinessClock = { businessAnchorMs: epochMs(parseInstant(start)), realAnchorMs, speed: 1 };
  const now = async () => instantFromMs(businessMs(clock, await env.currentTimeMs()));
  const taskQueue = 'office';
  const identity = 'office'; // instead of this machine's name in recorded histories
  const faults: Faults = {
    downUntil: new Map(),
    pauseHours: new Map(),
    loseAnswer: new Set(),
    undelivered: new Set(),
  };
  const calls: Call[] = [];

  // Not the environment's own client: waiting for a result it would skip on to the run's timeout, years away.
  const client = new Client({ connection: env.connection, namespace: env.namespace ?? 'default', identity });

  const tell: Office['tell'] = async (stream, events) => {
    const workflowType = workflows[stream.name.slice(0, stream.name.indexOf('-'))];
    if (workflowType === undefined) throw new Error(`no workflow for ${stream.name}`);
    await client.workflow.signalWithStart(workflowType, {
      workflowId: stream.name,
      taskQueue,
      args: [{ clock, stream: stream.name, state: stream.state, ...headOf(stream) }],
      signal: eventsSignal,
      signalArgs: [events],
    });
  };
  const world = new World(now, tell);
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue,
    identity,
    workflowBundle: { codePath: bundle },
    activities: { ...worldActivities(world, faults, calls) },
  });
  const running = worker.run();
  const handle = (stream: string, runId?: string) => client.workflow.getHandle(stream, runId);

  return {
    world,
    clock,
    calls,
    faults,
    handle,
    tell,
    async at(instant) {
      const ms = realMsUntil(clock, parseInstant(instant), await env.currentTimeMs());
      if (ms > 0) await env.sleep(ms);
    },
    async until(holds, what) {
      for (const giveUp = Date.now() + 60_000; !holds();) {
        if (Date.now() > giveUp) throw new Error(`waited in vain for: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async startBusinessDay() {
      const options = { workflowId: 'business-day', taskQueue, args: [{ clock, after: null }] };
      return (await client.workflow.start('businessDay', options)).firstExecutionRunId;
    },
    async putInForce(notice) {
      const by = 'admin' as Sub;
      const drafted = evolveCalendar(null, { type: 'drafted', by, notice });
      const state = evolveCalendar(drafted, { type: 'put-in-force', by, enteredAt: await now() });
      const workflowId = `calendar-${notice.id}`;
      const args = [{ clock, stream: workflowId, state, seq: 2, hash: '' }];
      const moved: unknown = await client.workflow.execute('calendarChange', { workflowId, taskQueue, args });
      return moved;
    },
    known: (stream) => handle(stream.name).query<Known<unknown>>(knownQuery),
    isOpen: async (stream) => (await handle(stream.name).describe()).status.name === 'RUNNING',
    async result(stream) {
      const value: unknown = await handle(stream.name).result();
      const { closeTime } = await handle(stream.name).describe();
      return { value, at: instantFromMs(businessMs(clock, closeTime?.getTime() ?? 0)) };
    },
    async close() {
      worker.shutdown();
      await running;
      await env.teardown();
    },
  };
}
