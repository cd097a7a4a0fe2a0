import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/activity';
import { z } from 'zod';
import type { Partners } from '../config/settings.ts';
import { parseInstant } from '../domain/policy/dates.ts';
import type { Sent, Settled } from '../store/telling.ts';
import { call, type Partner, parsed } from './partner.ts';

const delivery = z.object({
  status: z.enum(['accepted', 'delivered', 'failed', 'returned']),
  at: z.iso.datetime({ offset: true }).transform(parseInstant),
});

/** A carrier delivers within moments or takes its time; then the activity is tried again later. */
const looks = 4;
const pauseMs = 500;

/**
 * Sends a message or posts a letter once under its own id, and comes back with the carrier's last word on it.
 * @throws ApplicationFailure (retryable) while it is under way
 */
export async function carry(partners: Partners, messageId: string, sent: Sent, now: Settled['at']): Promise<Settled> {
  const { partner, path, json } = orderOf(partners, messageId, sent);
  // What the carrier will not take is a failed attempt, not an outage: another carrier or a person goes on.
  const { status, text } = await call(partner, 'POST', path, { json }, [202, 400, 422]);
  if (status !== 202) return { status: 'failed', at: now, answer: text };
  for (let look = 1; ; look++) {
    const { text: answer } = await call(partner, 'GET', `${path}/${messageId}`, null, [200]);
    const word = parsed(partner, delivery, answer);
    if (word.status === 'delivered') return { status: 'delivered', at: word.at, answer };
    if (word.status !== 'accepted') return { status: 'failed', at: word.at, answer };
    if (look === looks) throw ApplicationFailure.retryable(`${partner.name} has not delivered yet`, 'NotDelivered');
    await sleep(pauseMs);
  }
}

function orderOf(
  partners: Partners,
  messageId: string,
  sent: Sent,
): { readonly partner: Partner; readonly path: string; readonly json: object } {
  if (sent.carrier === 'sms') {
    const { phone, text } = sent;
    return { partner: { name: '短信', url: partners.sms }, path: '/sms/v1/messages', json: { messageId, phone, text } };
  }
  const { name, address, text } = sent;
  const json = { letterId: messageId, name, address, text };
  return { partner: { name: '邮政', url: partners.letter }, path: '/letter/v1/letters', json };
}
