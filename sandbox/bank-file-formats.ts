import { parse } from 'csv-parse/sync';
import { XMLParser } from 'fast-xml-parser';
import iconv from 'iconv-lite';
import { create } from 'xmlbuilder2';
import { z } from 'zod';
import type { Statement } from './bank-statement.ts';
import { orderSchema, type Order, type Transfer } from './bank-transfers.ts';

/** The two kinds of files that the sandbox bank speaks. */
export const FORMATS = ['daifa', 'iso20022'] as const;
export type FormatName = (typeof FORMATS)[number];

/** Reads and writes one kind of file. `list` throws on what is not one. */
export interface BankFileFormat {
  readonly extension: 'csv' | 'xml';
  readonly list: (bytes: Buffer) => readonly Order[];
  readonly answer: (transfers: readonly Transfer[]) => Buffer;
  readonly statement: (statement: Statement, payer: string) => Buffer;
}

const yuan = (fen: number): string => `${fen < 0 ? '-' : ''}${(Math.abs(fen) / 100).toFixed(2)}`;
const fenOf = (text: string): number => Math.round(Number(text) * 100);

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  isArray: (name) => name === 'CdtTrfTxInf',
});
const othr = z.object({ Id: z.object({ Othr: z.object({ Id: z.string() }) }) });
const named = z.object({ Nm: z.string() });
const pain001 = z.object({
  Document: z.object({
    CstmrCdtTrfInitn: z.object({
      GrpHdr: z.object({ NbOfTxs: z.coerce.number(), CtrlSum: z.string() }),
      PmtInf: z.object({
        DbtrAcct: othr,
        CdtTrfTxInf: z.array(
          z.object({
            PmtId: z.object({ EndToEndId: z.string() }),
            Amt: z.object({ InstdAmt: z.string() }),
            CdtrAgt: z.object({ FinInstnId: named }),
            Cdtr: named,
            CdtrAcct: othr,
          }),
        ),
      }),
    }),
  }),
});

const iso20022: BankFileFormat = {
  extension: 'xml',
  list(bytes) {
    const { GrpHdr: head, PmtInf: info } = pain001.parse(parser.parse(bytes.toString('utf8'))).Document
      .CstmrCdtTrfInitn;
    const orders = info.CdtTrfTxInf.map((one) => ({
      orderNo: one.PmtId.EndToEndId,
      account: one.CdtrAcct.Id.Othr.Id,
      holder: one.Cdtr.Nm,
      bank: one.CdtrAgt.FinInstnId.Nm,
      amountFen: fenOf(one.Amt.InstdAmt),
      payer: info.DbtrAcct.Id.Othr.Id,
      via: 'iso20022' as const,
    }));
    return checked(orders, head.NbOfTxs, head.CtrlSum);
  },
  answer: (transfers) =>
    xml('pain.002.001.10', {
      CstmrPmtStsRpt: {
        GrpHdr: { MsgId: 'answer', CreDtTm: transfers[0]?.acceptedAt ?? '' },
        OrgnlGrpInfAndSts: { OrgnlMsgId: 'list', OrgnlMsgNmId: 'pain.001.001.09' },
        OrgnlPmtInfAndSts: {
          OrgnlPmtInfId: 'list',
          TxInfAndSts: transfers.map(({ order, acceptedAt, conclusions: [first] }) => ({
            OrgnlEndToEndId: order.orderNo,
            TxSts: first ? (first.outcome === 'paid' ? 'ACSC' : 'RJCT') : 'ACSP',
            ...(first ? { StsRsnInf: { Rsn: { Prtry: first.code } } } : {}),
            AccptncDtTm: first?.at ?? acceptedAt,
            OrgnlTxRef: { Amt: { InstdAmt: { '@Ccy': 'CNY', '#': yuan(order.amountFen) } } },
          })),
        },
      },
    }),
  statement: ({ date, openingFen, closingFen, lines }, payer) =>
    xml('camt.053.001.08', {
      BkToCstmrStmt: {
        GrpHdr: { MsgId: `statement-${payer}-${date}`, CreDtTm: `${date}T23:59:59+08:00` },
        Stmt: {
          Id: `${payer}-${date}`,
          Acct: { Id: { Othr: { Id: payer } } },
          Bal: [balance('OPBD', openingFen, date), balance('CLBD', closingFen, date)],
          Ntry: lines.map(({ orderNo, kind, amountFen, at }) => ({
            Amt: { '@Ccy': 'CNY', '#': yuan(amountFen) },
            CdtDbtInd: kind === 'transfer' ? 'DBIT' : 'CRDT',
            Sts: { Cd: 'BOOK' },
            BookgDt: { DtTm: at },
            NtryDtls: { TxDtls: { Refs: { EndToEndId: orderNo } } },
          })),
        },
      },
    }),
};

