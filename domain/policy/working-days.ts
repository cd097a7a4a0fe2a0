import { type CivilDate, dateOf, type Instant, startOfDay } from '../time.ts';
import { addDays, civilDate, dayOfWeek, yearOf } from './dates.ts';

/**
 * One published arrangement of a year's working days by the State Council: what deviates from Monday to Friday. An
 * amendment is a later notice of the same year with all its deviations; the latest published one stands alone.
 */
export interface CalendarNotice {
  readonly id: string;
  readonly year: number;
  readonly publishedOn: CivilDate;
  /** Since when this system knows it, where that is later than the day it was published. */
  readonly knownFrom?: Instant;
  /** The document number, such as `国办发明电〔2016〕17号`. */
  readonly source: string;
  /** Days off; weekend days may be among them and change nothing. */
  readonly daysOff: readonly CivilDate[];
  /** Make-up workdays (调休): weekend days on which offices are open. */
  readonly workdays: readonly CivilDate[];
}

/** Working days as known from a set of notices. */
export interface WorkingCalendar {
  /** Id of the notice published last, `none` without any: what a deadline records as its calendar. */
  readonly version: string;
  isWorkingDay(date: CivilDate): boolean;
  /** The first working day strictly after the date. */
  next(date: CivilDate): CivilDate;
  onOrAfter(date: CivilDate): CivilDate;
  onOrBefore(date: CivilDate): CivilDate;
  /** The n-th working day after the date, which itself is not counted (N3.1). @throws RangeError unless n is 1 or more */
  add(date: CivilDate, n: number): CivilDate;
  /** Working days after the first date up to and including the second; below 0 when the second is earlier. */
  count(after: CivilDate, until: CivilDate): number;
  /** True when no notice of the date's year is known: then Monday to Friday is assumed. */
  provisional(date: CivilDate): boolean;
}

/** The notices that were known at the end of a day. */
export const noticesKnownOn = (notices: readonly CalendarNotice[], on: CivilDate): readonly CalendarNotice[] =>
  notices.filter((notice) => dateOf(knownFrom(notice)) <= on);

const knownFrom = (notice: CalendarNotice): Instant => notice.knownFrom ?? startOfDay(notice.publishedOn);

/** In the order in which they became known: a calendar's version, once told, never means another set of notices. */
export const inOrderKnown = (notices: readonly CalendarNotice[]): readonly CalendarNotice[] =>
  [...notices].sort((a, b) => {
    if (knownFrom(a) !== knownFrom(b)) return knownFrom(a) < knownFrom(b) ? -1 : 1;
    return a.year - b.year || (a.id < b.id ? -1 : 1);
  });

const isWeekend = (date: CivilDate): boolean => dayOfWeek(date) > 5;

/**
 * The calendar that follows from the notices. A year's working days are listed once, at first use; text order is time
 * order, so every question is a search in one sorted list.
 * @throws RangeError when a notice names a day outside its year, or a make-up workday that is no weekend day
 */
export function workingCalendar(notices: readonly CalendarNotice[]): WorkingCalendar {
  const inOrder = inOrderKnown(notices);
  const ofYear = new Map<number, CalendarNotice>();
  for (const notice of inOrder) {
    verify(notice);
    ofYear.set(notice.year, notice);
  }
  const lists = new Map<number, readonly CivilDate[]>();

  const workingDaysOf = (year: number): readonly CivilDate[] => {
    const known = lists.get(year);
    if (known) return known;
    const notice = ofYear.get(year);
    const off = new Set(notice?.daysOff);
    const madeUp = new Set(notice?.workdays);
    const days: CivilDate[] = [];
    const first = civilDate(`${year.toString().padStart(4, '0')}-01-01`);
    for (let date = first; yearOf(date) === year; date = addDays(date, 1)) {
      if (madeUp.has(date) || (!off.has(date) && !isWeekend(date))) days.push(date);
    }
    lists.set(year, days);
    return days;
  };

  /** The working day that stands `steps` places after the first one on or after the date. */
  const walk = (date: CivilDate, steps: number): CivilDate => {
    let year = yearOf(date);
    let at = firstNotBefore(workingDaysOf(year), date) + steps;
    for (;;) {
      const days = workingDaysOf(year);
      const found = days[at];
      if (found !== undefined) return found;
      if (at < 0) {
        year -= 1;
        at += workingDaysOf(year).length;
      } else {
        year += 1;
        at -= days.length;
      }
    }
  };

  const isWorkingDay = (date: CivilDate): boolean => walk(date, 0) === date;

  const count = (after: CivilDate, until: CivilDate): number => {
    if (until < after) return -count(until, after);
    let counted = firstNotBefore(workingDaysOf(yearOf(until)), addDays(until, 1));
    counted -= firstNotBefore(workingDaysOf(yearOf(after)), addDays(after, 1));
    for (let year = yearOf(after); year < yearOf(until); year += 1) counted += workingDaysOf(year).length;
    return counted;
  };

  return {
    version: inOrder.at(-1)?.id ?? 'none',
    isWorkingDay,
    next: (date) => walk(date, isWorkingDay(date) ? 1 : 0),
    onOrAfter: (date) => walk(date, 0),
    onOrBefore: (date) => (isWorkingDay(date) ? date : walk(date, -1)),
    add: (date, n) => {
      if (!Number.isInteger(n) || n < 1) throw new RangeError(`not a number of working days to count: ${n}`);
      return walk(date, isWorkingDay(date) ? n : n - 1);
    },
    count,
    provisional: (date) => !ofYear.has(yearOf(date)),
  };
}

function verify(notice: CalendarNotice): void {
  for (const date of [...notice.daysOff, ...notice.workdays]) {
    if (yearOf(date) !== notice.year) throw new RangeError(`calendar ${notice.id}: ${date} is not in ${notice.year}`);
  }
  for (const date of notice.workdays) {
    if (!isWeekend(date)) throw new RangeError(`calendar ${notice.id}: make-up workday ${date} is no weekend day`);
    if (notice.daysOff.includes(date)) throw new RangeError(`calendar ${notice.id}: ${date} is both off and worked`);
  }
}

/** Index of the first entry that is not before the date; the length when all are. */
function firstNotBefore(days: readonly CivilDate[], date: CivilDate): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = days[middle];
    if (there !== undefined && there < date) low = middle + 1;
    else high = middle;
  }
  return low;
}
