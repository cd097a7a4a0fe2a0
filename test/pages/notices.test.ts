import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { addBudget, afterWindow, approved, type Filed, publish, zhao } from '../api/cases.ts';
import { type Desk, openDesk } from '../api/desk.ts';
import { openChromium, widths } from '../setup/chromium.ts';
import { violations } from './accessibility.ts';

let desk: Desk;
let browser: Browser;
let origin: string;
let filed: readonly Filed[];
let roundId: string;

beforeAll(async () => {
  desk = await openDesk(61);
  await addBudget(desk);
  origin = await desk.app.listen({ host: '127.0.0.1', port: 0 });
  filed = [await approved(desk), await approved(desk), await approved(desk)];
  roundId = await publish(desk);
  browser = await openChromium();
}, 120_000);
afterAll(async () => {
  await browser.close();
  desk.app.server.closeAllConnections();
  await desk.close();
});
beforeEach(() => desk.setNow('2017-09-05T09:00:00+08:00'));

async function onPage(
  path: string,
  options: BrowserContextOptions,
  work: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    await page.goto(`${origin}${path}`);
    await work(page);
  } finally {
    await context.close();
  }
}

const paths = () => [
  '/public/notices',
  `/public/notices/${roundId}`,
  `/public/notices/${roundId}/entries/2/objection`,
  '/public/receipts',
  '/public/notices/220102-2017-01-01-9',
];

test('every page: accessible, nothing wider than a phone, not for search engines, nothing that runs', async () => {
  for (const path of paths()) {
    const { headers, payload } = await desk.app.inject({ method: 'GET', url: path });
    expect(headers).toMatchObject({ 'x-robots-tag': 'noindex, nofollow', 'cache-control': 'no-store' });
    expect(String(headers['content-security-policy'])).toMatch(/^default-src 'none'; style-src 'self';/);
    expect(payload).not.toMatch(/<script|style=|\son\w+=|https?:\/\//);
    for (const width of Object.values(widths)) {
      await onPage(path, { viewport: { width, height: 800 }, bypassCSP: true }, async (page) => {
        expect([path, width, await violations(page)]).toEqual([path, width, []]);
        expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
      });
    }
  }
  expect((await desk.app.inject({ method: 'GET', url: '/robots.txt' })).payload).toContain('Disallow: /');
}, 90_000);

test('without script: found by name, objected to, and the receipt read', async () => {
  const person = filed[1]?.person;
  if (!person) throw new Error('nobody was filed');
  await onPage('/public/notices', { javaScriptEnabled: false }, async (page) => {
    await page.getByRole('link', { name: /技能提升补贴人员公示/ }).click();
    await page.getByLabel('按姓名查找').fill(person.name);
    await page.getByRole('button', { name: '查找' }).click();
    expect(page.url()).not.toContain(encodeURIComponent(person.name));
    expect(await page.locator('tbody tr').count()).toBe(filed.filter((one) => one.person.name === person.name).length);
    await page.getByRole('link', { name: '对第2号提出异议' }).click();

    await page.getByLabel('异议内容').fill('此人证书系伪造。');
    await page
      .getByLabel('证明材料')
      .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('x') });
    await page.getByRole('button', { name: '提交异议' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('只能上传');
    expect(await page.getByLabel('异议内容').inputValue()).toBe('此人证书系伪造。');
    await page.getByRole('button', { name: '提交异议' }).click();
    const receiptNo = await page.locator('.code').innerText();
    expect(receiptNo).toMatch(/^[0-9a-f]{32}$/);

    await page.getByRole('link', { name: '查询处理结果' }).click();
    await page.getByLabel('回执编号').fill(receiptNo);
    await page.getByRole('button', { name: '查询' }).click();
    expect(await page.getByRole('status').innerText()).toContain('正在核查');
    expect(page.url()).not.toContain(receiptNo);
  });
}, 60_000);

test('nothing personal beyond the masked: in source, headers and logs', async () => {
  const secrets = filed.flatMap(({ application }) => {
    const { applicant, account, certificate } = application;
    return [
      applicant.idNumber,
      applicant.phone,
      applicant.homeAddress,
      applicant.birthDate,
      account.number,
      certificate.number,
    ];
  });
  for (const path of [...paths(), `/public/v1/notices/${roundId}`]) {
    const { headers, payload } = await desk.app.inject({ method: 'GET', url: path });
    const told = `${JSON.stringify(headers)}${payload}`;
    expect([path, secrets.filter((secret) => told.includes(secret))]).toEqual([path, []]);
  }
  const log = desk.log.join('\n');
  expect([...secrets, ...filed.map(({ person }) => person.name)].filter((secret) => log.includes(secret))).toEqual([]);
  const { payload } = await desk.app.inject({ method: 'GET', url: `/public/notices/${roundId}` });
  expect(payload).toContain(filed[0]?.person.name);
  expect(payload).not.toMatch(/性别|出生|电话|住址|账号|男|女/);
});

test('a struck entry is gone, and after the window every entry is', async () => {
  const strike = { reason: '信息有误', backTo: 'review' };
  await desk.as(zhao).post(`/v1/publicity-rounds/${roundId}/entries/3/strike`, strike);
  const shown = (url: string) => desk.app.inject({ method: 'GET', url });
  expect((await shown(`/public/notices/${roundId}`)).payload).not.toContain('对第3号');
  expect((await shown(`/public/notices/${roundId}/entries/3/objection`)).statusCode).toBe(404);
  await desk.setNow(afterWindow);
  const after = (await shown(`/public/notices/${roundId}`)).payload;
  expect(after).toContain('公示期已满');
  for (const { person } of filed) expect(after).not.toContain(person.name);
  expect((await shown(`/public/notices/${roundId}/entries/1/objection`)).statusCode).toBe(410);
});
