import { endOfDay } from '../policy/dates.ts';
import { dateOf, type Instant } from '../time.ts';
import type { Facts } from './decision.ts';
import { type RegisterSource, registerSources } from './events.ts';
import type { CaseState } from './state.ts';

type Rules = Pick<Facts, 'policy' | 'calendar'>;

/** Until when an answer of `at` is good for a payment order; undefined where the policy sets no term. */
export function answerGoodUntil(at: Instant, { policy, calendar }: Rules): Instant | undefined {
  const term = policy.registerAnswers?.goodForWorkingDays;
  return term === undefined ? undefined : endOfDay(calendar.add(dateOf(at), term));
}

/** N3.1c: registers whose last answer is too old for a payment order, or that never answered. */
export function outdatedRegisters({ lookUps }: CaseState, now: Instant, rules: Rules): readonly RegisterSource[] {
  if (!rules.policy.registerAnswers) return [];
  return registerSources.filter((source) => {
    const { at, goodUntil } = lookUps[source] ?? {};
    const until = goodUntil ?? (at && answerGoodUntil(at, rules));
    return until === undefined || until <= now;
  });
}
