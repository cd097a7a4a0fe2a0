import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/activity';
import { z } from 'zod';
import type { AppraisalOpinion } from '../domain/case/events.ts';
import type { ObjectionId } from '../domain/ids.ts';
import { parseInstant } from '../domain/policy/dates.ts';
import type { Instant } from '../domain/time.ts';
import { call, type Partner, parsed } from './partner.ts';

const inquiry = z.object({
  status: z.enum(['open', 'answered']),
  body: z.string(),
  opinion: z.enum(['genuine', 'not-genuine']).nullable(),
  answeredAt: z.string().transform(parseInstant).nullable(),
});

/** What the appraisal body says of a certificate; `body` is its name. */
export interface AppraisalAnswer {
  readonly body: string;
  readonly opinion: AppraisalOpinion;
  readonly answeredAt: Instant;
}

/** It takes its time; the first look comes soon, later ones with the activity's growing pauses. */
const firstLookMs = 500;

/**
 * Asks the appraisal body about a certificate (N3.4a), once per objection. Who objects and whose certificate it is stays
 * here: the number is all that it needs. @throws ApplicationFailure (retryable) while it has not answered
 */
export async function askAppraisal(
  partner: Partner,
  objectionId: ObjectionId,
  certificateNumber: string,
): Promise<AppraisalAnswer> {
  const json = { inquiryId: objectionId, certificateNumber, question: '该证书是否由鉴定机构按规定核发？' };
  await call(partner, 'POST', '/appraisal/v1/inquiries', { json }, [200, 202]);
  await sleep(firstLookMs);
  const { text } = await call(partner, 'GET', `/appraisal/v1/inquiries/${objectionId}`, null, [200]);
  const { body, opinion, answeredAt } = parsed(partner, inquiry, text);
  if (opinion === null || answeredAt === null)
    throw ApplicationFailure.retryable('the appraisal body has not answered yet', 'NotAnsweredYet');
  return { body, opinion, answeredAt };
}
