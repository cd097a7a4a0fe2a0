import { castOf, ORG, type Cast } from '../../dev/cast.ts';
import {
  type CaseView,
  cutOffRound,
  fileApplication,
  handle,
  preparePayments,
  publishRound,
  readCase,
  readNotice,
  releasePayments,
  review,
} from '../../dev/calls.ts';
import { wallClock, type WallClock } from '../../dev/business-clock.ts';
import { type Caller, eventually } from '../../dev/client.ts';
import { applicationBody, type ApplicationBody, type Otherwise, type PartnerRecords } from '../../dev/papers.ts';
import { people } from '../../dev/people.ts';
import { uploadScans } from '../../dev/scans.ts';
import { tellPartners } from '../../dev/sandbox-client.ts';
import { startSystem, type System } from '../../dev/system.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import { testFolder } from '../setup/run-folder.ts';

/** Long enough for a busy machine; nothing that works takes as long. */
const soonMs = 30_000;

/** A whole system with people who work with it. */
export interface Office {
  readonly system: System;
  readonly cast: Cast;
  readonly clock: WallClock;
  /** Makes someone new who files; the partners know what the application says, unless told otherwise. */
  readonly file: (otherwise?: Otherwise, known?: PartnerRecords) => Promise<Filed>;
  readonly untilState: (caseNo: string, state: string, withinMs?: number) => Promise<CaseView>;
}

export interface Filed {
  readonly applicant: Caller;
  readonly caseNo: string;
  readonly application: ApplicationBody;
}

/** Starts a system in training time: a Monday morning, `daySeconds` real seconds to a day. @param more settings */
export async function openOffice(
  seed: number,
  daySeconds: number,
  more: Readonly<Record<string, string>> = {},
): Promise<Office> {
  const system = await startSystem({
    dataDir: testFolder(),
    quiet: true,
    // Jest's own flags are not for the processes that it starts.
    env: {
      CLOCK_SPEED: String(86_400 / daySeconds),
      CLOCK_ANCHOR: '2017-09-04T09:00:00+08:00',
      NODE_OPTIONS: '',
      ...more,
    },
  });
  const cast = await castOf(system);
  const clock = wallClock(system);
  const source = people(seed);
  return {
    system,
    cast,
    clock,
    async file(otherwise, known) {
      const person = source.next().value;
      const application = applicationBody(person, {
        insuredAt: ORG,
        ...otherwise,
        commitment: { signedOn: clock.today() },
      });
      await tellPartners(system.sandboxUrl, application, known);
      const applicant = await cast.applicant({ ...person, name: application.applicant.name });
      const documents = await uploadScans(applicant);
      const { caseNo } = await fileApplication(applicant, { ...application, documents });
      return { applicant, caseNo, application };
    },
    untilState: (caseNo, state, withinMs = soonMs) =>
      eventually(
        `${caseNo} is ${state}`,
        async () => {
          const view = await readCase(cast.supervisor, caseNo);
          if (view.state === state) return view;
          throw new Error(`it is ${view.state}`);
        },
        withinMs,
      ),
  };
}

/** Both signatures under an application that is in review. */
export async function approve({ cast, untilState }: Office, caseNo: string): Promise<void> {
  await untilState(caseNo, 'review');
  await handle(cast.wang, caseNo, { decision: 'approve' });
  await review(cast.li, caseNo, 'approve');
}

/** Cut off, reported, published and seen. Returns the notice and when it ends. */
export async function publish(office: Office): Promise<{ noticeId: string; endsAt: string }> {
  const { cast } = office;
  const { roundId } = await cutOffRound(cast.wang, ORG);
  const { noticeId } = await publishRound(cast.hrss, roundId);
  return { noticeId, endsAt: await readEnd(office, noticeId) };
}

/** When a notice's window is over; waits until it was seen on the site. */
export const readEnd = ({ cast }: Office, noticeId: string): Promise<string> =>
  eventually('the notice is seen', async () => (await readNotice(cast.passerBy, noticeId)).endsAt ?? undefined, soonMs);

/** Waits for the end of the window, then pays what is payable, by two people. */
export async function payAfter(
  office: Office,
  endsAt: string,
  caseNos: readonly string[],
): Promise<{ totalFen: number }> {
  const { cast, clock, untilState } = office;
  await clock.until(parseInstant(endsAt));
  for (const caseNo of caseNos) await untilState(caseNo, 'payable');
  const batch = await preparePayments(cast.cashier, ORG);
  await releasePayments(cast.accountant, batch);
  for (const caseNo of caseNos) await untilState(caseNo, 'paid');
  return batch;
}
