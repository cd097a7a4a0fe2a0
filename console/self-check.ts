import { type ComponentChildren, h } from 'preact';
import { yuan } from '../domain/money.ts';
import { certificateKindLabels, levelLabels } from '../domain/policy/policy.ts';
import type { SelfCheckAnswer } from '../domain/policy/self-check.ts';
import { choice, field } from './field.ts';
import { chineseDate } from './words.ts';

/** The self-check's form as it was filled in, each field as text; empty at first. */
export const selfCheckFields = ['employed', 'months', 'arrears', 'kind', 'occupation', 'level', 'issuedOn'] as const;
export type SelfCheckField = (typeof selfCheckFields)[number];
export type FilledIn = Readonly<Record<SelfCheckField, string>>;
export type SelfCheckErrors = Readonly<Partial<Record<SelfCheckField, string>>>;

const yesNo = { yes: '是', no: '否' } as const;

/** Questions that the review will ask, answered by oneself; nothing is kept (N6.5). */
export function selfCheckForm(filled: FilledIn, errors: SelfCheckErrors): ComponentChildren {
  const levels = Object.entries(levelLabels).toReversed(); // from 5 up, as people climb
  const text = (name: SelfCheckField, label: string, hint: string, more: object) =>
    field({ name, label, hint, error: errors[name] }, (control) =>
      h('input', { ...control, ...more, required: true, value: filled[name] }),
    );
  const one = (name: SelfCheckField, label: string, options: readonly (readonly [string, string])[]) =>
    field({ name, label, error: errors[name] }, (control) => choice(control, options, filled[name]));
  return h(
    'form',
    { method: 'get', action: '/public/guide#answer' },
    one('employed', '您是参加失业保险的企业职工吗？', Object.entries(yesNo)),
    text('months', '累计缴纳失业保险费多少个月？', '不同单位、不同地区的缴费月数合并计算，中断不影响累计。', {
      ...{ type: 'text', inputMode: 'numeric', maxLength: 4, autocomplete: 'off' },
    }),
    one('arrears', '目前是否欠缴失业保险费？', Object.entries(yesNo).toReversed()),
    one('kind', '证书类别', Object.entries(certificateKindLabels)),
    text('occupation', '证书上的职业（工种）', '例如：焊工。', { type: 'text', maxLength: 100, autocomplete: 'off' }),
    one('level', '证书等级', levels),
    text('issuedOn', '证书核发日期', '年-月-日，例如：2017-06-30。补发的证书填写首次核发日期。', {
      ...{ type: 'date', autocomplete: 'off' },
    }),
    h('button', { type: 'submit' }, '查看结果'),
  );
}

/** What came out: yes or no, why, how much and until when. */
export function selfCheckAnswer({ eligible, amountFen, reasons, lastDayToApply }: SelfCheckAnswer): ComponentChildren {
  return h(
    'div',
    { id: 'answer', class: eligible ? 'box good' : 'box bad', role: 'status' },
    h('h3', null, eligible ? '按您填写的情况，可以申领' : '按您填写的情况，不能申领'),
    eligible && amountFen !== null && h('p', null, `补贴金额：${yuan(amountFen)}元。`),
    eligible && h('p', null, `最后申请日期：${chineseDate(lastDayToApply)}。`),
    h(
      'ul',
      null,
      reasons.map(({ text }) => h('li', null, text)),
    ),
    h('p', null, '自查结果不代替审核：审核时还要核对参保记录和证书信息，并核查是否已享受过补贴。'),
  );
}
