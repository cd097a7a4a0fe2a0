import { fenOf } from './port.ts';
import { all, type Element, textAt } from './xml.ts';

/** An element of the schema: how often it may stand at its place, and what may be in it. */
interface Part {
  readonly tag: string;
  readonly min: 0 | 1;
  readonly max: number;
  readonly inside: RegExp | readonly Part[];
  readonly attributes?: Readonly<Record<string, RegExp>>;
}

const one = (tag: string, inside: Part['inside'], attributes?: Part['attributes']): Part => ({
  ...{ tag, min: 1, max: 1, inside },
  ...(attributes ? { attributes } : {}),
});
const may = (tag: string, inside: Part['inside']): Part => ({ tag, min: 0, max: 1, inside });
const many = (tag: string, inside: Part['inside']): Part => ({ tag, min: 1, max: Infinity, inside });

/** Letters of any script, no control characters; what banks show to people. */
const text = (longest: number): RegExp =>
  new RegExp(`^(?=.*\\S)[^\\u0000-\\u001F\\u007F-\\u009F\\uFFFE\\uFFFF]{1,${longest}}$`, 'u');
/** Ids: the SWIFT character set, no slash at either end and no two of them. */
const id35 = /^(?!\/)(?!.*\/\/)[A-Za-z0-9/\-?:().,'+ ]{1,35}(?<!\/)$/;
const id34 = /^[A-Za-z0-9/\-?:().,'+ ]{1,34}$/;
const count = /^[0-9]{1,15}$/;
const sum = /^[0-9]{1,16}(\.[0-9]{1,2})?$/;
const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?[+-]\d{2}:\d{2}$/;
const date = /^\d{4}-\d{2}-\d{2}$/;

const party: readonly Part[] = [one('Nm', text(140))];
const account: readonly Part[] = [one('Id', [one('Othr', [one('Id', id34)])])];
const agent: readonly Part[] = [one('FinInstnId', [one('Nm', text(140))])];

/** pain.001.001.09 in the part of it that is used here, in the schema's own order. */
const customerCreditTransferInitiation: readonly Part[] = [
  one('CstmrCdtTrfInitn', [
    one('GrpHdr', [
      one('MsgId', id35),
      one('CreDtTm', dateTime),
      one('NbOfTxs', count),
      may('CtrlSum', sum),
      one('InitgPty', party),
    ]),
    many('PmtInf', [
      one('PmtInfId', id35),
      one('PmtMtd', /^TRF$/),
      may('NbOfTxs', count),
      may('CtrlSum', sum),
      one('ReqdExctnDt', [one('Dt', date)]),
      one('Dbtr', party),
      one('DbtrAcct', account),
      one('DbtrAgt', agent),
      many('CdtTrfTxInf', [
        one('PmtId', [may('InstrId', id35), one('EndToEndId', id35)]),
        one('Amt', [one('InstdAmt', sum, { Ccy: /^CNY$/ })]),
        one('CdtrAgt', agent),
        one('Cdtr', party),
        one('CdtrAcct', account),
        may('RmtInf', [one('Ustrd', text(140))]),
      ]),
    ]),
  ]),
];

const namespace = 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09';

/** What is wrong with a payment file by the rules of its schema, each with its place; empty: it may go out. */
export function painProblems(document: Element): readonly string[] {
  const problems: string[] = [];
  if (document.name !== 'Document' || document.attributes['xmlns'] !== namespace)
    problems.push(`it is no ${namespace}`);
  problems.push(...structure(document, customerCreditTransferInitiation, ''));
  if (problems.length > 0) return problems;
  for (const initiation of document.children) problems.push(...sums(initiation));
  return problems;
}

function structure(element: Element, parts: readonly Part[], place: string): readonly string[] {
  const problems: string[] = [];
  let at = 0;
  for (const { tag, min, max, inside, attributes = {} } of parts) {
    const path = `${place}/${tag}`;
    const first = at;
    while (element.children[at]?.name === tag && at - first < max) {
      const child = element.children[at];
      at += 1;
      if (!child) break;
      for (const [name, rule] of Object.entries(attributes))
        if (!rule.test(child.attributes[name] ?? '')) problems.push(`${path}: attribute ${name} is wrong`);
      if (inside instanceof RegExp) {
        if (child.children.length > 0 || !inside.test(child.text)) problems.push(`${path}: its text is wrong`);
      } else problems.push(...structure(child, inside, path));
    }
    if (at - first < min) problems.push(`${path}: it is missing`);
  }
  const extra = element.children[at];
  if (extra) problems.push(`${place}/${extra.name}: not at this place, or too often`);
  return problems;
}

/** Counts and sums of both levels, and each order once. */
function sums(initiation: Element): readonly string[] {
  const problems: string[] = [];
  const check = (level: Element, head: string, transfers: readonly Element[], name: string) => {
    const total = transfers.reduce((fen, one) => fen + (fenOf(textAt(one, 'Amt/InstdAmt') ?? '') ?? NaN), 0);
    const said = { count: textAt(level, `${head}NbOfTxs`), sum: textAt(level, `${head}CtrlSum`) };
    if (said.count !== undefined && Number(said.count) !== transfers.length) problems.push(`${name}: NbOfTxs is wrong`);
    if (said.sum !== undefined && fenOf(said.sum) !== total) problems.push(`${name}: CtrlSum is wrong`);
  };
  check(initiation, 'GrpHdr/', all(initiation, 'PmtInf/CdtTrfTxInf'), 'GrpHdr');
  for (const info of all(initiation, 'PmtInf')) check(info, '', all(info, 'CdtTrfTxInf'), 'PmtInf');
  const ids = all(initiation, 'PmtInf/CdtTrfTxInf/PmtId/EndToEndId').map((id) => id.text);
  if (new Set(ids).size !== ids.length) problems.push('EndToEndId: one stands twice');
  for (const amount of all(initiation, 'PmtInf/CdtTrfTxInf/Amt/InstdAmt'))
    if ((fenOf(amount.text) ?? 0) <= 0) problems.push('InstdAmt: not more than zero');
  return problems;
}
