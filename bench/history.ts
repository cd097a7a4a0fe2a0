import { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import {
  cutOffRound,
  handle,
  preparePayments,
  publishRound,
  readCase,
  readNotice,
  releasePayments,
  review,
} from '../dev/calls.ts';
import { wallClock } from '../dev/business-clock.ts';
import { ORG } from '../dev/cast.ts';
import { eventually } from '../dev/client.ts';
import { parseInstant } from '../domain/policy/dates.ts';
import type { Measured } from './figures.ts';
import { type Bench, casesInReview, onSystem } from './system.ts';

const { EventType } = proto.temporal.api.enums.v1;
const soonMs = 60_000;

/**
 * What the history of one plain paid case holds: events by type, transitions and size, as `temporal workflow describe`
 * shows them. Two seconds to a day, so that nothing is waited for in vain.
 */
export const run = (say: (line: string) => void): Promise<Measured> =>
  onSystem(
    say,
    async (bench) => {
      const [caseNo = ''] = await casesInReview(bench, 1);
      say('from review to paid');
      await pay(bench, caseNo);
      return describe(bench, `case-${caseNo}`);
    },
    { CLOCK_SPEED: String(86_400 / 2) },
  );

async function pay({ system, cast }: Bench, caseNo: string): Promise<void> {
  const untilState = (state: string) =>
    eventually(
      `${caseNo} is ${state}`,
      async () => ((await readCase(cast.supervisor, caseNo)).state === state ? true : undefined),
      soonMs,
    );
  await handle(cast.wang, caseNo, { decision: 'approve' });
  await review(cast.li, caseNo, 'approve');
  const { roundId } = await cutOffRound(cast.wang, ORG);
  await publishRound(cast.hrss, roundId);
  const isSeen = async () => (await readNotice(cast.passerBy, roundId)).endsAt ?? undefined;
  await wallClock(system).until(parseInstant(await eventually('the notice is seen', isSeen, soonMs)));
  await untilState('payable');
  await releasePayments(cast.accountant, await preparePayments(cast.cashier, ORG));
  await untilState('paid');
}

async function describe({ system }: Bench, workflowId: string): Promise<Measured> {
  const connection = await Connection.connect({ address: system.temporalAddress });
  try {
    const where = { namespace: 'default', execution: { workflowId } };
    const { workflowExecutionInfo: info } = await connection.workflowService.describeWorkflowExecution(where);
    const { history } = await connection.workflowService.getWorkflowExecutionHistory(where);
    const counts = new Map<string, number>();
    for (const { eventType } of history?.events ?? []) {
      const name = EventType[eventType ?? 0] ?? '';
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return {
      rows: [
        ...[...counts].toSorted(([, a], [, b]) => b - a).map(([what, events]) => ({ what, figures: { events } })),
        { what: 'all', figures: { events: Number(info?.historyLength) } },
        { what: 'state transitions', figures: { events: Number(info?.stateTransitionCount) } },
        { what: 'bytes', figures: { events: Number(info?.historySizeBytes) } },
      ],
      ratios: {},
    };
  } finally {
    await connection.close();
  }
}
