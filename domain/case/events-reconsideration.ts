import type { Deadline } from '../policy/deadlines.ts';
import type { ObjectionId, Sub } from '../ids.ts';
import type { Fen } from '../money.ts';

/** Whose word a reconsideration is: HRSS's own, the agency's second look, or a decision from outside (N3.1f, N6.1). */
export const reconsiderationSources = [
  'hrss-review',
  'agency-recheck',
  'administrative-reconsideration',
  'court',
] as const;
export type ReconsiderationSource = (typeof reconsiderationSources)[number];

export type ReconsiderationEvent =
  | {
      readonly type: 'reconsideration-asked';
      /** False: a newer case of the same person has the entitlement meanwhile (N4.3). */
      readonly reserves: boolean;
      readonly until: Deadline;
    }
  | { readonly type: 'reconsideration-upheld'; readonly by: Sub; readonly source: ReconsiderationSource }
  | {
      readonly type: 'reconsideration-overturned';
      readonly by: Sub;
      readonly source: ReconsiderationSource;
      readonly amountFen: Fen;
      readonly shortage: boolean;
      /** Findings of HRSS that the decision from outside sets aside (N3.4a); absent where none stood. */
      readonly setsAside?: readonly ObjectionId[];
    };
