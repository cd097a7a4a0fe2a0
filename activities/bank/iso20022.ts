import { create } from 'xmlbuilder2';
import { fen, sumFen } from '../../domain/money.ts';
import { parseInstant } from '../../domain/policy/dates.ts';
import type { BankReport } from '../../domain/payment/order.ts';
import type { BadLine, BankStatement, StatementLine } from '../../domain/payment/statement.ts';
import type { Instant } from '../../domain/time.ts';
import type { FileFormat } from './file-format.ts';
import { painProblems } from './pain-001-rules.ts';
import { fenOf, yuanText } from './port.ts';
import { all, BadFile, type Element, readXml, textAt } from './xml.ts';

/** ISO 20022: pain.001.001.09 out, pain.002 and camt.053 in. */
export const iso20022: FileFormat = {
  name: 'iso20022',
  extension: 'xml',

  list({ messageId, at, on, payer }, orders) {
    const totals = { NbOfTxs: orders.length, CtrlSum: yuanText(sumFen(orders.map((order) => order.amountFen))) };
    const party = { Nm: payer.name };
    const xml = create(
      { version: '1.0', encoding: 'UTF-8' },
      {
        Document: {
          '@xmlns': 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09',
          CstmrCdtTrfInitn: {
            GrpHdr: { MsgId: messageId, CreDtTm: at, ...totals, InitgPty: party },
            PmtInf: {
              PmtInfId: messageId,
              PmtMtd: 'TRF',
              ...totals,
              ReqdExctnDt: { Dt: on },
              Dbtr: party,
              DbtrAcct: { Id: { Othr: { Id: payer.code } } },
              DbtrAgt: { FinInstnId: { Nm: payer.name } },
              CdtTrfTxInf: orders.map(({ orderNo, amountFen, payee }) => ({
                PmtId: { EndToEndId: orderNo },
                Amt: { InstdAmt: { '@Ccy': 'CNY', '#': yuanText(amountFen) } },
                CdtrAgt: { FinInstnId: { Nm: payee.bank } },
                Cdtr: { Nm: payee.holder },
                CdtrAcct: { Id: { Othr: { Id: payee.account } } },
                RmtInf: { Ustrd: '技能提升补贴' },
              })),
            },
          },
        },
      },
    ).end();
    const bytes = Buffer.from(xml);
    const problems = painProblems(readXml(bytes));
    if (problems.length > 0) throw new Error(`pain.001 breaks its rules: ${problems.slice(0, 5).join('; ')}`);
    return bytes;
  },

  answers(bytes) {
    const document = readXml(bytes);
    if (!document.attributes['xmlns']?.includes(':pain.002.001.')) throw new BadFile('it is no pain.002');
    const reports = new Map<string, BankReport>();
    const badLines: number[] = [];
    all(document, 'CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts').forEach((transfer, index) => {
      const read = answerFrom(transfer);
      if (read) reports.set(read.orderNo, read.report);
      else badLines.push(index + 1);
    });
    return { reports, badLines };
  },

  statement(bytes, date): BankStatement {
    const document = readXml(bytes);
    const [statement, second] = all(document, 'BkToCstmrStmt/Stmt');
    if (!document.attributes['xmlns']?.includes(':camt.053.001.') || !statement || second)
      throw new BadFile('it is no camt.053 with one statement');
    const balance = (code: string): number => {
      const found = all(statement, 'Bal').find((one) => textAt(one, 'Tp/CdOrPrtry/Cd') === code);
      const amount = found && textAt(found, 'Dt/Dt') === date ? signed(found) : undefined;
      if (amount === undefined) throw new BadFile(`it has no balance ${code} of that day`);
      return amount;
    };
    const lines = all(statement, 'Ntry').map((entry, index) => lineFrom(entry, index + 1));
    return { date, openingFen: balance('OPBD'), closingFen: balance('CLBD'), lines };
  },
};

/** Accepted, settled and rejected by their ISO codes; any other is none that we agreed on. */
const statuses: Readonly<Record<string, BankReport['outcome']>> = {
  ...{ RCVD: 'accepted', PDNG: 'accepted', ACTC: 'accepted', ACCP: 'accepted', ACSP: 'accepted' },
  ...{ ACSC: 'paid', ACCC: 'paid', RJCT: 'failed' },
};

function answerFrom(transfer: Element): { readonly orderNo: string; readonly report: BankReport } | null {
  const orderNo = textAt(transfer, 'OrgnlEndToEndId');
  const outcome = statuses[textAt(transfer, 'TxSts') ?? ''];
  if (orderNo === undefined || outcome === undefined) return null;
  if (outcome === 'accepted') return { orderNo, report: { outcome } };
  const amount = fenOf(textAt(transfer, 'OrgnlTxRef/Amt/InstdAmt') ?? '');
  const at = instantOf(textAt(transfer, 'AccptncDtTm'));
  if (amount === undefined || at === undefined) return null;
  const code = textAt(transfer, 'StsRsnInf/Rsn/Prtry') ?? textAt(transfer, 'StsRsnInf/Rsn/Cd') ?? outcome;
  return { orderNo, report: { outcome, code, amountFen: fen(amount), at } };
}

function lineFrom(entry: Element, line: number): StatementLine | BadLine {
  const orderNo = textAt(entry, 'NtryDtls/TxDtls/Refs/EndToEndId');
  const amountFen = fenOf(textAt(entry, 'Amt') ?? '');
  const at = instantOf(textAt(entry, 'BookgDt/DtTm'));
  const direction = textAt(entry, 'CdtDbtInd');
  const isCny = all(entry, 'Amt')[0]?.attributes['Ccy'] === 'CNY';
  const isKnown = direction === 'DBIT' || direction === 'CRDT';
  if (orderNo === undefined || amountFen === undefined || amountFen <= 0 || !at || !isKnown || !isCny)
    return { line, bad: true };
  return { line, orderNo, kind: direction === 'DBIT' ? 'transfer' : 'return', amountFen, at };
}

/** A balance: a debit one is below zero. */
function signed(balance: Element): number | undefined {
  const amount = fenOf(textAt(balance, 'Amt') ?? '');
  return amount === undefined ? undefined : textAt(balance, 'CdtDbtInd') === 'DBIT' ? -amount : amount;
}

function instantOf(text: string | undefined): Instant | undefined {
  try {
    return text === undefined ? undefined : parseInstant(text);
  } catch {
    return undefined;
  }
}
