import { applicationBody, type ApplicationBody } from '../../dev/papers.ts';
import type { Person } from '../../dev/people.ts';

/** The papers that the whole form names, by the id under which each was uploaded. */
export interface Papers {
  readonly formerName: string;
  readonly moved: string;
  readonly certificate: string;
  readonly commitment: string;
}

/** The whole of Annex 1, nothing left out: at the counter, by a proxy who also signed. */
export const fullForm = (person: Person, proxy: Person, papers: Papers): ApplicationBody =>
  applicationBody(person, {
    channel: 'counter',
    applicant: { formerNames: [{ name: '张小梅', documentId: papers.formerName }] },
    movedFrom: [{ org: '210100', documentId: papers.moved }],
    proxy: { name: proxy.name, idNumber: proxy.idNumber },
    priorClaims: [{ occupation: '焊工', level: 5, month: '2017-08' }],
    documents: [papers.certificate],
    originalsSeen: [{ kind: 'certificate' }, { kind: 'id-card' }, { kind: 'proxy-id-card' }],
    commitment: { by: 'proxy', documentId: papers.commitment },
  });

type Path = readonly (string | number)[];

/** Everything in a form that has no members of its own. */
export interface Leaf {
  readonly path: Path;
  readonly name: string;
  readonly value: unknown;
}

export function leavesOf(value: unknown, path: Path = []): readonly Leaf[] {
  if (typeof value !== 'object' || value === null) return [{ path, name: path.join('.'), value }];
  const members = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return members.flatMap(([key, member]: [string | number, unknown]) => leavesOf(member, [...path, key]));
}

/** Every object and list in a form, the form itself left out. */
export function branchesOf(value: unknown, path: Path = []): readonly Leaf[] {
  if (typeof value !== 'object' || value === null) return [];
  const members = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  const inner = members.flatMap(([key, member]: [string | number, unknown]) => branchesOf(member, [...path, key]));
  return path.length === 0 ? inner : [{ path, name: path.join('.'), value }, ...inner];
}

export const missing = Symbol('missing');

/** A copy in which that place holds another value; `missing` takes it out, an item of a list with those after it. */
export function withValue(form: object, path: Path, value: unknown): object {
  const copy = structuredClone(form);
  const [last = '', ...above] = [...path].reverse();
  let holder: unknown = copy;
  for (const key of above.reverse()) holder = memberOf(holder, key);
  if (Array.isArray(holder)) holder.splice(Number(last), 1, ...(value === missing ? [] : [value]));
  else if (typeof holder === 'object' && holder !== null) {
    if (value === missing) Reflect.deleteProperty(holder, last);
    else Object.defineProperty(holder, last, { value, enumerable: true, configurable: true, writable: true });
  }
  return copy;
}

function memberOf(holder: unknown, key: string | number): unknown {
  if (typeof holder !== 'object' || holder === null) throw new Error(`nothing has ${key}`);
  return Reflect.get(holder, key);
}

/** Papers that are not there yet never refuse a filing: they are named as missing. */
const papers = ['applicant.formerNames.0.documentId', 'movedFrom.0.documentId'];
/** May be left out of a form. */
const optional = new Set([
  ...papers,
  ...['applicant.formerNames', 'movedFrom', 'proxy', 'priorClaims', 'documents', 'originalsSeen'],
  ...['commitment.by', 'commitment.documentId'],
]);
/** May be null, which says the same. */
const nullable = new Set(['proxy', 'commitment.documentId', ...papers]);

