import { Caller, signIn } from './client.ts';
import type { Person } from './people.ts';
import type { System } from './system.ts';

/** The agency and the HRSS of 南关区, a district of Changchun. */
export const ORG = '220102';

/** Who acts, in stories and tests: each signed in as themselves, the public without a sign-in. */
export interface Cast {
  readonly wang: Caller;
  readonly li: Caller;
  readonly hrss: Caller;
  readonly cashier: Caller;
  readonly accountant: Caller;
  readonly supervisor: Caller;
  readonly passerBy: Caller;
  readonly applicant: (person: Person) => Promise<Caller>;
}

export async function castOf(system: System): Promise<Cast> {
  const staff = (sub: string, role: Parameters<typeof signIn>[1]['roles'][number]) =>
    signIn(system, { sub, roles: [role], org: ORG });
  return {
    wang: await staff('wang', 'handler'),
    li: await staff('li', 'reviewer'),
    hrss: await staff('zhao', 'hrss'),
    cashier: await staff('qian', 'finance'),
    accountant: await staff('sun', 'finance'),
    supervisor: await staff('zhou', 'supervisor'),
    passerBy: new Caller(system.url, null),
    applicant: ({ name, idNumber }) =>
      signIn(system, { sub: `citizen-${idNumber}`, roles: ['applicant'], name, idNumber }),
  };
}
