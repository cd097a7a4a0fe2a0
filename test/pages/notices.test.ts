import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { addBudget, approved, publish } from '../api/cases.ts';
import { type Desk, openDesk } from '../api/desk.ts';
import { openChromium, widths } from '../setup/chromium.ts';
import { z } from 'zod';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let desk: Desk;
let browser: Browser;
let origin: string;

beforeAll(async () => {
  desk = await openDesk(61);
  await addBudget(desk);
  origin = await desk.app.listen({ host: '127.0.0.1', port: 0 });
  browser = await openChromium();
}, 120_000);
afterAll(async () => {
  await browser.close();
  await desk.close();
});

const violationsOf = z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) }));

/** What axe-core finds against WCAG 2.2 A and AA. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const found: unknown = await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
       .then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => ({ html })) })))`,
  );
  return violationsOf.parse(found).map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

test('the list of notices in a browser: found, accessible, nothing wider than a phone', async () => {
  await approved(desk);
  const roundId = await publish(desk);
  for (const width of Object.values(widths)) {
    const context = await browser.newContext({ viewport: { width, height: 800 }, bypassCSP: true });
    const page = await context.newPage();
    const response = await page.goto(`${origin}/public/notices`);
    expect(response?.headers()).toMatchObject({ 'x-robots-tag': 'noindex, nofollow', 'cache-control': 'no-store' });
    expect(await page.getByRole('link', { name: /技能提升补贴人员公示/ }).getAttribute('href')).toBe(
      `/public/notices/${roundId}`,
    );
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    await context.close();
  }
}, 60_000);
