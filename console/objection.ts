import { h } from 'preact';
import type { OrgCode } from '../domain/ids.ts';
import { hrssName, placeName } from '../domain/reference/org-units.ts';
import type { CivilDate } from '../domain/time.ts';
import { type ComplaintForm, complaintForm, wrongFields } from './complaint-form.ts';
import { framed } from './layout.ts';
import { chineseDate } from './words.ts';

export interface ObjectionForm extends ComplaintForm<never> {
  readonly noticeId: string;
  readonly org: OrgCode;
  readonly entryId: string;
  /** Whom it is about, as the notice shows them. */
  readonly about: string;
  readonly lastDay: CivilDate;
}

/** The form of an objection to an entry, while its notice stands (N3.4a). */
export function objectionPage(form: ObjectionForm): string {
  const { noticeId, org, entryId, about, lastDay, errors } = form;
  const isWrong = Object.keys(errors).length > 0;
  return framed({
    title: `${isWrong ? '填写有误：' : ''}提出异议 - ${placeName(org)}公示第${entryId}号 - ${hrssName(org)}`,
    section: 'notices',
    main: [
      h('h1', null, '提出异议'),
      h(
        'p',
        { class: 'lead' },
        `${hrssName(org)}公示，编号${noticeId}，第${entryId}号：${about}。请在${chineseDate(lastDay)}24时前提交。`,
      ),
      wrongFields(errors),
      complaintForm(form, { action: `/public/notices/${noticeId}/entries/${entryId}/objection`, what: '异议' }),
    ],
  });
}

const received = {
  objection: { what: '异议', next: '人社部门将会同鉴定机构核查。核查期间，该人员的补贴暂不发放。' },
  report: {
    what: '举报',
    next: '人社部门将进行核查。补贴尚未发放的，核查期间暂不发放；已经发放的，查实后依规责令追回。',
  },
} as const;

/** The receipt: shown once, and nowhere else. */
export function receiptPage(kind: keyof typeof received, receiptNo: string): string {
  const { what, next } = received[kind];
  return framed({
    title: `${what}已提交`,
    section: kind === 'objection' ? 'notices' : 'reports',
    main: [
      h('h1', null, `${what}已提交`),
      h(
        'div',
        { class: 'box good', role: 'status' },
        h('p', null, '回执编号：'),
        h('p', { class: 'code' }, receiptNo),
        h('p', null, '请抄录或打印保存。凭此编号可查询处理结果，遗失后无法找回。'),
      ),
      h('p', null, next),
      h('p', null, h('a', { href: '/public/receipts' }, '查询处理结果')),
    ],
  });
}

export interface FoundReceipt {
  readonly kind: 'objection' | 'report';
  readonly state: 'open' | 'dismissed' | 'upheld' | 'closed';
  readonly receivedOn: CivilDate;
}

const outcomes: Readonly<Record<FoundReceipt['state'], string>> = {
  open: '正在核查',
  dismissed: '经核查，反映的情况不成立',
  upheld: '经核查，反映的情况属实，已依规处理',
  closed: '无法确定所反映的案件，已办结',
};

/** Look-up by the receipt's number. @param found null: nothing has that number; undefined: not asked yet */
export function receiptLookUpPage(found: FoundReceipt | null | undefined): string {
  return framed({
    title: '查询回执',
    section: 'receipts',
    main: [
      h('h1', null, '查询回执'),
      h('p', { class: 'lead' }, '提出异议或举报时取得的回执编号（32位）可查询处理结果。'),
      found === null &&
        h('div', { class: 'box bad', role: 'alert' }, h('p', null, '没有这个回执编号，请核对后重新输入。')),
      found &&
        h(
          'div',
          { class: 'box good', role: 'status' },
          h('p', null, `${found.kind === 'objection' ? '异议' : '举报'}，收到日期：${chineseDate(found.receivedOn)}`),
          h('p', null, `处理情况：${outcomes[found.state]}。`),
        ),
      h(
        'form',
        { method: 'post', action: '/public/receipts', enctype: 'multipart/form-data' },
        h(
          'div',
          { class: 'field' },
          h('label', { for: 'receiptNo' }, '回执编号'),
          h('input', {
            id: 'receiptNo',
            name: 'receiptNo',
            type: 'text',
            required: true,
            maxLength: 64,
            autocomplete: 'off',
            spellcheck: false,
          }),
        ),
        h('button', { type: 'submit' }, '查询'),
      ),
    ],
  });
}

/** What went wrong, for people, and where else to go. */
export const messagePage = (
  title: string,
  message: string,
  more?: { readonly href: string; readonly label: string },
): string =>
  framed({
    title,
    main: [
      h('h1', null, title),
      h('p', null, message),
      more && h('p', null, h('a', { href: more.href }, more.label)),
      h('p', null, h('a', { href: '/public/notices' }, '返回公示名单')),
    ],
  });
