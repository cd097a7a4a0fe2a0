import { expect } from '@jest/globals';
import type { CaseCommand } from '../../domain/case/commands.ts';
import { decide } from '../../domain/case/decide.ts';
import type { Facts } from '../../domain/case/decision.ts';
import type { CaseEvent } from '../../domain/case/events.ts';
import type { ReconsiderationSource } from '../../domain/case/events-reconsideration.ts';
import { evolve } from '../../domain/case/evolve.ts';
import type { CaseState } from '../../domain/case/state.ts';
import type {
  BatchId,
  CaseNo,
  DocumentId,
  EntryId,
  EvidenceId,
  ObjectionId,
  OrderNo,
  OrgCode,
  RoundId,
  Sub,
} from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import type { CaseFile } from '../../domain/policy/checks.ts';
import { civilDate, parseInstant } from '../../domain/policy/dates.ts';
import { policy201767 } from '../../domain/policy/policy-2017-67.ts';
import { workingCalendar } from '../../domain/policy/working-days.ts';
import { calendarNotices } from '../../domain/reference/calendar.ts';

export const caseNo = '220102-2017-0000001' as CaseNo;
export const org = '220102' as OrgCode;
export const roundId = '220102-2017-09-15-1' as RoundId;
const orderNo = `${caseNo}-1` as OrderNo;
const objectionId = '8d1f3c0e-0000-4000-8000-000000000001' as ObjectionId;
export const sub = (name: string): Sub => name as Sub;

const calendar = workingCalendar(calendarNotices);

/** A file that passes every check: what the partners say of the person agrees with what was filed. */
export const goodFile: CaseFile = {
  filing: { filedAt: parseInstant('2017-09-04T10:00:00+08:00'), channel: 'online', insuredAt: org },
  person: { name: '赵一', idNumber: '22010219880307123X' },
  employerName: '长春某某机械有限公司',
  certificate: {
    kind: 'qualification',
    occupation: '焊工',
    level: 4,
    number: '1707000000400001',
    issuedOn: civilDate('2017-06-30'),
    scope: 'province',
  },
  insurance: {
    found: true,
    name: '赵一',
    employer: '长春某某机械有限公司',
    org,
    months: 36,
    arrears: false,
    status: 'employed',
  },
  provincial: { answer: 'found', ...register() },
  national: { answer: 'found', ...register() },
};

function register() {
  return {
    name: '赵一',
    idNumber: '22010219880307123X',
    occupation: '焊工',
    level: 4,
    number: '1707000000400001',
    kind: 'qualification',
    issuedOn: civilDate('2017-06-30'),
    status: 'valid',
  } as const;
}

