import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { recoveryAllowedNow } from '../domain/recovery/allowed.ts';
import { outstandingFen, overpaidFen, recoveryStages, type RecoveryState } from '../domain/recovery/recovery.ts';
import { rolesFor } from '../domain/rights.ts';
import { callerOf } from './access.ts';
import { deadlineView } from './view.ts';

export const recovery = z
  .object({
    caseNo: z.string(),
    seq: z.int(),
    stage: z.string(),
    stageLabel: z.string(),
    org: z.string(),
    fund: z.string(),
    orderNo: z.string(),
    orderedAt: z.string(),
    objectionId: z.string().describe('the objection or report that was found true'),
    amountFen: z.int().describe('what was ordered to be paid back'),
    receivedFen: z.int(),
    outstandingFen: z.int().describe('still owed'),
    overpaidFen: z.int().describe('came in beyond what was owed and has to be given back'),
    givenBackFen: z.int(),
    plan: z.array(z.object({ dueOn: z.string(), dueAt: z.string(), amountFen: z.int() })).readonly(),
    deadlines: z.array(deadlineView).readonly(),
    reminders: z.int(),
    unreached: z
      .array(z.object({ about: z.string(), n: z.int() }))
      .readonly()
      .describe('what neither message nor letter could deliver: a person has to'),
    writeOff: z
      .object({ proposedBy: z.string(), amountFen: z.int(), confirmedBy: z.string().nullable() })
      .nullable()
      .describe('shown to staff'),
    crimeReferredAt: z.string().nullable().describe('handed to the judiciary, in parallel (N6.3); shown to staff'),
    allowed: z.array(z.string()).readonly().describe('what the caller may ask now: the last part of its address'),
  })
  .meta({ id: 'Recovery' });

/** A recovery as the caller may see it. */
export function recoveryView(
  request: FastifyRequest,
  { seq, state }: { readonly seq: number; readonly state: RecoveryState },
) {
  const caller = callerOf(request);
  const isStaff = caller.org !== null;
  const { stage, demand, reminder, writeOff, crimeReferredAt } = state;
  return {
    ...state,
    seq,
    stageLabel: recoveryStages[stage].label,
    outstandingFen: outstandingFen(state),
    overpaidFen: overpaidFen(state),
    deadlines: reminder ? [demand, reminder] : [demand],
    writeOff: isStaff ? writeOff : null,
    crimeReferredAt: isStaff ? crimeReferredAt : null,
    allowed: recoveryAllowedNow(state, caller.sub, (action) => rolesFor(caller, action).length > 0),
  };
}
