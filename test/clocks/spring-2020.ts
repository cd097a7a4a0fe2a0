import type { CalendarNotice } from '../../domain/policy/working-days.ts';
import { calendarNotices } from '../../domain/reference/calendar.ts';

/**
 * The spring of 2020, worked out by hand from 国办发明电〔2019〕16号 (24 to 30 January off, Sunday 19 January and Saturday
 * 1 February worked) and 国办发明电〔2020〕1号 (off until 2 February, 1 February no longer worked): the last day of a review
 * by the day of receipt, before and after the second one was entered.
 */
export const spring2020 = [
  // 19, 20, 21, 22, 23 January
  { receivedOn: '2020-01-17', before: '2020-01-23', after: '2020-01-23' },
  { receivedOn: '2020-01-18', before: '2020-01-23', after: '2020-01-23' },
  // 20, 21, 22, 23 and 31 January; then 3 February
  { receivedOn: '2020-01-19', before: '2020-01-31', after: '2020-02-03' },
  // 21, 22, 23, 31 January and 1 February; then 3, 4 February
  { receivedOn: '2020-01-20', before: '2020-02-01', after: '2020-02-04' },
  // 22, 23, 31 January, 1 and 3 February; then 3, 4, 5 February
  { receivedOn: '2020-01-21', before: '2020-02-03', after: '2020-02-05' },
  // 23, 31 January, 1, 3 and 4 February; then 3, 4, 5, 6 February
  { receivedOn: '2020-01-22', before: '2020-02-04', after: '2020-02-06' },
  // 31 January, 1, 3, 4 and 5 February; then 3 to 7 February
  { receivedOn: '2020-01-23', before: '2020-02-05', after: '2020-02-07' },
] as const;

/** The second notice, which was entered on 27 January. */
export function extension2020(): CalendarNotice {
  const found = calendarNotices.find(({ id }) => id === '2020-2');
  if (!found) throw new Error('the extension of 2020 was expected');
  return found;
}
