import { type WallClock, wallClock } from '../business-clock.ts';
import { atTime, civilDate } from '../../domain/policy/dates.ts';
import { readCase, readOverdueTasks, readTimeline } from '../calls.ts';
import { eventually } from '../client.ts';
import { people, type Person } from '../people.ts';
import type { System } from '../system.ts';
import {
  decideObjections,
  fileStory,
  handleAll,
  pay,
  publish,
  raiseObjections,
  reviewAll,
  type Underway,
} from './acts.ts';
import { type Cast, castOf } from '../cast.ts';
import type { Story } from './stories.ts';
import type { Told } from './told.ts';

/** Hears what happens: business time, Chinese, English. */
export type Diary = (at: string, chinese: string, english: string) => void;

/** Where the stories are played: one system, its people, the clock on the wall. */
export interface Stage {
  readonly system: System;
  readonly cast: Cast;
  readonly clock: WallClock;
  readonly note: (chinese: string, english: string) => void;
  readonly person: (story: Story) => Person;
}

/**
 * Days of which the same day of the year before is the last but for the 12 months' window (N2.0); they and the day after
 * are working days. 2018-01-01 is a holiday: a certificate of 2017-01-01 may be claimed for until 2018-01-02.
 */
const windows = [
  { issuedOn: '2017-01-01', lastDay: '2018-01-02', dayAfter: '2018-01-03' },
  { issuedOn: '2017-01-09', lastDay: '2018-01-09', dayAfter: '2018-01-10' },
  { issuedOn: '2017-01-16', lastDay: '2018-01-16', dayAfter: '2018-01-17' },
  { issuedOn: '2017-01-23', lastDay: '2018-01-23', dayAfter: '2018-01-24' },
  { issuedOn: '2017-01-30', lastDay: '2018-01-30', dayAfter: '2018-01-31' },
] as const;

/** Plays all stories in one system by its REST API, with people who act as in life. */
export async function play(system: System, stories: readonly Story[], diary: Diary): Promise<readonly Told[]> {
  const clock = wallClock(system);
  const stage: Stage = {
    ...{ system, clock, cast: await castOf(system), person: casting(stories) },
    note: (chinese, english) => {
      diary(clock.now(), chinese, english);
    },
  };
  const filedOn = (filed: Story['filed']) => stories.filter((story) => story.filed === filed);
  const all = (filed: Story['filed']) => Promise.all(filedOn(filed).map((story) => fileStory(stage, story)));

  await clock.morning();
  const filed = [...(await all('first-morning')), ...(await all('first-afternoon'))];
  const taken = filed.filter((one) => one.caseNo !== '');
  stage.note(
    `${filed.length}人次申请，受理${taken.length}件`,
    `${filed.length} applications, ${taken.length} taken in`,
  );
  await handleAll(stage, taken);
  await clock.morning();
  await reviewAll(stage, taken);
  const notice = await publish(stage, taken);
  const [late] = await Promise.all([
    fileAtTheLimit(stage, [...filedOn('last-day'), ...filedOn('day-after')]),
    (async () => {
      await raiseObjections(stage, notice, taken);
      await clock.morning();
      await decideObjections(stage, taken);
      await pay(stage, notice, taken);
    })(),
  ]);
  const told = await Promise.all([...filed, ...late].map((one) => endOf(stage, one)));
  return stories.flatMap((story) => told.filter((one) => one.story === story));
}

/** Filed online, in the small hours of the window's last day and of the day after it (N2.0). */
async function fileAtTheLimit(stage: Stage, stories: readonly Story[]): Promise<readonly Underway[]> {
  const { clock } = stage;
  const window = windows.find(({ lastDay }) => lastDay > clock.today());
  if (!window) throw new Error(`it is ${clock.today()} already: this machine is too slow for the demo's clock`);
  const days: Underway[] = [];
  for (const filed of ['last-day', 'day-after'] as const) {
    await clock.until(atTime(civilDate(filed === 'last-day' ? window.lastDay : window.dayAfter), '00:30'));
    const todays = await Promise.all(
      stories
        .filter((story) => story.filed === filed)
        .map((story) => fileStory(stage, story, { issuedOn: window.issuedOn })),
    );
    stage.note(
      `${window.issuedOn}核发的证书：${filed === 'last-day' ? '最后一天申请' : '过期一天申请'}`,
      `certificate of ${window.issuedOn}, filed ${filed === 'last-day' ? 'on the last day' : 'a day late'}`,
    );
    await handleAll(stage, todays);
    await reviewAll(stage, todays);
    days.push(...todays);
  }
  return days;
}

/** A case as it stands once the last thing that is expected of it has happened, or nothing more seems to come. */
async function endOf({ cast }: Stage, { story, caseNo, problem }: Underway): Promise<Told> {
  if (caseNo === '') return { story, problem, end: null };
  const last = story.expected.events.at(-1);
  const happened = async () => (await readTimeline(cast.supervisor, caseNo)).some(({ event }) => event === last);
  await eventually(`${caseNo}: ${last ?? ''}`, async () => (await happened()) || undefined, 10_000).catch(
    () => undefined,
  );
  const [view, timeline, overdue] = await Promise.all([
    readCase(cast.supervisor, caseNo),
    readTimeline(cast.supervisor, caseNo),
    readOverdueTasks(cast.supervisor),
  ]);
  return { story, problem, end: { view, timeline, isOnOverdueList: overdue.some((task) => task.caseNo === caseNo) } };
}

/** The same people at every run. */
function casting(stories: readonly Story[]): Stage['person'] {
  const source = people(67);
  const persons = new Map<string, Person>();
  for (const { person } of stories) if (!persons.has(person)) persons.set(person, source.next().value);
  return ({ person }) => {
    const found = persons.get(person);
    if (!found) throw new Error(`nobody plays ${person}`);
    return found;
  };
}
