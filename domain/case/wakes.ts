import type { CaseEventType } from './events.ts';

/**
 * Events after which the case's procedure has nothing new to do: its workflow hears of them together with the next one.
 * They would cost a signal and a task each and change no wait.
 */
const quiet: ReadonlySet<CaseEventType> = new Set([
  'occupation-set',
  'handled',
  'returned',
  'listed',
  'published',
  'window-moved',
  'looked-again',
  'released',
  'fund-reserved',
  'transfer-rejected',
  'deadline-reminded',
  'deadline-escalated',
  'shredded',
  'reservation-carried',
]);

export const wakesProcedure = (type: CaseEventType): boolean => !quiet.has(type);
