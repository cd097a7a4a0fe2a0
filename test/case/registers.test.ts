import { describe, expect, test } from '@jest/globals';
import type { DocumentId } from '../../domain/ids.ts';
import { automaticChecks, type CaseFile } from '../../domain/policy/checks.ts';
import { policy201767 } from '../../domain/policy/policy-2017-67.ts';
import { apply, factsAt, given, goodFile, handle, lookUp, review, type Step, sub, upTo } from './story.ts';

const { calendar } = factsAt('2017-09-04T10:00:00+08:00');
const checksOf = (file: CaseFile, confirmed = false) =>
  new Map(automaticChecks({ ...file, confirmed, policy: policy201767, calendar }).map((check) => [check.code, check]));
const found = goodFile.provincial.answer === 'found' ? goodFile.provincial : undefined;
const insured = goodFile.insurance.found ? goodFile.insurance : undefined;
if (!found || !insured) throw new Error('the good file is found everywhere');

describe('registers (N3.1c)', () => {
  const checked = upTo('national');
  const nextDay = '2017-09-05T09:00:00+08:00';

  test('what differs is recorded field by field, per register', () => {
    const file: CaseFile = {
      ...goodFile,
      provincial: { ...found, level: 3, issuedOn: goodFile.certificate.issuedOn, occupation: '电工' },
      national: { ...found, status: 'revoked', name: '钱二' },
    };
    const { state } = given(checked, { file });
    const differs = state?.checks.flatMap(({ code, differs: fields }) => (fields ? [[code, fields]] : []));
    expect(differs).toEqual([
      ['provincial-register', ['occupation', 'level']],
      ['national-register', ['name', 'status']],
    ]);
  });

  test('another name with the same ID number is cured by a paper, in the insurance record too', () => {
    const file: CaseFile = {
      ...goodFile,
      provincial: { ...found, name: '赵一一' },
      insurance: { ...insured, name: '赵一一' },
    };
    expect(checksOf(file).get('provincial-register')).toMatchObject({ passed: false, differs: ['name'] });
    expect(checksOf(file).get('insurance-record')?.passed).toBe(false);
    const cured = { ...file, person: { ...file.person, formerNames: ['赵一一'] } };
    expect(checksOf(cured).get('provincial-register')?.passed).toBe(true);
    expect(checksOf(cured).get('insurance-record')?.passed).toBe(true);
  });

  test('not covered is not "not found": the issuing body’s written confirmation is the evidence', () => {
    const file: CaseFile = { ...goodFile, provincial: { answer: 'not-covered' }, national: { answer: 'not-covered' } };
    const steps: Step[] = checked.map(([at, command]) =>
      command.type === 'answer-look-up' && command.source !== 'insurance'
        ? [at, { ...command, answer: 'not-covered' }]
        : [at, command],
    );
    const confirm = { type: 'confirm-certificate', by: sub('hr'), documentId: 'paper' as DocumentId } as const;
    const story = given(steps, { file });
    story.when(nextDay, handle('wang', 'approve')).refuses('check-failed');
    given(checked).when(nextDay, confirm).refuses('nothing-to-confirm');
    const confirmed = given([...steps, [nextDay, confirm]], { file });
    expect(confirmed.state?.checks.filter(({ passed }) => !passed)).toEqual([]);
    confirmed.when(nextDay, handle('wang', 'approve')).records('handled');
    // Looked at again after a supplement, it still counts.
    expect(checksOf(file, true).get('national-register')).toMatchObject({ passed: true });
    expect(checksOf(file).get('national-register')).toMatchObject({ passed: false });
    expect(checksOf({ ...file, national: { answer: 'not-found' } }, true).get('national-register')?.passed).toBe(false);
  });

  test('"not found" of an earlier day is asked again before it refuses, on the review date', () => {
    const file: CaseFile = { ...goodFile, national: { answer: 'not-found' } };
    const steps: Step[] = checked.map(([at, command]) =>
      command.type === 'answer-look-up' && command.source === 'national'
        ? [at, { ...command, answer: 'not-found' }]
        : [at, command],
    );
    const refusal = handle('wang', 'refuse', { clauses: ['N3.1c'] });
    given(steps, { file }).when('2017-09-04T16:00:00+08:00', refusal).records('handled');
    given(steps, { file })
      .when(nextDay, handle('wang', 'refuse', { clauses: ['N1.1'] }))
      .records('handled');
    const story = given(steps, { file });
    story.when(nextDay, refusal).records('handled', 'asked-again');
    const asked: Step[] = [...steps, [nextDay, refusal]];
    const asking = given(asked, { file });
    expect(asking.state).toMatchObject({ stage: 'review', handling: { by: 'wang', outcome: 'refuse' } });
    expect(asking.state?.lookUps.national).toBeUndefined();
    const afternoon = '2017-09-05T14:00:00+08:00';
    asking.when(afternoon, review('li', 'refuse')).refuses('look-ups-missing');
    asking.when(afternoon, review('li', 'return')).records('returned');
    const again = given([...asked, [nextDay, lookUp('national', 'not-found')]], { file });
    expect(again.state).toMatchObject({ stage: 'review', handling: { outcome: 'refuse' } });
    again.when(afternoon, review('li', 'refuse')).records('refused');
    // It is there now: the refusal goes back to the handler.
    const there = apply(asking.state, [nextDay, lookUp('national')], { file: goodFile });
    expect(there).toMatchObject({ stage: 'review', handling: null, signatures: { handler: null } });
  });
});
