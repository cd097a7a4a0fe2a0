import { h, type VNode } from 'preact';
import { renderToStaticMarkup } from 'preact-render-to-string';
import { yuan } from '../domain/money.ts';
import type { PublicEntry } from '../domain/notice/entry.ts';
import { certificateKindLabels, levelLabels } from '../domain/policy/policy.ts';

export interface NoticePage {
  readonly noticeId: string;
  readonly orgName: string;
  readonly entries: readonly PublicEntry[];
}

const headings = [
  '序号',
  '姓名',
  '身份证号',
  '企业名称',
  '证书类别',
  '职业（工种）及等级',
  '证书编号',
  '核发日期',
  '补贴金额（元）',
];

/** The public notice as the official site shows it (N3.2): a page without script that says the same to everyone. */
export function noticePage({ noticeId, orgName, entries }: NoticePage): string {
  const title = `${orgName}参保企业职工技能提升补贴人员公示`;
  const page = h(
    'html',
    { lang: 'zh-CN' },
    h(
      'head',
      null,
      h('meta', { charSet: 'utf-8' }),
      h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      h('meta', { name: 'robots', content: 'noindex' }),
      h('title', null, title),
    ),
    h(
      'body',
      null,
      h('h1', null, title),
      h('p', null, `公示编号：${noticeId}。对公示人员有异议的，可在公示期内提出。`),
      h(
        'table',
        null,
        h(
          'thead',
          null,
          h(
            'tr',
            null,
            headings.map((heading) => h('th', { scope: 'col' }, heading)),
          ),
        ),
        h('tbody', null, entries.map(row)),
      ),
    ),
  );
  return `<!doctype html>${renderToStaticMarkup(page)}`;
}

function row({ entryId, name, idNumber, employer, certificate, amountFen }: PublicEntry): VNode {
  const cells = [
    entryId,
    name,
    idNumber,
    employer,
    certificateKindLabels[certificate.kind],
    `${certificate.occupation} ${levelLabels[certificate.level]}`,
    certificate.number,
    certificate.issuedOn,
    yuan(amountFen),
  ];
  return h(
    'tr',
    null,
    cells.map((cell) => h('td', null, cell)),
  );
}
