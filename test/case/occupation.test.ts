import { describe, expect, test } from '@jest/globals';
import type { CaseCommand } from '../../domain/case/commands.ts';
import type { CaseNo, OrgCode } from '../../domain/ids.ts';
import type { CaseFile } from '../../domain/policy/checks.ts';
import {
  canonicalOccupation,
  normaliseOccupation,
  occupationsOf,
  spellingsOf,
} from '../../domain/policy/occupations.ts';
import { policy201767 } from '../../domain/policy/policy-2017-67.ts';
import { standard } from '../../domain/policy/standards.ts';
import { occupations } from '../../domain/reference/occupations.ts';
import { apply, type FactsOfStory, given, goodFile, handle, plainLife, review, type Step } from './story.ts';

/** A certificate of an occupation that the list does not know, of which a handler says that it is a welder's (N4.3). */

const raw = '深海焊接技工';
const at = '2017-09-05T09:00:00+08:00';
const later = '2017-09-05T14:00:00+08:00';
const found = goodFile.provincial.answer === 'found' ? { ...goodFile.provincial, occupation: raw } : undefined;
if (!found) throw new Error('the good file is found everywhere');
const file: CaseFile = {
  ...goodFile,
  certificate: { ...goodFile.certificate, occupation: raw },
  provincial: found,
  national: found,
};
const filed: Step = [
  plainLife.filed[0],
  {
    ...plainLife.filed[1],
    ...{ certificate: { kind: 'qualification', occupation: raw, occupationKnown: false, level: 4 } },
  },
];
const steps: readonly Step[] = [filed, plainLife.insurance, plainLife.provincial, plainLife.national];
const story = (facts: FactsOfStory = {}) => given(steps, { file, ...facts });
const named = (command: CaseCommand, occupation = '焊工'): CaseCommand => ({ ...command, occupation }) as CaseCommand;

describe('the handler sets the canonical name', () => {
  test('the name is recorded, the checks are made again under it, then the first signature', () => {
    expect(story().state?.checks.filter(({ passed }) => !passed)).toMatchObject([{ code: 'occupation-known' }]);
    story().when(at, handle('wang', 'approve')).refuses('check-failed');
    story()
      .when(at, named(handle('wang', 'approve')))
      .records('occupation-set', 'checked', 'handled');
    story()
      .when(at, named(handle('wang', 'refuse', { clauses: ['N1.1'] })))
      .records('occupation-set', 'checked', 'handled');
    story()
      .when(at, named(handle('wang', 'supplement')))
      .records('occupation-set', 'checked', 'supplement-asked');
  });

  test('amount and catalog follow the name; registers are held to the name on the paper', () => {
    const after = apply(story().state, [at, named(handle('wang', 'approve'))], { file });
    expect(after.certificate).toEqual({
      ...{ kind: 'qualification', occupation: '焊工', occupationKnown: true, level: 4, setBy: 'wang' },
    });
    expect(after.checks.filter(({ passed }) => !passed)).toEqual([]);
    given([...steps, [at, named(handle('wang', 'approve'))]], { file })
      .when(later, review('li', 'approve'))
      .recordsLike({ amountFen: 195_000, shortage: true });
    given([...steps, [at, named(handle('wang', 'approve'), '钳工')]], { file })
      .when(later, review('li', 'approve'))
      .recordsLike({ amountFen: 150_000, shortage: false });
  });

  test('stage, deadlines and what was asked stay as they are', () => {
    const before = story().state;
    const after = apply(before, [at, named(handle('wang', 'approve'))], { file });
    expect(after).toMatchObject({ stage: 'review', handling: { by: 'wang' }, deadlines: before?.deadlines });
  });

  test('overrides count against the checks as made under the name', () => {
    const arrears = { ...file, insurance: { ...goodFile.insurance, arrears: true } };
    story({ file: arrears })
      .when(at, named(handle('wang', 'approve')))
      .refuses('check-failed');
    story({ file: arrears })
      .when(at, named(handle('wang', 'approve', { overrides: ['no-arrears'] })))
      .records('occupation-set', 'checked', 'handled');
    story({ file: arrears })
      .when(at, named(handle('wang', 'approve', { overrides: ['no-arrears', 'occupation-known'] })))
      .refuses('nothing-to-override');
  });

  test('what another case has is not claimed twice', () => {
    const rival = '220102-2017-0000002' as CaseNo;
    const decision = story({ rival }).when(at, named(handle('wang', 'approve')));
    decision.refuses('already-claimed');
    // The name that the case has already claims nothing new.
    given(steps.with(0, plainLife.filed), { rival })
      .when(at, named(handle('wang', 'approve')))
      .records('handled');
  });

  test('returned, another handler may say otherwise', () => {
    const returned: Step = [later, review('li', 'return')];
    given([...steps, [at, named(handle('wang', 'approve'))], returned], { file })
      .when(later, named(handle('zhao', 'approve'), '钳工'))
      .records('occupation-set', 'checked', 'handled');
  });
});

describe('a version adds names to the list (N4.3)', () => {
  const added = [
    { name: '水下焊接工', aliases: ['潜水焊工'] },
    { name: '焊工', aliases: [raw] },
  ];
  const policy = {
    ...policy201767,
    occupations: added,
    shortage: { ...policy201767.shortage, occupations: [{ name: '水下焊接工', scope: '220000' as OrgCode }] },
  };
  const list = occupationsOf(policy);

  test('new occupations, and aliases of known ones; what was there stays', () => {
    expect(canonicalOccupation('潜水 焊工', list)).toEqual({ name: '水下焊接工', known: true });
    expect(canonicalOccupation(raw, list)).toEqual({ name: '焊工', known: true });
    expect(canonicalOccupation('电焊工', list)).toEqual({ name: '焊工', known: true });
    expect(canonicalOccupation(raw).known).toBe(false);
    expect(occupationsOf(policy201767)).toBe(occupations);
    expect(standard({ occupation: '潜水焊工', level: 4, org: '220102' as OrgCode }, policy)).toMatchObject({
      shortage: true,
    });
  });

  test('every spelling under which a claim may stand', () => {
    expect(spellingsOf('电焊工', list)).toEqual(expect.arrayContaining(['焊工', '电焊工', '气焊工', raw]));
    expect(spellingsOf('不在表中的（工种）', list)).toEqual([normaliseOccupation('不在表中的（工种）')]);
  });
});
