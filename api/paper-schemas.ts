import { z } from 'zod';

const skill = { occupation: z.string(), level: z.int() };

/** Annex 1, filled in; who may not see the numbers gets them covered with `*`. */
export const annex1View = z
  .object({
    caseNo: z.string(),
    org: z.string(),
    receivedAt: z.string(),
    confirmedAt: z
      .string()
      .nullable()
      .describe('when the applicant confirmed online, in place of a signature; null where it is signed by hand'),
    applicant: z.object({
      name: z.string(),
      gender: z.string(),
      birthDate: z.string(),
      idNumber: z.string(),
      phone: z.string(),
      homeAddress: z.string(),
    }),
    employer: z.object({ name: z.string(), creditCode: z.string(), industry: z.string(), address: z.string() }),
    certificate: z.object({ kind: z.string(), ...skill, number: z.string(), issuedOn: z.string() }),
    account: z.object({ kind: z.string(), number: z.string(), bank: z.string(), holder: z.string() }),
    firstClaim: z.boolean().describe('初次申请'),
    priorClaims: z.array(z.object({ ...skill, month: z.string() })).readonly(),
    commitment: z.object({ text: z.string(), accepted: z.boolean(), signedOn: z.string(), by: z.string() }),
    proxy: z.object({ name: z.string(), idNumber: z.string() }).nullable(),
    opinion: z
      .discriminatedUnion('outcome', [
        z.object({
          outcome: z.literal('approve'),
          ...skill,
          shortage: z.boolean().describe('是否属紧缺急需职业（工种）目录'),
          amountFen: z.int(),
          decidedOn: z.string(),
        }),
        z.object({
          outcome: z.literal('refuse'),
          reasons: z.array(z.object({ clause: z.string(), text: z.string() })).readonly(),
          decidedOn: z.string(),
        }),
      ])
      .nullable()
      .describe('the agency’s, once two people decided'),
    signers: z
      .object({
        handler: z.string().nullable(),
        handlerName: z.string().nullable(),
        reviewer: z.string().nullable(),
        reviewerName: z.string().nullable(),
      })
      .nullable()
      .describe('经办人 and 复核人, by sign-in name and, where an appointment says it, by name; for the staff'),
  })
  .meta({ id: 'Annex1' });

export const receiptView = z
  .object({
    caseNo: z.string(),
    org: z.string(),
    office: z
      .object({ address: z.string().nullable(), phone: z.string().nullable() })
      .describe('of the agency; null where nobody told, 12333 answers then'),
    name: z.string(),
    channel: z.string(),
    certificate: z.object(skill),
    receivedAt: z.string(),
    reviewDueOn: z.string().nullable().describe('the last day of the review; null until the agency has it'),
    missingDocuments: z.array(z.object({ kind: z.string(), label: z.string() })).readonly(),
  })
  .meta({ id: 'FilingReceipt' });
