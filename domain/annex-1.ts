import type { Application } from './application.ts';
import type { CaseNo, OrgCode, Sub } from './ids.ts';
import type { Fen } from './money.ts';
import type { Level } from './policy/policy.ts';
import type { CivilDate, Instant } from './time.ts';

/** The words above the applicant's signature; cancellation and recovery rest on them (N3.4, N4.3). */
export const commitmentText = '本人承诺以上内容及所提供的材料真实有效，如有虚假不得享受相关补贴，并承担相应法律责任。';

/** The agency's decision as the form's last part states it; the latest one that two people signed (N3.1g). */
export type AgencyOpinion =
  | {
      readonly outcome: 'approve';
      /** Canonical name; the catalog goes by it (N4.2). */
      readonly occupation: string;
      readonly level: Level;
      readonly shortage: boolean;
      readonly amountFen: Fen;
      readonly decidedOn: CivilDate;
    }
  | {
      readonly outcome: 'refuse';
      readonly reasons: readonly { readonly clause: string; readonly text: string }[];
      readonly decidedOn: CivilDate;
    };

/** What the form shows of an application; its numbers may be covered. */
export interface Annex1Fields {
  readonly applicant: Pick<Application['applicant'], 'name' | 'gender' | 'birthDate' | 'phone' | 'homeAddress'> & {
    readonly idNumber: string;
  };
  readonly employer: Application['employer'];
  readonly certificate: Pick<Application['certificate'], 'kind' | 'occupation' | 'level' | 'number' | 'issuedOn'>;
  readonly account: Application['account'];
  readonly priorClaims: Application['priorClaims'];
  readonly proxy: { readonly name: string; readonly idNumber: string } | null;
  readonly commitment: Application['commitment'];
}

/** 吉林省参保企业职工技能提升补贴申请表, filled in. Personal data. */
export interface Annex1 extends Annex1Fields {
  readonly caseNo: CaseNo;
  readonly org: OrgCode;
  readonly receivedAt: Instant;
  /** When the applicant confirmed it online, signed in under her own name (N2.1); null where it is signed by hand. */
  readonly confirmedAt: Instant | null;
  /** Null until two people have decided. */
  readonly opinion: AgencyOpinion | null;
  /** 经办人 and 复核人 of the opinion; null for those who are not told. */
  readonly signers: {
    readonly handler: Sub | null;
    /** What colleagues call them; null where nobody said. */
    readonly handlerName: string | null;
    readonly reviewer: Sub | null;
    readonly reviewerName: string | null;
  } | null;
}
