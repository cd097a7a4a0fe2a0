import type { DocumentKind } from './document.ts';
import type { CaseNo, OrgCode } from './ids.ts';
import type { Channel, Level } from './policy/policy.ts';
import type { Office } from './reference/office.ts';
import type { CivilDate, Instant } from './time.ts';

/** What the applicant takes home: the number of the case and when the review is due (N3.1). Personal data: the name. */
export interface Receipt {
  readonly caseNo: CaseNo;
  readonly org: OrgCode;
  readonly office: Office;
  readonly name: string;
  readonly channel: Channel;
  readonly certificate: { readonly occupation: string; readonly level: Level };
  readonly receivedAt: Instant;
  /** The last day of the review; null until the agency has the application (N2.5). */
  readonly reviewDueOn: CivilDate | null;
  readonly missingDocuments: readonly { readonly kind: DocumentKind; readonly label: string }[];
}
