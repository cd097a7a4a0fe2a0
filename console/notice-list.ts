import { h, type VNode } from 'preact';
import type { OrgCode } from '../domain/ids.ts';
import { hrssName, placeName } from '../domain/reference/org-units.ts';
import type { CivilDate } from '../domain/time.ts';
import { framed } from './layout.ts';
import { reportPath } from './report-page.ts';

/** A notice as the list shows it. */
export interface NoticeLine {
  readonly noticeId: string;
  readonly org: OrgCode;
  readonly publishedOn: CivilDate;
  readonly lastDay: CivilDate;
  readonly isOver: boolean;
}

/** Notices, the latest first (N3.2). @param next address of the next page */
export function noticeListPage(lines: readonly NoticeLine[], next: string | null): string {
  return framed({
    title: '公示名单',
    section: 'notices',
    main: [
      h('h1', null, '公示名单'),
      h(
        'p',
        { class: 'lead' },
        '各经办机构审核通过的参保职工技能提升补贴人员名单在此公示，公示期不少于5个工作日。公示期内，任何单位和个人均可对公示内容提出异议。',
      ),
      h(
        'p',
        { class: 'screen-only' },
        '公示期已满或者补贴已经发放的，发现弄虚作假、冒领，可以随时',
        h('a', { href: reportPath }, '举报'),
        '。',
      ),
      lines.length === 0 ? h('p', null, '目前没有公示。') : h('ul', { class: 'list' }, lines.map(line)),
      next && h('p', { class: 'pages' }, h('a', { href: next, rel: 'next' }, '更早的公示')),
    ],
  });
}

const line = ({ noticeId, org, publishedOn, lastDay, isOver }: NoticeLine): VNode =>
  h(
    'li',
    null,
    h('a', { class: 'title', href: `/public/notices/${noticeId}` }, `${placeName(org)}技能提升补贴人员公示`),
    h('span', { class: isOver ? 'tag over' : 'tag' }, isOver ? '公示期已满' : '公示中'),
    h('div', { class: 'more' }, `公示单位：${hrssName(org)}`),
    h('div', { class: 'more' }, `公示日期：${publishedOn}　公示截止：${lastDay}　公示编号：${noticeId}`),
  );
