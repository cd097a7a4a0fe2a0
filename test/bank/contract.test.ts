import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import iconv from 'iconv-lite';
import { openBanks } from '../../activities/bank/index.ts';
import { painProblems } from '../../activities/bank/pain-001-rules.ts';
import type { Bank } from '../../activities/bank/port.ts';
import { readXml } from '../../activities/bank/xml.ts';
import type { BatchId, CaseNo, OrderNo, OrgCode } from '../../domain/ids.ts';
import { fen } from '../../domain/money.ts';
import { banks } from '../../domain/payment/banks.ts';
import type { BankReport } from '../../domain/payment/order.ts';
import { civilDate, parseInstant } from '../../domain/policy/dates.ts';
import type { OrderToPay } from '../../store/order.ts';
import { CLOCK, eventually, runSandbox, type RunningSandbox, TODAY } from '../sandbox/running-sandbox.ts';

/** What every bank adapter keeps, whatever it speaks; each against the sandbox bank. */

const fund = '220100' as OrgCode;
const dayMs = 86_400_000;
const today = civilDate(TODAY);

let sandbox: RunningSandbox;
let bad: string[];
beforeEach(async () => {
  sandbox = await runSandbox();
  bad = [];
});
afterEach(() => sandbox.close());

const open = (name: string): Bank =>
  openBanks({
    url: sandbox.url(),
    folder: sandbox.bankFiles,
    now: () => Promise.resolve(parseInstant('2017-09-01T10:00:00+08:00')),
    bad: (file, lines) => Promise.resolve(void bad.push(`${file} ${lines.join()}`)),
  })(name);

const order = (n: number, more: Partial<OrderToPay['payee']> = {}): OrderToPay => {
  const caseNo = `220102-2017-${String(n).padStart(7, '0')}` as CaseNo;
  return {
    ...{ orderNo: `${caseNo}-1` as OrderNo, caseNo, batchId: '220102-2017-09-01-1' as BatchId, fund },
    ...{ amountFen: fen(150_000 + n), status: 'unknown', sinceAskedMs: null },
    payee: {
      account: `622200001111${String(n).padStart(4, '0')}`,
      bank: '中国工商银行长春分行',
      holder: '赵一',
      ...more,
    },
  };
};

const made = async (): Promise<readonly { orderNo: string }[]> =>
  Reflect.get(Object((await sandbox.call('GET', '/control/bank/transfers')).body), 'items') as { orderNo: string }[];

/** Asks until every order has a final word. */
const final = (bank: Bank, orders: readonly OrderToPay[]): Promise<ReadonlyMap<string, BankReport | null>> =>
  eventually(async () => {
    const known = await bank.ask(orders);
    return orders.every(({ orderNo }) => (known.get(orderNo)?.outcome ?? 'accepted') !== 'accepted')
      ? known
      : undefined;
  });

describe.each(banks)('the bank by %s', (name) => {
  test('orders are paid once under their numbers, however often they are sent', async () => {
    const bank = open(name);
    const orders = [order(1), order(2, { holder: '阿卜杜拉·"买买提",<&>', bank: '农商行, 某"支行"' }), order(3)];
    await bank.send(orders);
    const known = await final(bank, orders);
    for (const { orderNo, amountFen } of orders)
      expect(known.get(orderNo)).toMatchObject({ outcome: 'paid', code: '00', amountFen });
    await bank.send(orders);
    await bank.send(orders.slice(0, 1));
    const more = [order(4)];
    await bank.send(more);
    await final(bank, more);
    expect((await made()).map(({ orderNo }) => orderNo).sort()).toEqual([...orders, ...more].map((one) => one.orderNo));
    expect(bad).toEqual([]);
  });

  test('who is paid is who was named: another holder and a closed account fail, with their codes', async () => {
    const bank = open(name);
    const [mine, foreign, closed] = [order(1, { holder: '钱二' }), order(2), order(3)];
    const account = (one: OrderToPay, holder: string, status: string) =>
      sandbox.call('PUT', `/control/accounts/${one.payee.account}`, { holder, status });
    await account(mine, '钱二', 'open');
    await account(foreign, '孙三', 'open');
    await account(closed, closed.payee.holder, 'closed');
    await bank.send([mine, foreign, closed]);
    const known = await final(bank, [mine, foreign, closed]);
    expect(known.get(mine.orderNo)).toMatchObject({ outcome: 'paid' });
    expect(known.get(foreign.orderNo)).toMatchObject({ outcome: 'failed', code: 'name-differs' });
    expect(known.get(closed.orderNo)).toMatchObject({ outcome: 'failed', code: 'account-closed' });
  });

  test('an order that it never heard of is null, and says nothing of the others', async () => {
    const bank = open(name);
    const [sent, never] = [order(1), order(2)];
    await bank.send([sent]);
    await final(bank, [sent]);
    const known = await bank.ask([sent, never]);
    expect([known.get(sent.orderNo)?.outcome, known.get(never.orderNo)]).toEqual(['paid', null]);
  });

  test('what it did and did not answer for is found after a restart of both', async () => {
    const first = open(name);
    await first.send([order(1)]);
    await final(first, [order(1)]);
    await sandbox.restart();
    expect((await open(name).ask([order(1)])).get(order(1).orderNo)).toMatchObject({ outcome: 'paid' });
  });

  test("the day's statement of one fund's account, with what came back, adds up", async () => {
    const bank = open(name);
    await sandbox.call('PUT', '/control/faults/bank', { mode: 'late-return', count: 1, delayMs: 0 });
    await bank.send([order(1)]);
    await bank.send([order(2)]);
    await bank.send([{ ...order(3), fund: '220200' as OrgCode }]);
    await final(bank, [order(1), order(2), order(3)]);
    await eventually(async () => {
      const { body } = await sandbox.call('GET', `/control/bank/statements/${TODAY}`);
      return (Reflect.get(Object(body), 'lines') as unknown[]).length === 4 ? true : undefined;
    });
    await sandbox.restart({ ...CLOCK, businessAnchorMs: CLOCK.businessAnchorMs + dayMs });
    const later = open(name);
    const statement = await eventually(async () => (await later.statement(fund, today)) ?? undefined);
    const lines = statement.lines.map((line) =>
      'bad' in line ? 'bad' : `${line.orderNo} ${line.kind} ${line.amountFen}`,
    );
    const [one, two] = [order(1), order(2)];
    expect([...lines].sort()).toEqual([
      `${one.orderNo} return ${one.amountFen}`,
      `${one.orderNo} transfer ${one.amountFen}`,
      `${two.orderNo} transfer ${two.amountFen}`,
    ]);
    expect(statement.closingFen - statement.openingFen).toBe(0 - order(2).amountFen);
    expect(statement.date).toBe(TODAY);
  });
});

