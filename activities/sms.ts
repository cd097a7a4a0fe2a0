import { ApplicationFailure } from '@temporalio/activity';
import { z } from 'zod';
import { call, type Partner, parsed } from './partner.ts';

const delivery = z.object({ status: z.enum(['accepted', 'delivered', 'failed']) });

/**
 * Sends a message once under its own id and comes back when it was delivered.
 * @throws ApplicationFailure (retryable) while it is not
 */
export async function sendMessage(
  partner: Partner,
  message: { readonly messageId: string; readonly phone: string; readonly text: string },
): Promise<void> {
  await call(partner, 'POST', '/sms/v1/messages', { json: message }, [202]);
  const { text } = await call(partner, 'GET', `/sms/v1/messages/${message.messageId}`, null, [200]);
  const { status } = parsed(partner, delivery, text);
  if (status !== 'delivered') throw ApplicationFailure.retryable(`the message is ${status}`, 'NotDelivered');
}
