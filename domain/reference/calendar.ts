import type { CivilDate } from '../time.ts';
import type { CalendarNotice } from '../policy/working-days.ts';
import { addDays, civilDate } from '../policy/dates.ts';

/**
 * The State Council's notices on days off and make-up workdays (国务院办公厅关于部分节假日安排的通知), 2017 to 2026.
 * A notice that reaches into the year before (30 and 31 December) is entered for that year as an amendment with the
 * same source. `publishedOn` is the day on www.gov.cn. New notices are appended, none is ever changed: a deadline names
 * the one it was computed from.
 */
export const calendarNotices: readonly CalendarNotice[] = [
  notice(2017, 1, '2016-12-01', '国办发明电〔2016〕17号', {
    off: '01-01..01-02 01-27..02-02 04-02..04-04 05-01 05-28..05-30 10-01..10-08',
    worked: '01-22 02-04 04-01 05-27 09-30',
  }),
  notice(2018, 1, '2017-11-30', '国办发明电〔2017〕12号', {
    off: '01-01 02-15..02-21 04-05..04-07 04-29..05-01 06-18 09-24 10-01..10-07',
    worked: '02-11 02-24 04-08 04-28 09-29 09-30',
  }),
  notice(2018, 2, '2018-12-06', '国办发明电〔2018〕15号', {
    off: '01-01 02-15..02-21 04-05..04-07 04-29..05-01 06-18 09-24 10-01..10-07 12-30..12-31',
    worked: '02-11 02-24 04-08 04-28 09-29 09-30 12-29',
  }),
  notice(2019, 1, '2018-12-06', '国办发明电〔2018〕15号', {
    off: '01-01 02-04..02-10 04-05..04-07 05-01 06-07..06-09 09-13..09-15 10-01..10-07',
    worked: '02-02 02-03 09-29 10-12',
  }),
  notice(2019, 2, '2019-03-22', '国办发明电〔2019〕3号', {
    off: '01-01 02-04..02-10 04-05..04-07 05-01..05-04 06-07..06-09 09-13..09-15 10-01..10-07',
    worked: '02-02 02-03 04-28 05-05 09-29 10-12',
  }),
  notice(2020, 1, '2019-11-21', '国办发明电〔2019〕16号', {
    off: '01-01 01-24..01-30 04-04..04-06 05-01..05-05 06-25..06-27 10-01..10-08',
    worked: '01-19 02-01 04-26 05-09 06-28 09-27 10-10',
  }),
  notice(2020, 2, '2020-01-27', '国办发明电〔2020〕1号', {
    off: '01-01 01-24..02-02 04-04..04-06 05-01..05-05 06-25..06-27 10-01..10-08',
    worked: '01-19 04-26 05-09 06-28 09-27 10-10',
  }),
  notice(2021, 1, '2020-11-25', '国办发明电〔2020〕27号', {
    off: '01-01..01-03 02-11..02-17 04-03..04-05 05-01..05-05 06-12..06-14 09-19..09-21 10-01..10-07',
    worked: '02-07 02-20 04-25 05-08 09-18 09-26 10-09',
  }),
  notice(2022, 1, '2021-10-25', '国办发明电〔2021〕11号', {
    off: '01-01..01-03 01-31..02-06 04-03..04-05 04-30..05-04 06-03..06-05 09-10..09-12 10-01..10-07',
    worked: '01-29 01-30 04-02 04-24 05-07 10-08 10-09',
  }),
  notice(2022, 2, '2022-12-08', '国办发明电〔2022〕16号', {
    off: '01-01..01-03 01-31..02-06 04-03..04-05 04-30..05-04 06-03..06-05 09-10..09-12 10-01..10-07 12-31',
    worked: '01-29 01-30 04-02 04-24 05-07 10-08 10-09',
  }),
  notice(2023, 1, '2022-12-08', '国办发明电〔2022〕16号', {
    off: '01-01..01-02 01-21..01-27 04-05 04-29..05-03 06-22..06-24 09-29..10-06',
    worked: '01-28 01-29 04-23 05-06 06-25 10-07 10-08',
  }),
  notice(2024, 1, '2023-10-25', '国办发明电〔2023〕7号', {
    off: '01-01 02-10..02-17 04-04..04-06 05-01..05-05 06-10 09-15..09-17 10-01..10-07',
    worked: '02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12',
  }),
  notice(2025, 1, '2024-11-12', '国办发明电〔2024〕12号', {
    off: '01-01 01-28..02-04 04-04..04-06 05-01..05-05 05-31..06-02 10-01..10-08',
    worked: '01-26 02-08 04-27 09-28 10-11',
  }),
  notice(2026, 1, '2025-11-04', '国办发明电〔2025〕7号', {
    off: '01-01..01-03 02-15..02-23 04-04..04-06 05-01..05-05 06-19..06-21 09-25..09-27 10-01..10-07',
    worked: '01-04 02-14 02-28 05-09 09-20 10-10',
  }),
];

/** @param days `MM-DD` or `MM-DD..MM-DD` of that year, separated by blanks, as the notice lists them */
function notice(
  year: number,
  edition: number,
  publishedOn: string,
  source: string,
  days: { readonly off: string; readonly worked: string },
): CalendarNotice {
  return {
    id: `${year}-${edition}`,
    year,
    publishedOn: civilDate(publishedOn),
    source,
    daysOff: daysOf(year, days.off),
    workdays: daysOf(year, days.worked),
  };
}

function daysOf(year: number, text: string): readonly CivilDate[] {
  return text.split(' ').flatMap((span) => {
    const [from = '', to = from] = span.split('..');
    const days: CivilDate[] = [];
    const last = civilDate(`${year}-${to}`);
    for (let day = civilDate(`${year}-${from}`); day <= last; day = addDays(day, 1)) days.push(day);
    return days;
  });
}
