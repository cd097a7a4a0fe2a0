import { automaticChecks, type CaseFile, type Check } from '../policy/checks.ts';
import type { Decided, Facts } from './decision.ts';
import type { CheckResult } from './events.ts';
import type { CaseState } from './state.ts';

/** The automatic checks made on a file, as they are recorded: results in the event, words for people sealed beside it. */
export function checked(
  { confirmation }: CaseState,
  file: CaseFile,
  { policy, calendar, claimsThisYear, otherClaimants }: Facts,
): Decided {
  const confirmed = confirmation !== undefined;
  const others = { claimsThisYear, otherClaimants };
  const checks = automaticChecks({ ...file, ...others, confirmed, policy, calendar });
  return {
    event: { type: 'checked', checks: checks.map(withoutDetail) },
    text: { checkDetails: checks.map(({ code, detail }) => ({ code, detail })) },
  };
}

/** What of a check may leave PostgreSQL. */
const withoutDetail = ({ clause, code, passed, differs }: Check): CheckResult => ({
  ...{ clause, code, passed },
  ...(differs ? { differs } : {}),
});