test('a statement that is not there yet is null by files', async () => {
  for (const name of ['daifa', 'iso20022']) expect(await open(name).statement(fund, today)).toBeNull();
});

test('the bank that is down leaves every order open', async () => {
  await sandbox.call('PUT', '/control/faults/bank', { mode: 'down' });
  const sent = await open('api').send([order(1), order(2)]);
  expect([sent.size, (await open('api').ask([order(1)])).size]).toEqual([0, 0]);
});

describe('files', () => {
  const file = async (format: string): Promise<Buffer> => {
    const folder = join(sandbox.bankFiles, format, 'taken');
    const [name] = await eventually(async () => {
      const names = await readdir(folder);
      return names.length > 0 ? names : undefined;
    });
    return readFile(join(folder, name ?? ''));
  };

  test('代发 goes out in GB18030, rare characters too, every cell quoted', async () => {
    await open('daifa').send([order(1, { holder: '㐀𠮷,"李"' })]);
    const text = iconv.decode(await file('daifa'), 'gb18030');
    expect(text).toContain('"㐀𠮷,""李"""');
    expect(text.split('\r\n')[1]).toMatch(
      /^"220102-2017-09-01-1-\w{10}","长春市失业保险基金","220100","CNY","1","1500.01"/,
    );
  });

  test('pain.001 keeps the rules of its schema', async () => {
    await open('iso20022').send([order(1), order(2)]);
    const xml = (await file('iso20022')).toString();
    const problems = (from: string, to: string) => painProblems(readXml(Buffer.from(xml.replace(from, to))));
    expect(painProblems(readXml(Buffer.from(xml)))).toEqual([]);
    expect(problems('<NbOfTxs>2<', '<NbOfTxs>3<')).toEqual(['GrpHdr: NbOfTxs is wrong']);
    expect(problems('<CtrlSum>3000.03<', '<CtrlSum>3000.04<')).toEqual(['GrpHdr: CtrlSum is wrong']);
    expect(problems('>1500.01<', '>1500.011<')[0]).toContain('InstdAmt: its text is wrong');
    expect(problems('Ccy="CNY"', 'Ccy="USD"')[0]).toContain('Ccy is wrong');
    expect(problems('<PmtMtd>TRF</PmtMtd>', '')[0]).toContain('PmtMtd: it is missing');
    expect(problems('<MsgId>', '<MsgId>/')[0]).toContain('MsgId: its text is wrong');
    expect(problems('<Nm>赵一</Nm>', `<Nm>${'赵'.repeat(141)}</Nm>`)[0]).toContain('Cdtr/Nm: its text is wrong');
    expect(problems('<Nm>赵一</Nm>', '<Nm>赵\u0085一</Nm>')[0]).toContain('Cdtr/Nm: its text is wrong');
    expect(problems(order(2).orderNo, order(1).orderNo)).toEqual(['EndToEndId: one stands twice']);
    expect(problems('<PmtMtd>TRF</PmtMtd>', '<PmtMtd>TRF</PmtMtd><BtchBookg>true</BtchBookg>').length).toBeGreaterThan(
      0,
    );
    expect(problems('pain.001.001.09', 'pain.001.001.03')[0]).toContain('it is no urn:');
  });

  test.each([
    ['a document type', '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', ''],
    ['half of it', '', 'half'],
    ['no XML at all', 'answer', ''],
  ])('an answer with %s is set aside, and the next one is read', async (_, before, cut) => {
    const bank = open('iso20022');
    await bank.send([order(1)]);
    await final(bank, [order(1)]);
    const folder = join(sandbox.bankFiles, 'iso20022', 'in');
    const [name] = (await readdir(folder)).filter((one) => one.includes('done'));
    const good = (await readFile(join(folder, name ?? ''), 'utf8')).replaceAll(order(1).orderNo, order(9).orderNo);
    const text = before + (cut ? good.slice(0, good.length / 2) : good);
    await writeFile(join(folder, 'answer-0.xml'), before === 'answer' ? 'answer' : text);
    await writeFile(join(folder, 'answer-1.xml'), good.replaceAll(order(9).orderNo, order(8).orderNo));
    const known = await bank.ask([order(8), order(9)]);
    expect([known.get(order(8).orderNo)?.outcome, known.get(order(9).orderNo)]).toEqual(['paid', null]);
    expect(bad).toEqual(['answer-0.xml ']);
  });
});
