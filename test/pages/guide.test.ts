import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { selfCheckFields } from '../../console/self-check.ts';
import { type Desk, openDesk } from '../api/desk.ts';
import { openChromium, widths } from '../setup/chromium.ts';
import { violations } from './accessibility.ts';

let desk: Desk;
let browser: Browser;
let origin: string;

beforeAll(async () => {
  desk = await openDesk(62);
  origin = await desk.app.listen({ host: '127.0.0.1', port: 0 });
  browser = await openChromium();
}, 120_000);
afterAll(async () => {
  await browser.close();
  desk.app.server.closeAllConnections();
  await desk.close();
});

const path = (filled: Readonly<Record<string, string>>) => `/public/guide?${new URLSearchParams(filled).toString()}`;
const welder = {
  ...{ employed: 'yes', months: '40', arrears: 'no', kind: 'qualification' },
  ...{ occupation: '电焊工', level: '4', issuedOn: '2017-06-30' },
};

test('the guide in a browser: found, accessible, nothing wider than a phone, no script', async () => {
  for (const width of Object.values(widths)) {
    const context = await browser.newContext({ viewport: { width, height: 800 }, bypassCSP: true });
    const page = await context.newPage();
    const response = await page.goto(`${origin}/public/guide`);
    expect(response?.headers()['content-security-policy']).toContain("default-src 'none'");
    expect(await page.content()).not.toContain('<script');
    const text = await page.locator('main').innerText();
    for (const fact of ['36个月', '12个月内', '16:30', '1,950', '多工序数控机床操作调整工', '60日内'])
      expect(text).toContain(fact);
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    await context.close();
  }
}, 60_000);

test('someone asks by the form, in a browser without script, and is answered as by the API', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${origin}/public/guide`);
  await page.getByLabel('累计缴纳失业保险费多少个月？').fill('40');
  await page.getByLabel('证书上的职业（工种）').fill('电焊工');
  await page.getByLabel('证书等级').selectOption('4');
  await page.getByLabel('证书核发日期').fill('2017-06-30');
  await page.getByRole('button', { name: '查看结果' }).click();
  const said = await page.getByRole('status').innerText();
  expect(said).toContain('可以申领');
  expect(said).toContain('1,950元');
  expect(said).toContain('2018年7月2日'); // 2018-06-30 is a Saturday
  expect(await page.getByLabel('证书上的职业（工种）').inputValue()).toBe('电焊工');
  await context.close();
}, 60_000);

test('the page answers what the API answers, reason by reason', async () => {
  for (const otherwise of [
    {},
    { months: '35' },
    { employed: 'no', arrears: 'yes' },
    { issuedOn: '2016-12-31' },
    { level: '2' },
  ]) {
    const filled = { ...welder, ...otherwise };
    const page = await desk.app.inject({ url: path(filled) });
    const api = await desk.app.inject({
      method: 'POST',
      url: '/public/v1/eligibility-checks',
      payload: {
        ...{ employed: filled.employed === 'yes', contributionMonths: Number(filled.months) },
        arrears: filled.arrears === 'yes',
        certificate: {
          ...{ kind: filled.kind, occupation: filled.occupation },
          ...{ level: Number(filled.level), issuedOn: filled.issuedOn },
        },
      },
    });
    const { eligible, reasons } = api.json<{ eligible: boolean; reasons: { text: string }[] }>();
    expect(page.body).toContain(eligible ? '可以申领' : '不能申领');
    expect(reasons.length).toBeGreaterThan(0);
    for (const { text } of reasons) expect(page.body).toContain(text);
  }
});

test('what is wrong is said at its field; nothing that is typed is more than text', async () => {
  const { body, statusCode } = await desk.app.inject({
    url: path({
      ...welder,
      months: 'viele',
      level: '9',
      issuedOn: '2017-02-30',
      occupation: '<script>alert(1)</script>',
    }),
  });
  expect(statusCode).toBe(200);
  expect(body).not.toContain('<script');
  const wrong = [...body.matchAll(/id="([a-zA-Z]+)-error"/g)].map(([, name]) => name);
  expect(wrong).toEqual(['months', 'level', 'issuedOn']);
  expect(body).not.toContain('可以申领</h3>');
  const all = await desk.app.inject({
    url: path(Object.fromEntries(selfCheckFields.map((name) => [name, '?'.repeat(300)]))),
  });
  expect(all.statusCode).toBe(200);
});
