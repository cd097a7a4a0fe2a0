import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { pino } from 'pino';
import { z } from 'zod';
import type { App } from '../../api/app.ts';
import { tokenReader } from '../../api/auth.ts';
import { buildCodecServer } from '../../api/codec.ts';
import { payloadCodec } from '../../crypto/payload-codec.ts';
import { devTokenKey, devTokenKeyFile, issueDevToken } from '../../dev/dev-token.ts';
import type { Role } from '../../domain/actor.ts';
import { readClock } from '../../store/clock.ts';
import { openChromium } from '../setup/chromium.ts';
import { testFolder } from '../setup/run-folder.ts';
import { openRecords, type Records } from './records.ts';

/** What a browser lets pages ask of the codec, and what is on record of it: Temporal's UI, and a page of somebody else. */

const secret = '{"caseNo":"220102-2017-0000007","stage":"review"}';
let records: Records;
let codec: App;
let folder: string;
let url: string;
let body: string;
let browser: Browser;
let context: BrowserContext;
const sites: Server[] = [];
let ui: string;
/** Of the same machine, so also the same site to the browser: only the port tells the two apart. */
let other: string;

async function site(): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>page</title>');
  });
  sites.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  [ui, other] = [await site(), await site()];
  records = await openRecords(32);
  folder = testFolder();
  await devTokenKey(folder);
  codec = await buildCodecServer(
    {
      store: records.store,
      accessLog: records.accessLog,
      clock: await readClock(records.store.db),
      authenticate: await tokenReader({ kind: 'development', keyFile: devTokenKeyFile(folder) }),
    },
    { uiOrigin: ui, namespace: 'default', offersSignIn: true },
    pino({ level: 'silent' }),
    { client: 40, person: 1_000 },
  );
  url = await codec.listen({ host: '127.0.0.1', port: 0 });
  const plain = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(secret) };
  const sealed = await payloadCodec(records.store.vault.payloadRing).encode([plain]);
  body = JSON.stringify({
    payloads: sealed.map(({ metadata, data }) => ({
      metadata: { encoding: Buffer.from(metadata?.['encoding'] ?? []).toString('base64') },
      data: Buffer.from(data ?? []).toString('base64'),
    })),
  });
  browser = await openChromium();
  context = await browser.newContext();
}, 120_000);
afterAll(async () => {
  await browser.close();
  codec.server.closeAllConnections();
  await codec.close();
  for (const server of sites) {
    server.closeAllConnections();
    server.close();
  }
  await records.close();
});

async function pageOf(origin: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(origin);
  return page;
}

/** What a page's script gets to see; `blocked` is the browser's own refusal. */
type Seen = { readonly status: number; readonly text: string } | 'blocked';

/** Asks as Temporal's UI does, cookies included. */
async function asks(origin: string, more: Readonly<Record<string, string>> = {}): Promise<Seen> {
  const page = await pageOf(origin);
  const headers = { 'content-type': 'application/json', 'x-namespace': 'default', ...more };
  const asked = { address: `${url}/decode`, headers, body };
  const seen = await page.evaluate(async ({ address, ...given }): Promise<Seen> => {
    try {
      const answer = await fetch(address, { method: 'POST', credentials: 'include', ...given });
      return { status: answer.status, text: await answer.text() };
    } catch {
      return 'blocked';
    }
  }, asked);
  await page.close();
  return seen;
}

const bearing = async (role: Role, org = '220000') => ({
  authorization: `Bearer ${await issueDevToken(folder, { sub: 'shen', roles: [role], org })}`,
});

const textOf = (seen: Seen): string => {
  if (seen === 'blocked' || seen.status !== 200) return JSON.stringify(seen);
  const { payloads } = z.object({ payloads: z.array(z.object({ data: z.string() })) }).parse(JSON.parse(seen.text));
  return Buffer.from(payloads[0]?.data ?? '', 'base64').toString();
};

/** What came to the record while `work` went on, sign-ins aside. */
async function recorded(work: () => Promise<unknown>): Promise<readonly unknown[]> {
  const all = async () =>
    (await records.store.db.query<{ body: { kind: string } }>('SELECT body FROM access_log ORDER BY at, chain, seq'))
      .rows;
  const before = (await all()).length;
  await work();
  return (await all())
    .slice(before)
    .map((row) => row.body)
    .filter(({ kind }) => kind !== 'sign-in');
}

const refusal = (route: string, reason: string) => expect.objectContaining({ kind: 'refusal', route, reason });
const decoding = expect.objectContaining({ kind: 'decode', who: 'shen', route: 'POST /decode' });

test("a page of Temporal's UI with an auditor's token has payloads decoded, once on record", async () => {
  const token = await bearing('auditor');
  const entries = await recorded(async () => {
    expect(textOf(await asks(ui, token))).toBe(secret);
  });
  expect(entries).toEqual([decoding]);
});

test('a page of another origin is told no before it can send anything, token or not; that is on record', async () => {
  for (const headers of [await bearing('auditor'), {}]) {
    const entries = await recorded(async () => {
      expect(await asks(other, headers)).toBe('blocked');
    });
    expect(entries).toEqual([refusal('OPTIONS /decode', 'forbidden')]);
  }
});

test("on the UI's own page: no token, a broken one, and one without the right are refused, each on record", async () => {
  const broken = { authorization: 'Bearer a.b.c' };
  for (const [headers, status, reason] of [
    [{}, 401, 'unauthenticated'],
    [broken, 401, 'unauthenticated'],
    [await bearing('handler'), 403, 'forbidden'],
    [await bearing('auditor', '220102'), 403, 'forbidden'],
    [await bearing('applicant'), 403, 'forbidden'],
  ] as const) {
    const entries = await recorded(async () => {
      const seen = await asks(ui, headers);
      expect(seen).toMatchObject({ status });
      expect(textOf(seen)).not.toContain('stage');
    });
    expect(entries).toEqual([refusal('POST /decode', reason)]);
  }
});

test("development's cookie counts on the UI's page; no other page can use it, not even by a form of old", async () => {
  const { authorization } = await bearing('supervisor');
  const page = await pageOf(url);
  await page.locator('input[name=token]').fill(authorization.replace('Bearer ', ''));
  await page.getByRole('button').click();
  expect(await page.getByRole('heading').innerText()).toContain('已登录');
  await page.close();
  const entries = await recorded(async () => {
    expect(textOf(await asks(ui))).toBe(secret);
    expect(await asks(other)).toBe('blocked');
    // Asked without a preflight; the browser sends the cookie along and shows the page nothing.
    const simple = await pageOf(other);
    await simple.evaluate(async (address) => {
      const form = new URLSearchParams({ payloads: 'x' });
      await fetch(address, { method: 'POST', mode: 'no-cors', credentials: 'include', body: form });
    }, `${url}/decode`);
    await simple.close();
  });
  expect(entries).toEqual([decoding, refusal('OPTIONS /decode', 'forbidden'), refusal('POST /decode', 'forbidden')]);
});

test('a page that is refused again and again is not listened to, and fills no log', async () => {
  const entries = await recorded(async () => {
    for (let n = 0; n < 60; n++) await fetch(`${url}/decode`, { method: 'OPTIONS', headers: { origin: other } });
    expect((await fetch(`${url}/decode`, { method: 'POST' })).status).toBe(429);
  });
  expect(entries.length).toBeGreaterThan(20);
  expect(entries.length).toBeLessThan(45);
});
