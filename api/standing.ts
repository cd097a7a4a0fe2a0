import { instantFromMs } from '../domain/policy/dates.ts';
import { type Standing, standing } from '../domain/staff.ts';
import { businessMs, dateOf } from '../domain/time.ts';
import type { Queryable } from '../store/database.ts';
import { appointmentsOf } from '../store/staff.ts';
import type { Services } from './app.ts';
import type { Caller } from './auth.ts';

/** The roles and the unit that somebody has today; under the lock nobody ends them before the transaction is over. */
export async function standingToday(
  { clock }: Pick<Services, 'clock'>,
  db: Queryable,
  { sub, claimed, trustClaims }: Pick<Caller, 'sub' | 'claimed' | 'trustClaims'>,
  lock: '' | 'FOR SHARE' = '',
): Promise<Standing> {
  const today = dateOf(instantFromMs(businessMs(clock, Date.now())));
  return standing(claimed, await appointmentsOf(db, sub, lock), { today, trustClaims });
}
