import type { Deadline } from '../policy/deadlines.ts';
import type { OrgCode, Sub } from '../ids.ts';
import type { CivilDate } from '../time.ts';
import type { CheckResult } from './events.ts';

/** Which agency has the case: handed over by HRSS (N2.5), transferred where the insured place was wrong (N2.1). */
export type PlaceEvent =
  | {
      readonly type: 'handed-over';
      /** When HRSS received the application: the date for N2.0. */
      readonly receivedOn: CivilDate;
      readonly handover: Deadline;
      /** The agency's clock; absent where it decided before it was handed the case. */
      readonly review?: Deadline;
      /** N2.0 looked at again by that date, where the checks were made already. */
      readonly inTime?: CheckResult;
    }
  | {
      readonly type: 'transfer-asked';
      readonly from: OrgCode;
      readonly to: OrgCode;
      readonly by: Sub;
      /** A case that was approved, and whatever came after, is in review again, with a clock of its own. */
      readonly review?: Deadline;
    }
  | {
      readonly type: 'transferred';
      readonly org: OrgCode;
      readonly fund: OrgCode;
      readonly by: Sub;
      readonly review: Deadline;
    }
  | { readonly type: 'transfer-rejected'; readonly by: Sub };
