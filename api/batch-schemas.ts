import { z } from 'zod';
import { appointmentKinds, type AppointmentKind, intakeStages, type IntakeStage } from '../domain/intake/batch.ts';
import { civilDate, line, orgCode } from './input.ts';
import { stateView } from './view.ts';

const stages = Object.keys(intakeStages) as [IntakeStage, ...IntakeStage[]];
const kinds = Object.keys(appointmentKinds) as [AppointmentKind, ...AppointmentKind[]];
const count = z.int();

const arranged = z.object({ kind: z.enum(kinds), on: z.string(), agency: z.string() });

/** A batch as lists show it. */
export const batchLine = z
  .object({
    batchId: z.string(),
    org: z.string().describe('whose HRSS receives it'),
    from: z.enum(['employer', 'hrss']),
    uploadedAt: z.string(),
    stage: z.enum(stages),
    stageLabel: z.string(),
    progress: z
      .object({ wrong: count, example: count, waiting: count, filed: count, refused: count })
      .describe('rows by what became of them; nothing waits any more when `waiting` is 0'),
    receivedOn: z.string().nullable().describe('when HRSS received it: the date for N2.0'),
    handedOverAt: z.string().nullable().describe('when all its cases were with their agencies'),
    appointment: arranged.nullable(),
  })
  .meta({ id: 'ApplicationBatch' });

const row = z
  .object({
    line: count.describe('as the spreadsheet program numbers it'),
    status: z.enum(['wrong', 'example', 'waiting', 'filed', 'refused']),
    statusLabel: z.string(),
    caseNo: z.string().nullable(),
    state: stateView.nullable(),
    stateLabel: z.string().nullable(),
    refusal: z.object({ type: z.string(), title: z.string() }).nullable(),
    errors: z
      .array(
        z.object({
          column: z.string().nullable().describe('A, B … as the spreadsheet program names it'),
          title: z.string().nullable(),
          path: z.string().describe('the field of the form in JSON'),
          code: z.string(),
          message: z.string(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'ApplicationBatchRow' });

export const received = batchLine.extend({ rows: z.array(row).readonly() }).meta({ id: 'ApplicationBatchReceived' });

export const batchView = received
  .extend({
    appointment: arranged
      .extend({ place: z.string(), time: z.string().nullable(), appraisalBody: z.string() })
      .nullable(),
  })
  .meta({ id: 'ApplicationBatchView' });

export const tableForm = z.object({ file: z.string().meta({ format: 'binary' }) }).meta({ id: 'ApplicationTable' });

export const acceptance = z
  .preprocess((body) => body ?? {}, z.strictObject({ receivedOn: civilDate.optional() }))
  .meta({ id: 'BatchAcceptance' });

export const appointment = z
  .strictObject({
    kind: z.enum(kinds).default('joint-office'),
    place: line(200),
    on: civilDate,
    time: line(50).nullish(),
    agency: orgCode.optional().describe('the agency that takes part; the receiving unit when left out'),
    appraisalBody: line(200).describe('the appraisal body that takes part'),
  })
  .meta({ id: 'BatchAppointment' });
