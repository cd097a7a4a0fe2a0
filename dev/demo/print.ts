import { roleLabels, roles } from '../../domain/actor.ts';
import { eventTable } from '../../domain/case/event-table.ts';
import { stateLabels } from '../../domain/case/procedure.ts';
import type { TimelineItem } from '../calls.ts';
import { differences, type Told } from './told.ts';

/** How many columns a terminal needs for the text: Chinese characters and signs take two. */
const widthOf = (text: string): number =>
  [...text].reduce((sum, character) => sum + (/[\u2e80-\ua4cf\uf900-\ufaff\uff00-\uffef]/u.test(character) ? 2 : 1), 0);

const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** `2017-12-21T09:03:12+08:00` → `2017-12-21 09:03`. */
export const minute = (at: string): string => at.slice(0, 16).replace('T', ' ');

/** A story as people read it: the notice's sentence, what happened, how it ended, and whether that is as it should be. */
export function tell(told: Told, number: number): string {
  const { story, end, problem } = told;
  const { notice } = story;
  const wrong = differences(told);
  const verdict = wrong.length === 0 ? '✓ 与通知一致 as the notice says' : '✗ 与通知不符 NOT as the notice says';
  return [
    '',
    `── ${number} ── ${story.title} · ${story.english}`,
    `   通知 ${padded(notice.clause, 6)} ${notice.text}`,
    `   ${' '.repeat(11)} ${notice.english}`,
    ...(end ? [`   案件 ${end.view.caseNo}`, ...end.timeline.map(line)] : []),
    `   结果 ${ending(told)}   ${verdict}`,
    ...(problem === '' || end ? [] : [`   ${' '.repeat(11)} no case was opened`]),
    ...wrong.map((one) => `        ✗ ${one}`),
  ].join('\n');
}

function line({ at, event, actor, reason, detail }: TimelineItem): string {
  const label = padded(`${isKnown(event) ? eventTable[event].label : ''} ${event}`, 34);
  const said = ['source', 'answer', 'kind'].flatMap((name) => (typeof detail[name] === 'string' ? [detail[name]] : []));
  return `     ${minute(at)}  ${label} ${padded(actorText(actor), 14)} ${reason ?? said.join(': ')}`.trimEnd();
}

function ending({ end, problem }: Told): string {
  if (!end) return `不予受理 409 ${problem}`;
  const { state, amountFen, opinion } = end.view;
  const money = amountFen === null ? '' : ` ${(amountFen / 100).toLocaleString('en-US')}元`;
  const clauses = state === 'refused' ? ` ${[...new Set(opinion?.reasons.map((one) => one.clause))].join(', ')}` : '';
  const overdue = end.isOnOverdueList ? '，逾期 overdue' : '';
  return `${labelOf(stateLabels, state)} ${state}${money}${clauses}${overdue}`;
}

const isKnown = (event: string): event is keyof typeof eventTable => event in eventTable;
const labelOf = (labels: Readonly<Record<string, string>>, code: string): string => labels[code] ?? '';

const otherActors: Readonly<Record<string, string>> = { process: '系统', public: '社会公众', bank: '银行' };

function actorText({ kind, sub, role }: TimelineItem['actor']): string {
  const known = roles.find((one) => one === role);
  return [known ? roleLabels[known] : (otherActors[kind] ?? (kind === 'applicant' ? '申请人' : kind)), sub ?? '']
    .join(' ')
    .trim();
}
