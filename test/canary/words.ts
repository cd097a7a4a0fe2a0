import { identityCheckCharacter } from '../../domain/policy/identity-number.ts';
import { maskedIdNumber } from '../../domain/masking.ts';
import type { ApplicationBody } from '../../dev/papers.ts';
import type { Person } from '../../dev/people.ts';
import type { Canary } from './search.ts';

/** What is written in a case's life, by whom and where. Each has a word of its own that stands nowhere else. */
const written = [
  'former name',
  'proxy name',
  'employer name',
  'home address',
  'employer address',
  'file name',
  'scan',
  'handling note',
  'override reason',
  'review note',
  'refusal reason',
  'refusal note',
  'reconsideration',
  'reconsideration decision',
  'retention hold',
  'transfer reason',
  'transfer confirmation',
  'supplement reason',
  'supplement note',
  'withdrawal reason',
  'death',
  'succession decision',
  'objection',
  'objection contact',
  'objection file',
  'objection finding',
  'appraisal opinion',
  'report',
  'report contact',
  'report name',
  'report employer',
  'report closure',
  'strike reason',
  'staff report',
  'report finding',
  'demand note',
  'plan reason',
  'slip reference',
  'write-off reason',
  'write-off decision',
  'referral reason',
  'enforcement reason',
  'enforcement outcome',
  'refused form',
  'refused query',
] as const;
export type Written = (typeof written)[number];

const wordOf = (n: number): string => `龘靐${String.fromCharCode(0x9f00 + n)}齉`;

/** A text with the word of that place in it. */
export const wordFor = (place: Written): string => wordOf(written.indexOf(place));
export const textFor = (place: Written): string => `兹说明：${wordFor(place)}，以此为准。`;

export const writtenCanaries: readonly Canary[] = written.map((name, n) => ({ name, text: wordOf(n) }));

/** Somebody whose name and birth date nobody else has; the numbers are the given person's. */
export function distinct(person: Person, name: string, birthDate: string): Person {
  const inOrder = person.gender === 'male' ? '753' : '752';
  const first17 = `220102${birthDate.replaceAll('-', '')}${inOrder}`;
  return {
    ...person,
    name,
    birthDate,
    idNumber: first17 + identityCheckCharacter(first17),
    homeAddress: `吉林省${wordFor('home address')}号`,
    employer: {
      ...person.employer,
      name: `${wordFor('employer name')}焊接铺`,
      address: wordFor('employer address'),
    },
  };
}

/** Everything in an application that says who somebody is, whole, grouped as on cards, and as it is covered for others. */
export function personalCanaries(who: string, { applicant, account, employer, certificate, proxy }: ApplicationBody) {
  const { name, idNumber, phone, birthDate } = applicant;
  const groups = (number: string, by: string): string => number.match(/.{1,4}/g)?.join(by) ?? number;
  const [year, month, day] = birthDate.split('-').map(Number);
  const one = (what: string, text: string): Canary => ({ name: `${who}: ${what}`, text });
  return [
    one('name', name),
    one('ID number', idNumber),
    one('covered ID number', maskedIdNumber(idNumber)),
    one('birth date', birthDate),
    one('birth date in Chinese', `${year ?? ''}年${month ?? ''}月${day ?? ''}日`),
    { ...one('birth date in digits', birthDate.replaceAll('-', '')), standsAlone: true },
    one('phone', phone),
    one('covered phone', `*******${phone.slice(-4)}`),
    one('account', account.number),
    one('account in groups', groups(account.number, ' ')),
    one('covered account', `*****${account.number.slice(-4)}`),
    one('credit code', employer.creditCode),
    one('certificate', certificate.number),
    ...(proxy ? [one('proxy ID number', proxy.idNumber), one('proxy name', proxy.name)] : []),
  ] satisfies readonly Canary[];
}