/** Badly written in ways of their own, by the last name of the path. */
const badlyWritten: Readonly<Record<string, readonly unknown[]>> = {
  channel: ['Online', 'post', 'online '],
  name: ['<script>', '王=伟', '王伟\u0000', '王\n伟', '\ud842', '王'.repeat(201)],
  gender: ['M', '男', 'Male'],
  birthDate: [
    '1988-02-30',
    '1988/03/07',
    '1988-3-7',
    '19880307',
    '1988-03-07T00:00:00+08:00',
    '0000-00-00',
    ' 1988-03-07',
  ],
  idNumber: [
    ...['110101880307123', '11010119880307', 'G12345678', '11010119880307123A', '990101198803071234'],
    ...['220102198802301234', '220102198803070000', '2201021988030700000', '22010218990307123X'],
  ],
  phone: ['1380013800', '12800138000', '138001380001', 'call me', '+1 212 555 0100'],
  homeAddress: ['长春\u0007市', '吉'.repeat(201)],
  documentId: ['../etc/passwd', 'a b', '文件', 'x'.repeat(65)],
  creditCode: [
    '91220101MA0000000',
    '9122010100000000000',
    '91220101MAIO000000',
    '220102198803071234',
    '91220101MA00000001',
  ],
  industry: ['汽\u2028车', '汽'.repeat(101)],
  address: ['吉'.repeat(201)],
  kind: ['driving-licence', 'Qualification', '资格证书'],
  occupation: ['——', '焊'.repeat(101), '焊\u0000工'],
  number: ['9'.repeat(51), '\u0000'],
  issuedOn: ['2017-02-29', '2017/06/30', '30.06.2017', 'yesterday', '2017-06'],
  scope: ['nation', 'Province'],
  bank: ['行'.repeat(101)],
  holder: ['<b>', '户'.repeat(51)],
  insuredAt: ['22010', '2201021', '999999', '210100', '南关区', '220102 '],
  org: ['21010', '21010a'],
  month: ['2017-13', '2017-00', '2017-3', '201703', '2017-03-01'],
  signedOn: ['2017-09-31', '2017/09/01', '1.9.2017'],
  by: ['nobody', 'Applicant'],
};

/** What must not stand at a leaf: left out, of another type, empty, too long, badly written. */
export function wrongValues({ path, name, value }: Leaf): readonly unknown[] {
  const wrong: unknown[] = [[], {}, ['a'], { a: 1 }];
  const isItem = typeof path.at(-1) === 'number';
  if (!optional.has(name) && !isItem) wrong.push(missing);
  if (!nullable.has(name)) wrong.push(null);
  if (typeof value === 'string') wrong.push(12_345, true, '', '   ', 'x'.repeat(10_000), '\u0000');
  if (typeof value === 'number') wrong.push(String(value), 4.5, 0, 6, -1, 1e21, true, '');
  if (typeof value === 'boolean') wrong.push('true', 1, 0, false, '');
  const own = path.findLast((key) => typeof key === 'string');
  const isListed = typeof own === 'string' && (own !== 'name' || !name.startsWith('employer') || value !== '');
  if (isListed && typeof own === 'string') wrong.push(...writtenFor(name, own));
  return wrong;
}

/** Names of firms and bodies may hold what names of people may not. */
function writtenFor(name: string, own: string): readonly unknown[] {
  const isFirm = name === 'employer.name' || name === 'certificate.issuer.name';
  const all = own === 'documents' ? badlyWritten['documentId'] : badlyWritten[own];
  return (all ?? []).filter(
    (value) => !isFirm || typeof value !== 'string' || !/^[^\p{Cc}\p{Cs}]{1,200}$/u.test(value),
  );
}

/** What must not stand in place of an object or a list. */
export function wrongBranches({ path, name, value }: Leaf): readonly unknown[] {
  const wrong: unknown[] = [
    'text',
    7,
    true,
    Array.isArray(value) ? {} : [],
    ...(Array.isArray(value) ? [{ 0: 'a' }] : []),
  ];
  if (!optional.has(name) && typeof path.at(-1) !== 'number') wrong.push(missing);
  if (!nullable.has(name)) wrong.push(null);
  if (Array.isArray(value)) wrong.push(Array.from({ length: 51 }, () => value[0] as unknown));
  return wrong;
}
