import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { DEV_ISSUER } from '../../dev/dev-token.ts';
import { people } from '../../dev/people.ts';
import { storeDocument } from '../../store/document.ts';
import { wang } from './cases.ts';
import { openDesk, read, wrongFields } from './desk.ts';
import { branchesOf, fullForm, leavesOf, missing, withValue, wrongBranches, wrongValues } from './forms.ts';
import { caseNoOf } from './cases.ts';

/** Bad input (issue 3): each field of the application wrong in turn, and all at once; nothing is left behind. */

const [person, proxy] = people(31);
if (!person || !proxy) throw new Error('nobody');
const desk = await openDesk(31);
const clerk = desk.as(wang);
const form = fullForm(person, proxy, {
  formerName: await upload('former-name'),
  moved: await upload('moved'),
  certificate: await upload('certificate'),
  commitment: await upload('commitment'),
});
const leaves = leavesOf(form);
const branches = branchesOf(form);

let before: Readonly<Record<string, number>>;

afterAll(() => desk.close());
beforeEach(async () => {
  before = await desk.countRows();
});
afterEach(async () => {
  expect(await desk.countRows()).toEqual(before);
});

/** Files a form that is wrong; what was named as wrong. */
const named = async (body: unknown): Promise<readonly string[]> =>
  wrongFields(await clerk.post('/v1/applications', body));

/** A paper of the clerk's, as if it had come over the counter's scanner. */
async function upload(what: string): Promise<string> {
  const { store } = desk.services;
  const uploader = store.vault.blindIndex('caller', `${DEV_ISSUER}\n${wang.sub}`).toString('base64url');
  const claim = { caller: uploader, route: 'upload', key: what, body: what };
  const content = Buffer.from(`%PDF-1.4 ${what}`);
  const stored = await storeDocument(store, claim, { uploader, kind: null, mediaType: 'application/pdf', content });
  if ('refused' in stored) throw new Error(stored.refused.code);
  return stored.done.documentId;
}

const shown = (value: unknown): string => (value === missing ? 'missing' : JSON.stringify(value).slice(0, 40));

/** Files once for each wrong value at a place; the answers that did not name that place and nothing else. */
async function misnamed(path: readonly (string | number)[], values: readonly unknown[]): Promise<readonly string[]> {
  const place = path.join('.');
  const found: string[] = [];
  for (const value of values) {
    const fields = await named(withValue(form, path, value)).catch((error: unknown) => [String(error).slice(0, 60)]);
    if (fields.length !== 1 || fields[0] !== place) found.push(`${shown(value)} → ${fields.join(', ')}`);
  }
  return found;
}

test('the form has all that contract.md names', () => {
  expect(leaves.length).toBe(40);
  expect(leaves.every((leaf) => wrongValues(leaf).length >= 8)).toBe(true);
});

test.each(leaves)('$name wrong in turn: 422 names it and nothing else', async (leaf) => {
  expect(await misnamed(leaf.path, wrongValues(leaf))).toEqual([]);
});

test.each(branches)('something else in place of $name: 422 names it and nothing else', async (branch) => {
  expect(await misnamed(branch.path, wrongBranches(branch))).toEqual([]);
});

test.each([0, 1, 2, 3, 4, 5, 6, 7])('every field wrong at once (%i): 422 with one entry for each', async (turn) => {
  const wrong = leaves.reduce<object>((body, leaf) => {
    const values = wrongValues(leaf).filter((value) => value !== missing);
    return withValue(body, leaf.path, values[turn % values.length]);
  }, form);
  expect(await named(wrong)).toEqual(leaves.map(({ name }) => name).sort());
});

test('every section left out at once', async () => {
  const sections = ['account', 'applicant', 'certificate', 'channel', 'commitment', 'employer', 'insuredAt'];
  expect(await named({})).toEqual(sections);
});

test('an unknown field is named by its own path, at every depth', async () => {
  for (const place of [[], ...branches.filter(({ value }) => !Array.isArray(value)).map(({ path }) => path)]) {
    const path = [...place, 'surprise'];
    expect(await named(withValue(form, path, 1))).toEqual([path.join('.')]);
  }
  const several = { ...withValue(form, ['employer', 'phone'], '0431-1'), a: 1, b: { c: 2 } };
  expect(await named(several)).toEqual(['a', 'b', 'employer.phone']);
});

test('names of prototypes are unknown fields like others', async () => {
  for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
    expect(await named(withValue(form, [name], {}))).toEqual([name]);
    expect(await named(withValue(form, ['account', name], 1))).toEqual([`account.${name}`]);
  }
});

test('the whole form as something else', async () => {
  for (const body of [null, [], [form], 'text', 7, true]) expect(await named(JSON.stringify(body))).toEqual(['']);
});

test('a field wrong in two ways is named once', async () => {
  const future = withValue(form, ['certificate', 'issuedOn'], '2099-02-30');
  expect(await named(future)).toEqual(['certificate.issuedOn']);
  const body = withValue(withValue(form, ['applicant', 'gender'], 'x'), ['applicant', 'birthDate'], '1970-01-01');
  expect(await named(body)).toEqual(['applicant.birthDate', 'applicant.gender']);
});

test('the form itself is right: nothing above was refused for another reason', async () => {
  const { caseNo } = read(await clerk.post('/v1/applications', form), 201, caseNoOf);
  expect(caseNo).toMatch(/^220102-2017-\d{7}$/);
  before = await desk.countRows();
});
