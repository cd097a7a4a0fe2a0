import type { Level } from '../domain/policy/policy.ts';
import { type CivilDate, dateOf, type Instant } from '../domain/time.ts';

/** Words of pages and papers that no rule depends on. */

export const genderLabels = { male: '男', female: '女' } as const;

/** Levels as forms count them: 四 for level 4. */
export const levelWords: Readonly<Record<Level, string>> = { 1: '一', 2: '二', 3: '三', 4: '四', 5: '五' };

/** `2017-06-30` → `2017年6月30日`. */
export function chineseDate(date: CivilDate): string {
  const [year = '', month = '', day = ''] = date.split('-');
  return `${year}年${Number(month)}月${Number(day)}日`;
}

/** `2017年6月30日 09:05`. */
export const dayAndTime = (at: Instant): string => `${chineseDate(dateOf(at))} ${at.slice(11, 16)}`;
