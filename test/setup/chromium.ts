import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import packaged from '@sparticuz/chromium';
import { type Browser, chromium, type Page } from 'playwright-core';

const systemPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Tests may run as root, where there is no sandbox, and on machines without a graphics card. */
const args = ['--no-sandbox', '--disable-gpu'];

/** A Chromium: `CHROME_PATH`, else the system's, else the one that a package brings (Linux). Close it yourself. */
export async function openChromium(): Promise<Browser> {
  const named = process.env['CHROME_PATH'];
  if (named !== undefined && named !== '') return chromium.launch({ executablePath: named, args });
  const system = systemPaths.find((path) => existsSync(path));
  if (system !== undefined) return chromium.launch({ executablePath: system, args });
  // Several test files may unpack it at once: whoever finds it half written tries again.
  for (let attempt = 1; ; attempt++) {
    try {
      return await chromium.launch({ executablePath: await packaged.executablePath(), args });
    } catch (error) {
      if (attempt === 5) throw error;
      await sleep(1_000);
    }
  }
}

const require = createRequire(import.meta.url);

/**
 * Lets the pages of a browser that has no Chinese font draw their characters: the font package stands in for what
 * visitors have. Call it before the page is opened; for looking at screenshots only.
 */
export async function withChineseFont(page: Page): Promise<void> {
  const file = require.resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf');
  const font = readFileSync(file).toString('base64');
  await page.addInitScript(`
    const face = new FontFace('Noto Sans SC', 'url(data:font/ttf;base64,${font})');
    document.fonts.add(face);
    face.load();
  `);
}

/** Phone and desktop, as WCAG's 320 CSS pixels and a common screen. */
export const widths = { phone: 360, desktop: 1280 } as const;