export const file: CaseCommand = {
  type: 'file',
  caseNo,
  channel: 'online',
  org,
  fund: '220100' as OrgCode,
  certificate: { kind: 'qualification', occupation: '焊工', occupationKnown: true, level: 4 },
};
export const lookUp = (
  source: 'insurance' | 'provincial' | 'national',
  answer: 'found' | 'not-found' | 'not-covered' = 'found',
): CaseCommand => ({
  type: 'answer-look-up',
  source,
  evidenceId: `evidence-${source}` as EvidenceId,
  answer,
});
export const handle = (
  by: string,
  outcome: 'approve' | 'refuse' | 'supplement' | 'registration',
  more: { clauses?: string[]; overrides?: string[] } = {},
): CaseCommand => ({
  type: 'handle',
  by: sub(by),
  outcome,
  clauses: more.clauses ?? [],
  overrides: (more.overrides ?? []).map((code) => ({
    code: code as 'no-arrears',
    documentId: 'document-1' as DocumentId,
  })),
});
export const review = (by: string, outcome: 'approve' | 'refuse' | 'return'): CaseCommand => ({
  type: 'review',
  by: sub(by),
  outcome,
});
export const delivered = (n: number, at: string, carrier: 'sms' | 'letter' = 'sms'): CaseCommand => ({
  type: 'record-delivery',
  n,
  delivery: { carrier, messageId: `${caseNo}-${n}-${carrier}`, deliveredAt: parseInstant(at), proof: 'proof' },
});
export const undelivered = (n: number): CaseCommand => ({
  type: 'record-undelivered',
  n,
  attempts: [{ carrier: 'sms', messageId: `${caseNo}-${n}-sms` }],
});
export const tellInPerson = (n: number, on: string): CaseCommand => ({
  type: 'tell-in-person',
  n,
  by: sub('wang'),
  on: civilDate(on),
  way: 'in-person',
  documentId: 'document-1' as DocumentId,
});
export const supplement: CaseCommand = { type: 'supplement', documents: [] };
export const receiveRegistration: CaseCommand = { type: 'receive-registration', by: sub('hr') };
export const inspect = (result: 'registered' | 'rejected'): CaseCommand => ({
  type: 'inspect-registration',
  by: sub('hr'),
  result,
});
export const recordRegistration: CaseCommand = { type: 'record-registration', evidenceId: 'entry' as EvidenceId };
export const lapse = (kind: 'supplement' | 'registration-filing', dueAt: string): CaseCommand => ({
  type: 'lapse',
  kind,
  dueAt: parseInstant(dueAt),
});
export const remindApplicant = (kind: 'supplement' | 'registration-filing', dueAt: string): CaseCommand => ({
  type: 'remind-applicant',
  kind,
  dueAt: parseInstant(dueAt),
});
export const remindOfAccount: CaseCommand = { type: 'remind-of-account', endedOrder: `${caseNo}-1` as OrderNo };
export const merge: CaseCommand = { type: 'merge', into: '220102-2017-0000002' as CaseNo, by: sub('wang') };
export const reportDeath: CaseCommand = { type: 'report-death', by: sub('wang') };
export const decideSuccession = (decision: 'heirs' | 'close'): CaseCommand => ({
  type: 'decide-succession',
  by: sub('hr'),
  decision,
});
export const lookAgain = (source: 'provincial' | 'national', answer: 'found' | 'not-found' = 'found'): CaseCommand => ({
  type: 'look-again',
  source,
  evidenceId: `again-${source}` as EvidenceId,
  answer,
  reportId: objectionId,
});
export const askReconsideration: CaseCommand = { type: 'ask-reconsideration' };
export const reconsider = (
  by: string,
  decision: 'uphold' | 'overturn',
  source: ReconsiderationSource = 'hrss-review',
): CaseCommand => ({
  type: 'decide-reconsideration',
  by: sub(by),
  decision,
  source,
  documentId: source === 'court' ? ('judgment' as DocumentId) : null,
});
export const list: CaseCommand = { type: 'list', roundId, entryId: '1' as EntryId };
export const publish = (at: string): CaseCommand => ({ type: 'publish', roundId, publishedAt: parseInstant(at) });
export const pass: CaseCommand = { type: 'pass', roundId };
export const object = (kind: 'objection' | 'report' = 'objection'): CaseCommand => ({
  type: 'object',
  objectionId,
  kind,
});
export const decideObjection = (finding: 'upheld' | 'dismissed', intentional = false): CaseCommand => ({
  type: 'decide-objection',
  objectionId,
  by: sub('hr'),
  finding,
  intentional,
});
export const release: CaseCommand = {
  type: 'release',
  batchId: '220102-2017-09-25-1' as BatchId,
  orderNo,
  by: sub('fin2'),
};
export const paid: CaseCommand = {
  type: 'record-payment',
  orderNo,
  outcome: { result: 'paid', amountFen: fen(195_000), creditedAt: parseInstant('2017-09-26T11:00:00+08:00') },
};
export const failed: CaseCommand = {
  type: 'record-payment',
  orderNo,
  outcome: { result: 'failed', code: 'account-closed' },
};

export const returned: CaseCommand = {
  type: 'record-payment',
  orderNo,
  outcome: {
    result: 'returned',
    amountFen: fen(195_000),
    code: 'returned-by-payee-bank',
    returnedAt: parseInstant('2017-09-28T11:00:00+08:00'),
  },
};

