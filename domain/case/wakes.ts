import type { CaseEventType } from './events.ts';

/**
 * Events after which the case's procedure has nothing new to do by itself: its workflow hears of them together with the
 * next one. They would cost a signal and a task each. What a window asks for, its round does.
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