const xml = (name: string, body: object): Buffer =>
  Buffer.from(
    create(
      { version: '1.0', encoding: 'UTF-8' },
      { Document: { '@xmlns': `urn:iso:std:iso:20022:tech:xsd:${name}`, ...body } },
    ).end(),
  );

const balance = (code: string, fen: number, date: string) => ({
  Tp: { CdOrPrtry: { Cd: code } },
  Amt: { '@Ccy': 'CNY', '#': yuan(Math.abs(fen)) },
  CdtDbtInd: fen < 0 ? 'DBIT' : 'CRDT',
  Dt: { Dt: date },
});

const cells = z.array(z.array(z.string()));

const daifa: BankFileFormat = {
  extension: 'csv',
  list(bytes) {
    const text = iconv.decode(bytes, 'gb18030');
    const rows = cells.parse(parse(text, { relax_column_count: true, skip_empty_lines: true }));
    const [, head = [], , ...lines] = rows;
    const [, , payer = '', , count = '', total = ''] = head;
    const orders = lines.map(([, orderNo = '', account = '', holder = '', bank = '', amount = '']) => ({
      ...{ orderNo, account, holder, bank, amountFen: fenOf(amount), payer, via: 'daifa' as const },
    }));
    return checked(orders, Number(count), total);
  },
  answer: (transfers) =>
    csv([
      ['序号', '指令号', '处理结果', '结果代码', '金额', '处理时间'],
      ...transfers.map(({ order, acceptedAt, conclusions: [first] }, index) => [
        ...[String(index + 1), order.orderNo, first ? (first.outcome === 'paid' ? '成功' : '失败') : '处理中'],
        ...[first?.code ?? '', yuan(order.amountFen), first?.at ?? acceptedAt],
      ]),
    ]),
  statement: ({ date, openingFen, closingFen, lines }, payer) =>
    csv([
      ['付款账户', '日期', '期初余额', '期末余额', '笔数'],
      [payer, date, yuan(openingFen), yuan(closingFen), String(lines.length)],
      ['序号', '指令号', '类型', '金额', '时间'],
      ...lines.map(({ line, orderNo, kind, amountFen, at }) => [
        ...[String(line), orderNo, kind === 'transfer' ? '付款' : '退汇', yuan(amountFen), at],
      ]),
    ]),
};

const csv = (rows: readonly (readonly string[])[]): Buffer =>
  iconv.encode(rows.map((row) => `${row.join(',')}\r\n`).join(''), 'gb18030');

/** A list is taken whole: its count and sum must be right. */
function checked(orders: readonly Order[], count: number, total: string): readonly Order[] {
  const sum = orders.reduce((fen, { amountFen }) => fen + amountFen, 0);
  if (orders.length !== count || fenOf(total) !== sum) throw new Error('the list differs from its count or sum');
  return orders.map((order) => orderSchema.parse(order));
}

export const bankFileFormats: Readonly<Record<FormatName, BankFileFormat>> = { daifa, iso20022 };
