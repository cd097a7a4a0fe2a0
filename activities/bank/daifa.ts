import { parse } from 'csv-parse/sync';
import iconv from 'iconv-lite';
import { fen, sumFen } from '../../domain/money.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import type { BankReport } from '../../domain/payment/order.ts';
import type { BadLine, StatementLine } from '../../domain/payment/statement.ts';
import type { Instant } from '../../domain/time.ts';
import type { FileFormat } from './file-format.ts';
import { fenOf, yuanText } from './port.ts';
import { BadFile } from './xml.ts';

const listHead = ['批次号', '付款单位', '付款账户', '币种', '总笔数', '总金额', '委托日期'];
const listColumns = ['序号', '指令号', '收款账号', '户名', '开户银行', '金额', '用途'];
const answerColumns = ['序号', '指令号', '处理结果', '结果代码', '金额', '处理时间'];
const statementHead = ['付款账户', '日期', '期初余额', '期末余额', '笔数'];
const statementColumns = ['序号', '指令号', '类型', '金额', '时间'];

/** The domestic 代发 list: CSV in GB18030 out, its answer (回盘) and the day's statement (对账单) in. */
export const daifa: FileFormat = {
  name: 'daifa',
  extension: 'csv',

  list({ messageId, on, payer }, orders) {
    const total = yuanText(sumFen(orders.map((order) => order.amountFen)));
    const rows = [
      listHead,
      [messageId, payer.name, payer.code, 'CNY', String(orders.length), total, on],
      listColumns,
      ...orders.map(({ orderNo, amountFen, payee }, index) => [
        ...[String(index + 1), orderNo, payee.account, payee.holder, payee.bank, yuanText(amountFen), '技能提升补贴'],
      ]),
    ];
    return iconv.encode(rows.map((row) => `${row.map(cell).join(',')}\r\n`).join(''), 'gb18030');
  },

  answers(bytes) {
    const rows = tableAfter(bytes, answerColumns);
    const reports = new Map<string, BankReport>();
    const badLines: number[] = [];
    rows.forEach((row, index) => {
      const read = answerFrom(row);
      if (read) reports.set(read.orderNo, read.report);
      else badLines.push(index + 1);
    });
    return { reports, badLines };
  },

  statement(bytes, date) {
    const all = rowsOf(bytes);
    const [head, values] = all;
    if (head?.join() !== statementHead.join() || !values) throw new BadFile('it is no 对账单');
    const [, day, opening, closing, count] = values;
    const rows = tableAfter(bytes, statementColumns);
    const openingFen = fenOf(opening ?? '');
    const closingFen = fenOf(closing ?? '');
    if (day !== date || openingFen === undefined || closingFen === undefined)
      throw new BadFile('it has no balances of that day');
    if (Number(count) !== rows.length) throw new BadFile('it is not complete');
    return { date, openingFen, closingFen, lines: rows.map((row, index) => lineFrom(row, index + 1)) };
  },
};

/** Always quoted, so that no name can be read as columns; a quote in it is doubled. */
const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;

function rowsOf(bytes: Buffer): readonly (readonly string[])[] {
  let text: string;
  try {
    text = new TextDecoder('gb18030', { fatal: true }).decode(bytes);
  } catch {
    throw new BadFile('it is not written in GB18030');
  }
  try {
    return parse(text, { relax_column_count: true, skip_empty_lines: true, trim: true });
  } catch {
    throw new BadFile('it is no CSV');
  }
}

/** The rows below the line that names these columns. @throws BadFile */
function tableAfter(bytes: Buffer, columns: readonly string[]): readonly (readonly string[])[] {
  const rows = rowsOf(bytes);
  const head = rows.findIndex((row) => row.join() === columns.join());
  if (head < 0) throw new BadFile(`it has no columns ${columns.join('、')}`);
  return rows.slice(head + 1);
}

const outcomes: Readonly<Record<string, BankReport['outcome']>> = { 处理中: 'accepted', 成功: 'paid', 失败: 'failed' };

function answerFrom(row: readonly string[]): { readonly orderNo: string; readonly report: BankReport } | null {
  const [, orderNo, result = '', code = '', amount = '', time] = row;
  const outcome = outcomes[result];
  if (!orderNo || outcome === undefined) return null;
  if (outcome === 'accepted') return { orderNo, report: { outcome } };
  const amountFen = fenOf(amount);
  const at = instantOf(time);
  if (amountFen === undefined || !at) return null;
  return { orderNo, report: { outcome, code: code || outcome, amountFen: fen(amountFen), at } };
}

function lineFrom(row: readonly string[], line: number): StatementLine | BadLine {
  const [, orderNo, kind, amount = '', time] = row;
  const amountFen = fenOf(amount);
  const at = instantOf(time);
  const isKnown = kind === '付款' || kind === '退汇';
  if (!orderNo || !isKnown || amountFen === undefined || amountFen <= 0 || !at) return { line, bad: true };
  return { line, orderNo, kind: kind === '付款' ? 'transfer' : 'return', amountFen, at };
}

function instantOf(text: string | undefined): Instant | undefined {
  try {
    return text ? parseInstant(text) : undefined;
  } catch {
    return undefined;
  }
}
