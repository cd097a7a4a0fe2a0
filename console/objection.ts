import { h } from 'preact';
import type { CivilDate } from '../domain/time.ts';
import { field } from './field.ts';
import { framed } from './layout.ts';
import { chineseDate } from './words.ts';

export interface ObjectionForm {
  readonly noticeId: string;
  readonly entryId: string;
  /** Whom it is about, as the notice shows them. */
  readonly about: string;
  readonly lastDay: CivilDate;
  /** Sent along, so that the same form sent twice is one objection. */
  readonly key: string;
  readonly text: string;
  readonly contact: string;
  /** What was wrong with it, by field. */
  readonly errors: Readonly<Partial<Record<'text' | 'contact' | 'files', string>>>;
}

/** The form of an objection: words, files if any, and a name only for those who want to give one (N3.4a). */
export function objectionPage(form: ObjectionForm): string {
  const { noticeId, entryId, about, lastDay, key, errors } = form;
  const here = `/public/notices/${noticeId}/entries/${entryId}/objection`;
  const wrong = Object.entries(errors);
  return framed({
    title: wrong.length > 0 ? '填写有误：提出异议' : '提出异议',
    section: 'notices',
    main: [
      h('h1', null, '提出异议'),
      h(
        'p',
        { class: 'lead' },
        `公示编号${noticeId}，第${entryId}号：${about}。请在${chineseDate(lastDay)}24时前提交。`,
      ),
      wrong.length > 0 &&
        h(
          'div',
          { class: 'box bad', role: 'alert' },
          h('h2', null, '请改正以下内容'),
          h(
            'ul',
            null,
            wrong.map(([field, message]) => h('li', null, h('a', { href: `#${field}` }, message))),
          ),
        ),
      h(
        'form',
        { method: 'post', action: here, enctype: 'multipart/form-data' },
        h('input', { type: 'hidden', name: 'key', value: key }),
        field({ name: 'text', label: '异议内容', hint: '请写明事实和理由，最多5000字。', error: errors.text }, (more) =>
          h('textarea', { ...more, required: true, maxLength: 5_000 }, form.text),
        ),
        field(
          {
            name: 'files',
            label: '证明材料（可不提供）',
            hint: '图片（JPEG、PNG）或PDF，最多5个，每个不超过10 MB。',
            error: errors.files,
          },
          (more) =>
            h('input', { ...more, type: 'file', multiple: true, accept: 'image/jpeg,image/png,application/pdf' }),
        ),
        field(
          {
            name: 'contact',
            label: '联系方式（可不填写）',
            hint: '可匿名。填写的，只有人社部门核查人员能看到。',
            error: errors.contact,
          },
          (more) => h('input', { ...more, type: 'text', maxLength: 200, autocomplete: 'off', value: form.contact }),
        ),
        h('button', { type: 'submit' }, '提交异议'),
      ),
    ],
  });
}

/** The receipt: shown once, and nowhere else. */
export function receiptPage(receiptNo: string): string {
  return framed({
    title: '异议已提交',
    section: 'notices',
    main: [
      h('h1', null, '异议已提交'),
      h(
        'div',
        { class: 'box good', role: 'status' },
        h('p', null, '回执编号：'),
        h('p', { class: 'code' }, receiptNo),
        h('p', null, '请抄录或打印保存。凭此编号可查询处理结果，遗失后无法找回。'),
      ),
      h('p', null, '人社部门将会同鉴定机构核查。核查期间，该人员的补贴暂不发放。'),
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

/** What went wrong, for people. */
export const messagePage = (title: string, message: string): string =>
  framed({
    title,
    main: [
      h('h1', null, title),
      h('p', null, message),
      h('p', null, h('a', { href: '/public/notices' }, '返回公示名单')),
    ],
  });
