import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, type Partner } from './partner.ts';

const pathOf = (noticeId: string): string => `/publisher/v1/notices/${noticeId}`;

/** Puts a page on the official site; the same page again is the same notice. */
export async function publish(partner: Partner, noticeId: string, html: string): Promise<void> {
  await call(partner, 'PUT', pathOf(noticeId), { html }, [200, 201]);
}

const secondTryMs = 1_000;

/**
 * Hash of the page that the site shows to the public (N3.2); null where it shows none. A line that breaks once is tried
 * again before the site counts as away.
 */
export async function shownPage(partner: Partner, noticeId: string): Promise<string | null> {
  for (let isLast = false; ; isLast = true) {
    try {
      const { status, text } = await call(partner, 'GET', pathOf(noticeId), null, [200, 404]);
      return status === 200 ? contentHash(text) : null;
    } catch {
      if (isLast) return null;
      await sleep(secondTryMs);
    }
  }
}

export async function takeDown(partner: Partner, noticeId: string): Promise<void> {
  await call(partner, 'DELETE', pathOf(noticeId), null, [200, 204, 404]);
}

/** SHA-256 of a page, hex: what the round keeps as proof. */
export const contentHash = (html: string): string => createHash('sha256').update(html).digest('hex');
