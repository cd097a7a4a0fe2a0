import { createHash } from 'node:crypto';
import { call, type Partner } from './partner.ts';

const pathOf = (noticeId: string): string => `/publisher/v1/notices/${noticeId}`;

/** Puts a page on the official site; the same page again is the same notice. */
export async function publish(partner: Partner, noticeId: string, html: string): Promise<void> {
  await call(partner, 'PUT', pathOf(noticeId), { html }, [200, 201]);
}

/** Whether the site shows this very page to the public: published means seen (N3.2). */
export async function isSeen(partner: Partner, noticeId: string, html: string): Promise<boolean> {
  const { status, text } = await call(partner, 'GET', pathOf(noticeId), null, [200, 404]);
  return status === 200 && contentHash(text) === contentHash(html);
}

export async function takeDown(partner: Partner, noticeId: string): Promise<void> {
  await call(partner, 'DELETE', pathOf(noticeId), null, [200, 204, 404]);
}

/** SHA-256 of a page, hex: what the round keeps as proof. */
export const contentHash = (html: string): string => createHash('sha256').update(html).digest('hex');
