import { z } from 'zod';
import { caseDeadlineView, stateView } from './view.ts';

const reason = z.object({ clause: z.string(), text: z.string() });
const actor = z.object({
  kind: z.string(),
  sub: z.string().optional(),
  role: z.string().optional(),
  name: z.string().optional().describe('what colleagues call them, where an appointment says it'),
});
const fen = z.int().describe('fen; 100 fen = 1 yuan');
const shortPerson = z.object({ name: z.string(), idNumber: z.string() });

/** Annex 1 as filed; who may not see the numbers gets them covered with `*`. */
const filedApplication = z.object({
  channel: z.string(),
  applicant: z.object({
    name: z.string(),
    gender: z.string(),
    birthDate: z.string(),
    idNumber: z.string(),
    phone: z.string(),
    homeAddress: z.string(),
    formerNames: z.array(z.object({ name: z.string(), documentId: z.string().nullable() })).readonly(),
  }),
  employer: z.object({ name: z.string(), creditCode: z.string(), industry: z.string(), address: z.string() }),
  certificate: z.object({
    kind: z.string(),
    occupation: z.string(),
    level: z.int(),
    number: z.string(),
    issuedOn: z.string(),
    issuer: z.object({ name: z.string(), scope: z.string() }),
  }),
  account: z.object({ kind: z.string(), number: z.string(), bank: z.string(), holder: z.string() }),
  insuredAt: z.string(),
  movedFrom: z.array(z.object({ org: z.string(), documentId: z.string().nullable() })).readonly(),
  proxy: shortPerson.nullable(),
  priorClaims: z.array(z.object({ occupation: z.string(), level: z.int(), month: z.string() })).readonly(),
  documents: z.array(z.string()).readonly(),
  originalsSeen: z.array(z.object({ kind: z.string() })).readonly(),
  commitment: z.object({
    accepted: z.boolean(),
    signedOn: z.string(),
    by: z.string(),
    documentId: z.string().nullable(),
  }),
});

const recoveryLine = z.object({ stage: z.string(), stageLabel: z.string(), outstandingFen: fen, overpaidFen: fen });

/** A case; to an employer only the first part. */
export const caseView = z
  .object({
    caseNo: z.string(),
    seq: z.int(),
    state: stateView,
    stateLabel: z.string(),
    deadlines: z.array(caseDeadlineView).readonly(),
    allowed: z.array(z.string()).readonly().describe('what the caller may ask now: the last part of its address'),
    missingDocuments: z.array(z.string()).readonly(),
    org: z.string().optional(),
    fund: z.string().optional(),
    channel: z.string().optional(),
    filedAt: z.string().optional(),
    receivedOn: z.string().nullish().describe('collectively: when HRSS received it, the date for N2.0'),
    transfer: z
      .object({ to: z.string(), since: z.string() })
      .nullish()
      .describe('the agency that is asked to take the case (N2.1)'),
    holds: z
      .array(z.object({ kind: z.string(), since: z.string(), ref: z.string() }))
      .readonly()
      .optional(),
    certificate: z
      .object({ kind: z.string(), occupation: z.string(), occupationKnown: z.boolean(), level: z.int() })
      .optional(),
    amountFen: fen.nullish(),
    shortage: z.boolean().nullish(),
    policyVersion: z.string().optional(),
    checks: z
      .array(
        z.object({
          clause: z.string(),
          code: z.string(),
          passed: z.boolean(),
          detail: z.string(),
          differs: z.array(z.string()).readonly().optional(),
        }),
      )
      .readonly()
      .optional(),
    objections: z
      .array(z.object({ objectionId: z.string(), kind: z.string(), state: z.string(), receivedAt: z.string() }))
      .readonly()
      .optional(),
    opinion: z
      .object({
        handler: z.string().nullish(),
        handlerName: z.string().nullish(),
        reviewer: z.string().nullish(),
        reviewerName: z.string().nullish(),
        outcome: z.enum(['approve', 'refuse']).optional(),
        reasons: z.array(reason).readonly(),
        overrides: z
          .array(z.object({ code: z.string(), reason: z.string() }))
          .readonly()
          .optional(),
        note: z.string().nullish(),
      })
      .nullish(),
    lookUps: z
      .array(z.object({ source: z.string(), answer: z.string(), at: z.string().nullable(), evidenceId: z.string() }))
      .readonly()
      .optional()
      .describe('answers of insurance records and registers, kept as evidence (N6.3)'),
    outages: z
      .array(z.object({ source: z.string(), since: z.string(), tries: z.int() }))
      .readonly()
      .optional()
      .describe('partners that have not answered yet: asked again until they do'),
    remedies: z.array(z.string()).readonly().optional().describe('what may be done against a refusal (N3.1e)'),
    asked: z
      .array(
        z.object({
          what: z.enum(['supplement', 'registration']),
          at: z.string(),
          until: z.string().nullable().describe('the last day; null once it is no longer waited for'),
          reasons: z.array(reason).readonly(),
          note: z.string().nullable(),
        }),
      )
      .readonly()
      .optional()
      .describe('what the applicant was asked to bring, once each'),
    round: z
      .object({
        roundId: z.string(),
        entryId: z.string(),
        publishedOn: z.string().nullable(),
        endsAt: z.string().nullable(),
      })
      .nullish(),
    payment: z
      .object({
        orderNo: z.string(),
        batchId: z.string(),
        amountFen: fen,
        status: z.enum(['released', 'accepted', 'unknown', 'failed', 'paid', 'returned']),
        creditedAt: z.string().nullable(),
      })
      .nullish(),
    documents: z
      .array(
        z.object({
          documentId: z.string(),
          kind: z.string().nullable(),
          mediaType: z.string(),
          bytes: z.int(),
          sha256: z.string(),
          takenAt: z.string(),
        }),
      )
      .readonly()
      .optional(),
    application: filedApplication.nullish(),
    recovery: recoveryLine.nullish().describe('what is demanded back in this case (N3.4b)'),
    hints: z
      .array(z.object({ code: z.string(), text: z.string(), caseNo: z.string() }))
      .readonly()
      .optional()
      .describe('what the handler should know; decides nothing'),
  })
  .meta({ id: 'Case' });

export const timelineView = z
  .object({
    items: z.array(
      z.object({
        seq: z.int(),
        at: z.string(),
        event: z.string(),
        label: z.string(),
        actor,
        from: z.string().nullable(),
        to: z.string(),
        reason: z.string().nullable(),
        clause: z.string(),
        stream: z.enum(['case', 'recovery']).describe('whose seq it is: the recovery of a case counts its own'),
        detail: z.record(z.string(), z.unknown()),
      }),
    ),
    next: z.null().describe('a timeline comes whole'),
  })
  .meta({ id: 'Timeline' });

export const historyView = z
  .object({
    items: z
      .array(
        z.object({
          eventId: z.int(),
          at: z.string().nullable(),
          type: z.string(),
          attributes: z.record(z.string(), z.unknown()),
        }),
      )
      .readonly(),
    next: z.null(),
  })
  .meta({ id: 'History' });

export const caseLineView = z
  .object({
    caseNo: z.string(),
    seq: z.int(),
    state: stateView,
    stateLabel: z.string(),
    org: z.string(),
    filedAt: z.string(),
    amountFen: fen.nullable(),
    overdue: z.boolean(),
  })
  .meta({ id: 'CaseLine' });
