import { Temporal } from 'temporal-polyfill';
import { type CivilDate, type Instant, OFFSET, startOfDay } from '../time.ts';

/** Calendar arithmetic: the only file that knows Temporal. Not for workflows: every run would load it anew. */

const OFFSET_MS = 8 * 3_600_000;

const plain = (date: CivilDate): Temporal.PlainDate => Temporal.PlainDate.from(date);
const civil = (date: Temporal.PlainDate): CivilDate => date.toString() as CivilDate;

/** A date as text, `2017-09-01`. @throws RangeError for another form or a day that does not exist */
export function civilDate(text: string): CivilDate {
  if (!isCivilDate(text)) throw new RangeError(`not a civil date (YYYY-MM-DD, a day that exists): ${text}`);
  return text;
}

export function isCivilDate(text: string): text is CivilDate {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    Temporal.PlainDate.from(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Milliseconds since the epoch → the one written form of an instant; what is finer than a millisecond is dropped.
 * @throws RangeError outside the years 0000 to 9999
 */
export function instantFromMs(ms: number): Instant {
  const local = new Date(Math.floor(ms) + OFFSET_MS);
  const text = Number.isNaN(local.getTime()) ? '' : local.toISOString();
  if (text.length !== 24) throw new RangeError(`no instant of a four-digit year: ${ms}`);
  const fraction = text.slice(19, 23);
  return `${text.slice(0, 19)}${fraction === '.000' ? '' : fraction}${OFFSET}` as Instant;
}

/**
 * An ISO 8601 instant with any offset → its form at +08:00.
 * @throws RangeError without an offset, or when it is no instant
 */
export const parseInstant = (text: string): Instant => instantFromMs(Temporal.Instant.from(text).epochMilliseconds);

/** 24:00 of the day, which is 00:00 of the next: the first instant that is no longer on it. */
export const endOfDay = (date: CivilDate): Instant => startOfDay(addDays(date, 1));

/** `HH:mm` of the day, 00:00 to 24:00. @throws RangeError for another form */
export function atTime(date: CivilDate, time: string): Instant {
  if (time === '24:00') return endOfDay(date);
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) throw new RangeError(`not a time of day (HH:mm): ${time}`);
  return `${date}T${time}:00${OFFSET}` as Instant;
}

/** Calendar days, not working days; negative counts go back. */
export const addDays = (date: CivilDate, days: number): CivilDate => civil(plain(date).add({ days }));

/** The corresponding day of the n-th month on, or that month's last day (N2.0): 2020-02-29 + 12 → 2021-02-28. */
export const addMonths = (date: CivilDate, months: number): CivilDate =>
  civil(plain(date).add({ months }, { overflow: 'constrain' }));

/** 1 = Monday … 7 = Sunday. */
export const dayOfWeek = (date: CivilDate): number => plain(date).dayOfWeek;

/** Calendar days from the first to the second date, negative when the second is earlier. */
export const daysBetween = (from: CivilDate, to: CivilDate): number =>
  plain(from).until(plain(to), { largestUnit: 'day' }).days;

export const yearOf = (date: CivilDate): number => Number(date.slice(0, 4));

/** `2017年9月5日`. */
export function dayInWords(date: CivilDate): string {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  return `${year}年${month}月${day}日`;
}
