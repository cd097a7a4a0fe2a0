import type { Person } from './people.ts';

/** The body of `POST /v1/applications`, as contract.md has it. */
export interface ApplicationBody {
  readonly channel: 'online' | 'counter' | 'collective';
  readonly applicant: {
    readonly name: string;
    readonly gender: 'male' | 'female';
    readonly birthDate: string;
    readonly idNumber: string;
    readonly phone: string;
    readonly homeAddress: string;
    readonly formerNames?: readonly { readonly name: string; readonly documentId?: string }[];
  };
  readonly employer: Person['employer'];
  readonly certificate: CertificateBody;
  readonly account: {
    readonly kind: 'social-security-card' | 'bank-card';
    readonly number: string;
    readonly bank: string;
    readonly holder: string;
  };
  readonly insuredAt: string;
  readonly movedFrom?: readonly { readonly org: string; readonly documentId?: string }[];
  readonly proxy?: { readonly name: string; readonly idNumber: string };
  readonly priorClaims?: readonly { readonly occupation: string; readonly level: number; readonly month: string }[];
  readonly documents?: readonly string[];
  readonly originalsSeen?: readonly { readonly kind: 'certificate' | 'id-card' | 'proxy-id-card' }[];
  readonly commitment: {
    readonly accepted: boolean;
    readonly signedOn: string;
    readonly by?: 'applicant' | 'proxy';
    readonly documentId?: string;
  };
}

export interface CertificateBody {
  readonly kind: 'qualification' | 'skill-level';
  readonly occupation: string;
  readonly level: number;
  readonly number: string;
  readonly issuedOn: string;
  readonly issuer: { readonly name: string; readonly scope: 'province' | 'other-province' | 'industry' };
}

type Section = 'applicant' | 'employer' | 'certificate' | 'account' | 'commitment';

/** What a test or a story wants to be otherwise; these sections are merged field by field, the rest is taken whole. */
export type Otherwise = Partial<Omit<ApplicationBody, Section>> & {
  readonly [K in Section]?: Partial<ApplicationBody[K]>;
};

/**
 * A complete application of the person: online, a level-4 welder's qualification certificate, issued and signed for on
 * 2017-06-30 and 2017-09-01, insured in a district of Changchun. At the counter the originals were seen; scans are uploaded first and
 * named in `documents` (`uploadScans`).
 */
export function applicationBody(person: Person, otherwise: Otherwise = {}): ApplicationBody {
  const { name, gender, birthDate, idNumber, phone, homeAddress, account } = person;
  const {
    channel = 'online',
    applicant,
    employer,
    certificate,
    commitment,
    account: otherAccount,
    ...rest
  } = otherwise;
  const papers =
    channel === 'counter' ? { originalsSeen: [{ kind: 'certificate' }, { kind: 'id-card' }] as const } : {};
  return {
    channel,
    applicant: { name, gender, birthDate, idNumber, phone, homeAddress, ...applicant },
    employer: { ...person.employer, ...employer },
    certificate: certificateOf(person, certificate),
    account: { kind: 'bank-card', ...account, holder: applicant?.name ?? name, ...otherAccount },
    insuredAt: '220102',
    ...papers,
    commitment: { accepted: true, signedOn: '2017-09-01', by: 'applicant', ...commitment },
    ...rest,
  };
}

/** Certificate numbers say year, province, body and place, level and serial: sixteen digits. */
function certificateOf(person: Person, otherwise: Partial<CertificateBody> = {}): CertificateBody {
  const { level = 4, issuedOn = '2017-06-30' } = otherwise;
  const { certificateSerial: serial } = person;
  return {
    kind: 'qualification',
    occupation: '焊工',
    level,
    number: `${issuedOn.slice(2, 4)}07${serial.slice(0, 6)}${level}${serial.slice(6)}`,
    issuedOn,
    issuer: { name: '长春市职业技能鉴定中心', scope: 'province' },
    ...otherwise,
  };
}

/** What the partners know of an application: the same as the application says, unless told otherwise. */
export interface PartnerRecords {
  /** Contribution months; 60 when left out. */
  readonly months?: number;
  readonly arrears?: boolean;
  readonly status?: 'employed' | 'institution' | 'civil-servant' | 'freelancer' | 'unemployed' | 'retired' | 'deceased';
  /** Registers that do not know the certificate. */
  readonly unknownTo?: readonly ('provincial' | 'national')[];
  readonly accountStatus?: 'open' | 'closed' | 'frozen';
}

/** One record for the sandbox: the path below `/control` and the body to PUT there. */
export interface SandboxRecord {
  readonly path: string;
  readonly body: object;
}

/** The insurance record, both registers' entries and the bank account that belong to an application. */
export function sandboxRecords(application: ApplicationBody, known: PartnerRecords = {}): readonly SandboxRecord[] {
  const { applicant, employer, certificate, account, insuredAt } = application;
  const { name, idNumber } = applicant;
  const { months = 60, arrears = false, status = 'employed', unknownTo = [], accountStatus = 'open' } = known;
  const { number, occupation, level, kind, issuedOn } = certificate;
  const registers = (['provincial', 'national'] as const).filter((register) => !unknownTo.includes(register));
  return [
    {
      path: `/insurance/${idNumber}`,
      body: { name, employer: employer.name, org: insuredAt, months, arrears, status },
    },
    ...registers.map((register) => ({
      path: `/registers/${register}/${encodeURIComponent(number)}`,
      body: { name, idNumber, occupation, level, kind, issuedOn, status: 'valid' },
    })),
    { path: `/accounts/${account.number}`, body: { holder: account.holder, status: accountStatus } },
  ];
}
