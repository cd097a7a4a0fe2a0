import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { addBudget, afterWindow, approved, type Filed, publish, zhao } from '../api/cases.ts';
import { type Desk, openDesk } from '../api/desk.ts';
import { formOf, png } from '../api/uploads.ts';
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
  '/public/reports',
  `/public/reports?noticeId=${roundId}&entryId=1`,
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

/** Of covered numbers, those whose last four characters stand on two lines. */
const brokenNumbers = `[...document.querySelectorAll('td.id')].map((cell) => {
  const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  const tops = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    for (let at = 0; at < node.data.length; at++) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      tops.push(Math.round(range.getBoundingClientRect().top));
    }
  return new Set(tops.slice(-4)).size;
}).filter((lines) => lines !== 1)`;

test('a covered number never has its last four characters on two lines, at whatever width', async () => {
  await onPage(`/public/notices/${roundId}`, {}, async (page) => {
    for (const media of ['screen', 'print'] as const) {
      await page.emulateMedia({ media });
      for (let width = 320; width <= 1280; width += 24) {
        await page.setViewportSize({ width, height: 800 });
        expect([media, width, await page.evaluate(brokenNumbers)]).toEqual([media, width, []]);
      }
    }
  });
}, 60_000);

test('on paper a notice is a table, with who published it; the title says where and by whom', async () => {
  await onPage(`/public/notices/${roundId}`, { viewport: { width: 718, height: 1_000 } }, async (page) => {
    await page.emulateMedia({ media: 'print' }); // A4 within usual margins
    expect(await page.locator('thead').isVisible()).toBe(true);
    const [first, second] = await page.locator('tbody tr').all();
    expect((await first?.boundingBox())?.height).toBeLessThan(70);
    expect((await second?.locator('td').first().boundingBox())?.width).toBeLessThan(80);
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    expect(await page.locator('main').innerText()).toContain('长春市南关区人力资源和社会保障局');
    expect(await page.title()).toBe(
      '长春市南关区参保企业职工技能提升补贴人员公示 - 长春市南关区人力资源和社会保障局 - 吉林省职工技能提升补贴',
    );
  });
  const { payload } = await desk.app.inject({ method: 'GET', url: '/public/notices' });
  expect(payload).toContain('长春市南关区技能提升补贴人员公示');
}, 60_000);

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

test('without script: somebody is reported, with a file; a number that is wrong is told, and nothing is lost', async () => {
  await onPage('/public/notices', { javaScriptEnabled: false }, async (page) => {
    await page.getByRole('main').getByRole('link', { name: '举报' }).click();
    await page.getByLabel('公示编号').fill('220102-2017-01-01-9');
    await page.getByLabel('公示序号').fill('1');
    await page.getByLabel('被举报人姓名').fill('钱二');
    await page.getByLabel('举报内容').fill('此人没有上过班。');
    await page.getByRole('button', { name: '提交举报' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('没有这个公示编号');
    expect(await page.getByLabel('被举报人姓名').inputValue()).toBe('钱二');
    expect(await page.getByLabel('举报内容').inputValue()).toBe('此人没有上过班。');

    await page.getByLabel('公示编号').fill('');
    await page.getByLabel('公示序号').fill('');
    const file = { name: 'a.png', mimeType: 'image/png', buffer: png };
    await page.getByLabel('证明材料').setInputFiles(file);
    await page.getByRole('button', { name: '提交举报' }).click();
    const receiptNo = await page.locator('.code').innerText();
    expect(await page.getByRole('main').innerText()).toContain('查实后依规责令追回');
    await page.getByRole('link', { name: '查询处理结果' }).click();
    await page.getByLabel('回执编号').fill(receiptNo);
    await page.getByRole('button', { name: '查询' }).click();
    expect(await page.getByRole('status').innerText()).toMatch(/举报[^]*正在核查/);
  });
  expect(await desk.sql('SELECT org, bytes FROM unmatched_report JOIN report_file USING (report_id)')).toEqual([
    { org: '220000', bytes: png.length },
  ]);
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

test('an address that somebody mistyped or made up is a page that says so', async () => {
  const entry = (no: string) => `/public/notices/${roundId}/entries/${no}/objection`;
  const made = ['abc', 'NaN', '1.5', '1e0', '-1', '01', '9', '99999999999999999999', '%27--'].map(entry);
  for (const url of [...made, '/public/notice', '/public/notices/', '/public/notices/x/y/z']) {
    const { statusCode, headers, payload } = await desk.app.inject({ method: 'GET', url });
    expect([url, statusCode, headers['content-type']]).toEqual([url, 404, 'text/html; charset=utf-8']);
    expect(payload).toContain('没有找到');
  }
  const { headers } = await desk.app.inject({ method: 'GET', url: '/public/v1/notice' });
  expect(headers['content-type']).toContain('application/problem+json');
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
  const late = await shown(`/public/notices/${roundId}/entries/1/objection`);
  const report = `/public/reports?noticeId=${roundId}`;
  expect([late.statusCode, late.payload]).toEqual([410, expect.stringContaining(`${report}&amp;entryId=1`)]);
  expect(after).toContain(`href="${report}"`);

  // With the numbers of the notice that is over: on that very case.
  const pre = (await shown(`${report}&entryId=1`)).payload;
  expect([pre.includes(`value="${roundId}"`), pre.includes(filed[0]?.person.name ?? '')]).toEqual([true, false]);
  const form = await formOf(png, { noticeId: roundId, entryId: '1', text: '冒领。' }, 'files');
  const post = () =>
    desk.app.inject({ method: 'POST', url: '/public/reports', payload: form.body, headers: form.headers });
  expect((await post()).payload).toMatch(/[0-9a-f]{32}/);
  expect(await desk.sql(`SELECT case_no FROM objection WHERE kind = 'report'`)).toEqual([
    { case_no: filed[0]?.caseNo },
  ]);
  const answers: number[] = [];
  for (let n = 0; n < 35; n++) answers.push((await post()).statusCode);
  expect([answers[0], answers.at(-1)]).toEqual([200, 429]);
});