/** A certificate from another province that is in no register of this one yet (N3.1d). */
export const fileFromElsewhere: CaseFile = {
  ...goodFile,
  certificate: { ...goodFile.certificate, scope: 'other-province' },
  provincial: { answer: 'not-found' },
};

/** One step of a story: when, and what is asked; refused steps break the story. */
export type Step = readonly [at: string, command: CaseCommand];

/** The plain life of a case up to its payment, with real dates of autumn 2017. */
export const plainLife = {
  filed: ['2017-09-04T10:00:00+08:00', file],
  insurance: ['2017-09-04T10:01:00+08:00', lookUp('insurance')],
  provincial: ['2017-09-04T10:01:01+08:00', lookUp('provincial')],
  national: ['2017-09-04T10:01:02+08:00', lookUp('national')],
  handled: ['2017-09-05T09:00:00+08:00', handle('wang', 'approve')],
  approved: ['2017-09-05T14:00:00+08:00', review('li', 'approve')],
  listed: ['2017-09-15T09:00:00+08:00', list],
  published: ['2017-09-18T10:00:00+08:00', publish('2017-09-18T10:00:00+08:00')],
  passed: ['2017-09-26T00:00:00+08:00', pass],
  released: ['2017-09-26T09:00:00+08:00', release],
  paid: ['2017-09-26T11:00:30+08:00', paid],
} as const satisfies Record<string, Step>;

type LifeStep = keyof typeof plainLife;

/** The plain life up to and including a step. */
export function upTo(step: LifeStep): readonly Step[] {
  const names = Object.keys(plainLife) as LifeStep[];
  return names.slice(0, names.indexOf(step) + 1).map((name) => plainLife[name]);
}

export interface FactsOfStory {
  readonly availableFen?: number;
  readonly file?: CaseFile;
  /** A newer case of the same person that has the entitlement. */
  readonly rival?: CaseNo;
}

export function factsAt(
  at: string,
  { availableFen = 10_000_000, file: caseFile = goodFile, rival }: FactsOfStory = {},
): Facts {
  return {
    now: parseInstant(at),
    policy: policy201767,
    calendar,
    fund: { budgetYear: 2017, availableFen: fen(availableFen) },
    file: caseFile,
    rival: rival ?? null,
  };
}

/** Folds one decision into the state. @throws Error when the command is refused */
export function apply(state: CaseState | null, [at, command]: Step, facts?: FactsOfStory): CaseState {
  const given = factsAt(at, facts);
  const decision = decide(state, command, given);
  if ('refusal' in decision) throw new Error(`${command.type} refused: ${decision.refusal.code}`);
  let after = state;
  for (const { event } of decision.events) after = evolve(caseNo, after, { at: given.now, event });
  if (!after) throw new Error('nothing happened');
  return after;
}

/** Given what happened, when something is asked, then events or a refusal. */
export function given(steps: readonly Step[], facts?: FactsOfStory) {
  return continued(
    steps.reduce<CaseState | null>((before, step) => apply(before, step, facts), null),
    facts,
  );
}

/** A story that goes on from a state, with other facts than before. */
export function continued(state: CaseState | null, facts?: FactsOfStory) {
  return {
    state,
    after: (step: Step) => continued(apply(state, step, facts), facts),
    when: (at: string, command: CaseCommand) => {
      const decision = decide(state, command, factsAt(at, facts));
      return {
        records: (...types: CaseEvent['type'][]) => {
          expect('events' in decision ? decision.events.map(({ event }) => event.type) : decision).toEqual(types);
        },
        recordsLike: (event: object) => {
          expect('events' in decision ? decision.events.at(-1)?.event : decision).toMatchObject(event);
        },
        refuses: (code: string) => {
          expect('refusal' in decision ? decision.refusal.code : decision).toBe(code);
        },
      };
    },
  };
}
