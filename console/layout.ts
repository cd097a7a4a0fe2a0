import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type ComponentChildren, h } from 'preact';
import { renderToStaticMarkup } from 'preact-render-to-string';

const styleFile = new URL('style.css', import.meta.url);
/** The one style sheet of all pages. */
export const style: string = readFileSync(styleFile, 'utf8');
/** Its address changes with its content, so that browsers may keep it for good. */
export const stylePath = `/public/style-${createHash('sha256').update(style).digest('hex').slice(0, 12)}.css`;

/** What the public finds here, in the order of the navigation. */
const sections = {
  notices: { label: '公示名单', path: '/public/notices' },
  reports: { label: '举报', path: '/public/reports' },
  receipts: { label: '查询回执', path: '/public/receipts' },
  guide: { label: '办事指南', path: '/public/guide' },
} as const;
export type Section = keyof typeof sections;

export interface PageFrame {
  /** Of the document; the page's own h1 stands in `main`. */
  readonly title: string;
  /** Where in the navigation the page belongs; absent where nowhere. */
  readonly section?: Section;
  readonly main: ComponentChildren;
}

const site = '吉林省职工技能提升补贴';

/** A public page as text: no script, no inline style, not for search engines. Everything in it is escaped. */
export function framed({ title, section, main }: PageFrame): string {
  return documentOf(
    title,
    `<link rel="stylesheet" href="${stylePath}">`,
    h('a', { class: 'skip', href: '#main' }, '跳到正文'),
    h(
      'header',
      { class: 'site' },
      h(
        'div',
        { class: 'wrap' },
        h('p', { class: 'name' }, site),
        h(
          'nav',
          { 'aria-label': '栏目' },
          h(
            'ul',
            null,
            Object.entries(sections).map(([name, { label, path }]) =>
              h(
                'li',
                null,
                h('a', { href: path, ...(name === section && { 'aria-current': 'page' as const }) }, label),
              ),
            ),
          ),
        ),
      ),
    ),
    h('main', { id: 'main', class: 'wrap', tabIndex: -1 }, main),
    h(
      'footer',
      { class: 'site' },
      h('div', { class: 'wrap' }, '依据吉人社联字〔2017〕67号办理。公示信息仅供监督使用，请勿转载或用于其他用途。'),
    ),
  );
}

/** A page that stands alone on another site: the style comes with it, nothing else is fetched. */
export const standingAlone = (title: string, main: ComponentChildren): string =>
  documentOf(title, `<style>${style}</style>`, h('main', { id: 'main', class: 'wrap' }, main));

function documentOf(title: string, looks: string, ...body: readonly ComponentChildren[]): string {
  const page = h(
    'html',
    { lang: 'zh-CN' },
    h(
      'head',
      null,
      h('meta', { charSet: 'utf-8' }),
      h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      h('meta', { name: 'robots', content: 'noindex, nofollow' }),
      h('title', null, `${title} - ${site}`),
    ),
    h('body', null, ...body),
  );
  return `<!doctype html>${renderToStaticMarkup(page).replace('</head>', `${looks}</head>`)}`;
}
