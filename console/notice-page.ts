import { type ComponentChildren, h } from 'preact';
import { yuan } from '../domain/money.ts';
import type { OrgCode } from '../domain/ids.ts';
import type { PublicEntry } from '../domain/notice/entry.ts';
import { certificateKindLabels, levelLabels } from '../domain/policy/policy.ts';
import { hrssName, placeName } from '../domain/reference/org-units.ts';
import type { CivilDate } from '../domain/time.ts';
import { framed, standingAlone } from './layout.ts';
import { masked } from './masked.ts';
import { reportPathOf } from './report-page.ts';
import { chineseDate } from './words.ts';

/** What a notice says of itself. */
export interface NoticeHead {
  readonly noticeId: string;
  readonly org: OrgCode;
}

/** A notice as this server shows it. */
export interface ShownNotice extends NoticeHead {
  readonly publishedOn: CivilDate;
  readonly lastDay: CivilDate;
  readonly isOver: boolean;
  readonly entries: readonly PublicEntry[];
  /** Address of the next page. */
  readonly next: string | null;
  /** What was searched for; null: the whole list. */
  readonly name: string | null;
  /** More was found than is shown. */
  readonly isCut: boolean;
}

const headings = {
  entryId: '序号',
  name: '姓名',
  idNumber: '身份证号',
  employer: '企业名称',
  kind: '证书类别',
  occupation: '职业（工种）及等级',
  number: '证书编号',
  issuedOn: '核发日期',
  amount: '补贴金额（元）',
} as const;
type Column = keyof typeof headings;

const classes: Partial<Record<Column, string>> = { idNumber: 'id', number: 'id', issuedOn: 'whole', amount: 'number' };

const titleOf = ({ org }: NoticeHead): string => `${placeName(org)}参保企业职工技能提升补贴人员公示`;
/** With the body that publishes, for bookmarks and printed pages. */
const documentTitle = (head: NoticeHead): string => `${titleOf(head)} - ${hrssName(head.org)}`;

/** The notice as it goes to the official site (N3.2): a page that stands alone and says the same to everyone. */
export function noticePage(head: NoticeHead & { readonly entries: readonly PublicEntry[] }): string {
  const { noticeId, org, entries } = head;
  return standingAlone(documentTitle(head), [
    h('h1', null, titleOf(head)),
    h(
      'p',
      { class: 'lead' },
      `公示单位：${hrssName(org)}。公示编号：${noticeId}。对公示人员有异议的，可在公示期内向公示单位提出。`,
    ),
    table(entries, null),
  ]);
}

/** The notice at this server: searched by name, in pages, for paper; empty once the window is over. */
export function shownNoticePage(notice: ShownNotice): string {
  const { noticeId, org, publishedOn, lastDay, isOver } = notice;
  return framed({
    title: documentTitle(notice),
    section: 'notices',
    main: [
      h('h1', null, titleOf(notice)),
      h(
        'dl',
        { class: 'facts' },
        ...[
          ['公示单位', hrssName(org)],
          ['公示编号', noticeId],
          ['公示日期', chineseDate(publishedOn)],
          ['公示截止', `${chineseDate(lastDay)}24时`],
        ].flatMap(([term = '', text = '']) => [h('dt', null, term), h('dd', null, text)]),
      ),
      isOver ? over(notice) : standing(notice),
    ],
  });
}

const over = ({ noticeId }: ShownNotice): ComponentChildren =>
  h(
    'div',
    { class: 'box' },
    h('p', null, '公示期已满，名单已按规定撤下。'),
    h(
      'p',
      null,
      '发现弄虚作假、冒领补贴的，补贴发放以后也可以随时',
      h('a', { href: reportPathOf(noticeId) }, '举报'),
      '。',
    ),
  );

function standing({ noticeId, org, entries, next, name, isCut }: ShownNotice): ComponentChildren {
  const here = `/public/notices/${noticeId}`;
  return [
    h(
      'p',
      { class: 'lead screen-only' },
      `对公示人员有异议的，可在公示截止前通过“提出异议”在线提交，也可向${hrssName(org)}书面反映；署名、匿名均可。`,
    ),
    h(
      'form',
      {
        class: 'inline screen-only',
        method: 'post',
        action: `${here}/search`,
        enctype: 'multipart/form-data',
        role: 'search',
      },
      h(
        'div',
        { class: 'field' },
        h('label', { for: 'name' }, '按姓名查找'),
        h('input', {
          id: 'name',
          name: 'name',
          type: 'text',
          value: name ?? '',
          required: true,
          maxLength: 50,
          autocomplete: 'off',
        }),
      ),
      h('button', { type: 'submit' }, '查找'),
    ),
    name !== null &&
      h('p', { role: 'status' }, [
        `姓名中含“${name}”的共${isCut ? `${entries.length}条以上，只显示前${entries.length}` : entries.length}条。 `,
        h('a', { href: here }, '显示全部'),
      ]),
    entries.length > 0 ? table(entries, noticeId) : name === null && h('p', null, '名单中目前没有人员。'),
    next !== null && h('p', { class: 'pages screen-only' }, h('a', { href: next, rel: 'next' }, '下一页')),
  ];
}

/** @param noticeId where an objection may be raised from each line; null: not on this page */
function table(entries: readonly PublicEntry[], noticeId: string | null): ComponentChildren {
  const columns = Object.entries(headings);
  return h(
    'table',
    { class: 'cards' },
    h('caption', null, '身份证号、证书编号已作遮盖处理。'),
    h(
      'thead',
      null,
      h(
        'tr',
        null,
        columns.map(([column, heading]) =>
          h('th', { scope: 'col', ...(column === 'amount' && { class: 'number' }) }, heading),
        ),
        noticeId !== null && h('th', { scope: 'col', class: 'screen-only' }, '异议'),
      ),
    ),
    h(
      'tbody',
      null,
      entries.map((entry) => row(entry, noticeId)),
    ),
  );
}

function row(entry: PublicEntry, noticeId: string | null): ComponentChildren {
  const { entryId, name, idNumber, employer, certificate, amountFen } = entry;
  const cells: Readonly<Record<Column, ComponentChildren>> = {
    ...{ entryId, name, employer },
    idNumber: masked(idNumber),
    kind: certificateKindLabels[certificate.kind],
    occupation: `${certificate.occupation} ${levelLabels[certificate.level]}`,
    number: masked(certificate.number),
    issuedOn: certificate.issuedOn,
    amount: yuan(amountFen),
  };
  return h(
    'tr',
    null,
    (Object.keys(headings) as Column[]).map((column) => {
      const more = { 'data-label': headings[column], ...(classes[column] && { class: classes[column] }) };
      return column === 'name' ? h('th', { scope: 'row', ...more }, cells[column]) : h('td', more, cells[column]);
    }),
    noticeId !== null &&
      h(
        'td',
        { class: 'screen-only whole', 'data-label': '异议' },
        h(
          'a',
          {
            href: `/public/notices/${noticeId}/entries/${entryId}/objection`,
            'aria-label': `对第${entryId}号提出异议`,
          },
          '提出异议',
        ),
      ),
  );
}
