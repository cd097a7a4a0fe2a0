import { afterEach, beforeAll } from '@jest/globals';
import type { CaseCommand } from '../../domain/case/commands.ts';
import type { CaseEvent } from '../../domain/case/events.ts';
import type { CaseState } from '../../domain/case/state.ts';
import type { ObjectionId } from '../../domain/ids.ts';
import { caseNo, file, goodFile, handle, list, publish, review, roundId, sub } from '../case/story.ts';
import { workflowBundlePath } from '../setup/services.ts';
import { type Office, openOffice } from './office.ts';
import type { Begun } from './world.ts';

let bundle: string;
/** The office of the running test. */
export let office: Office;

/** For a test file: bundles once, and closes each test's office after it. */
export function caseTests(): void {
  beforeAll(async () => {
    bundle = await workflowBundlePath();
  }, 300_000);
  afterEach(() => office.close());
}

export async function open(instant: string): Promise<void> {
  office = await openOffice(bundle, instant);
}

/** The one case of a test. */
export const theCase = (): Begun<CaseState, CaseEvent> => office.world.case(caseNo);
export const stage = () => theCase().state.stage;
export const types = () => theCase().events.map(({ event }) => event.type);
export const deadline = (kind: string) => theCase().state.deadlines.find((one) => one.kind === kind);
/** When the first event of a type was recorded; empty while none was. */
export const when = (type: string): string => theCase().events.find(({ event }) => event.type === type)?.at ?? '';
/** What a run that has heard everything knows. */
export const everything = () => {
  const last = theCase().events.at(-1);
  return { seq: last?.seq, hash: last?.hash, state: theCase().state };
};
/** What the run knows once it has heard of everything: its own activities record as well. */
export async function caughtUp(): Promise<unknown> {
  const giveUp = Date.now() + 60_000;
  for (;;) {
    const known = await office.known(theCase());
    if (known.seq === theCase().events.at(-1)?.seq || Date.now() > giveUp) return known;
  }
}
/** Attempts of an activity; for a look-up of one source. */
export const attempts = (name: string, about?: string) =>
  office.calls.filter((call) => call.name === name && (about === undefined || call.about === about));

export const decided = (objectionId: ObjectionId, finding: 'upheld' | 'dismissed'): CaseCommand => ({
  type: 'decide-objection',
  objectionId,
  by: sub('hr'),
  finding,
  intentional: false,
});

export async function filedOn(instant: string): Promise<void> {
  await open(instant);
  await office.world.command(caseNo, file);
}

export async function reviewed(outcome: 'approve' | 'refuse', handledAt: string, reviewedAt: string): Promise<void> {
  await office.at(handledAt);
  await office.until(() => stage() === 'review', 'the look-ups');
  await office.world.command(caseNo, handle('wang', outcome, outcome === 'refuse' ? { clauses: ['N1.1'] } : {}));
  await office.at(reviewedAt);
  await office.world.command(caseNo, review('li', outcome));
}

/** From filing on 4 September to a window from the 18th to 24:00 of the 25th. */
export async function published(): Promise<void> {
  await filedOn('2017-09-04T10:00:00+08:00');
  await reviewed('approve', '2017-09-05T09:00:00+08:00', '2017-09-05T14:00:00+08:00');
  await office.at('2017-09-15T09:00:00+08:00');
  await office.world.command(caseNo, list);
  await office.at('2017-09-18T10:00:00+08:00');
  await office.world.command(caseNo, publish('2017-09-18T10:00:00+08:00'));
}

/** Its round passes it when the window is over. */
export async function passedByRound(): Promise<void> {
  await office.at('2017-09-26T00:00:06+08:00');
  await office.world.command(caseNo, { type: 'pass', roundId });
}

/** From 19 September on the case's run is awake in its window: an objection was received, and dismissed the day after. */
export async function publishedAndAwake(): Promise<void> {
  await published();
  await office.at('2017-09-19T10:00:00+08:00');
  const objectionId = await office.world.object(caseNo, 'objection');
  await office.at('2017-09-20T10:00:00+08:00');
  await office.world.command(caseNo, decided(objectionId, 'dismissed'));
}

/** A register that did not know the certificate the day before knows it now, and the handler refuses by the old answer. */
export async function refusedOnAnOldNotFound(): Promise<void> {
  await open('2017-09-04T10:00:00+08:00');
  office.world.notFound.add('national');
  office.world.story = { file: { ...goodFile, national: { answer: 'not-found' } } };
  await office.world.command(caseNo, file);
  await office.at('2017-09-05T09:00:00+08:00');
  await office.until(() => stage() === 'review', 'the look-ups');
  office.world.notFound.clear();
  office.world.story = {};
  await office.world.command(caseNo, handle('wang', 'refuse', { clauses: ['N3.1c'] }));
}
