import pdfmake from 'pdfmake';
import type { Content, TableCell } from 'pdfmake';
import { epochMs, type Instant } from '../domain/time.ts';
import { fontHas, fontPath } from './font.ts';

export type { Content, TableCell };

/** A document for paper: A4, black on white, one font. The adapter takes `content` over and changes it. */
export interface PdfDocument {
  readonly title: string;
  readonly content: Content;
  /** When the document was made: its date, so that the same content gives the same bytes. */
  readonly at: Instant;
  readonly landscape?: boolean;
  /** At the bottom of every page, left; the page's number stands right. */
  readonly footer?: string;
}

export interface Pdf {
  readonly bytes: Buffer;
  /** Characters that the font has no shape for: printed by their code and named on the last page. */
  readonly missing: readonly string[];
}

pdfmake.setFonts({ NotoSansSC: { normal: fontPath, bold: fontPath, italics: fontPath, bolditalics: fontPath } });
// Documents are made of words: nothing in them may fetch or open anything.
pdfmake.setUrlAccessPolicy(() => false);
pdfmake.setLocalAccessPolicy((path) => path === fontPath);

const codeOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/**
 * The document as PDF (about 30 ms a page). The only place that knows pdfmake. A character without a shape in the font
 * would print as an empty box: it is printed as 〔U+20BB7〕 and named at the end, to be written in by hand.
 */
export async function pdf({ title, content, at, landscape = false, footer = '' }: PdfDocument): Promise<Pdf> {
  const missing = new Set<string>();
  const all = { content: [content], footer };
  printable(all, missing);
  const named = [...missing].map(codeOf).join('、');
  const note = `注：以下文字不在打印字库中，正文以编码代替，请手工填写：${named}。`;
  const document = pdfmake.createPdf({
    content: missing.size > 0 ? [...all.content, { text: note, fontSize: 9, margin: [0, 12, 0, 0] }] : all.content,
    footer: (page, pages) => ({
      columns: [all.footer, { text: `第${page}页，共${pages}页`, alignment: 'right' }],
      fontSize: 8,
      margin: [40, 12, 40, 0],
    }),
    pageSize: 'A4',
    pageOrientation: landscape ? 'landscape' : 'portrait',
    pageMargins: [40, 40, 40, 44],
    defaultStyle: { font: 'NotoSansSC', fontSize: 10.5, lineHeight: 1.1 },
    language: 'zh-CN',
    info: { title, creationDate: new Date(epochMs(at)) },
    displayTitle: true,
  });
  return { bytes: await document.getBuffer(), missing: [...missing] };
}

/** What shows nothing by itself: joiners, selectors of variants, marks of direction. */
const unseen = /^[\p{Cf}\p{Cc}\ufe00-\ufe0f\u{e0100}-\u{e01ef}]$/u;

/** Replaces in every text below the node what can't be printed, and notes it. */
function printable(node: object, missing: Set<string>): void {
  for (const key of Object.keys(node)) {
    const value: unknown = Reflect.get(node, key);
    if (typeof value === 'string') Reflect.set(node, key, covered(value, missing));
    else if (typeof value === 'object' && value !== null) printable(value, missing);
  }
}

function covered(text: string, missing: Set<string>): string {
  return [...text]
    .map((character) => {
      if (character === '\n' || fontHas(character)) return character;
      if (unseen.test(character)) return '';
      missing.add(character);
      return `〔${codeOf(character)}〕`;
    })
    .join('');
}
