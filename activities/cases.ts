import { Context } from '@temporalio/activity';
import type { Partners } from '../config/settings.ts';
import type { LookUpSource } from '../domain/case/events.ts';
import type { CaseNo } from '../domain/ids.ts';
import { recordAppraisal } from '../store/appraisal.ts';
import { readApplication } from '../store/application.ts';
import { type Evidence, recordLookAgain, recordLookUp, recordRegistration } from '../store/look-up.ts';
import { endOutage, noteOutage } from '../store/outage.ts';
import { type RunStep, submitForRun } from '../store/run.ts';
import type { Store } from '../store/store.ts';
import type { CaseActivities } from '../workflows/activities.ts';
import { askAppraisal } from './appraisal.ts';
import { askInsurance } from './insurance.ts';
import { askAgain } from './look-again.ts';
import { askRegister, enterCertificate, registerNamed } from './registers.ts';
import { sendRefusal, sendTelling } from './tellings.ts';

/** The step that this activity is, the same on every retry. */
export function presentStep(knownSeq: number): RunStep {
  const { workflowExecution, activityId } = Context.current().info;
  if (!workflowExecution) throw new Error('this activity belongs to a workflow run');
  return { workflowId: workflowExecution.workflowId, key: `${workflowExecution.runId}:${activityId}`, knownSeq };
}

/** What a case's run asks of PostgreSQL, the insurance records, the registers and the applicant's phone. */
export function caseActivities(store: Store, partners: Partners): CaseActivities {
  return {
    submitCaseStep: ({ caseNo, knownSeq, command }) => submitForRun(store, presentStep(knownSeq), caseNo, command),

    async askAppraisal({ caseNo, knownSeq, objectionId }) {
      const { certificate } = await readApplication(store.db, store, caseNo);
      const appraisal = await askAppraisal(
        { name: '鉴定机构', url: partners.appraisal },
        objectionId,
        certificate.number,
      );
      return recordAppraisal(store, presentStep(knownSeq), caseNo, objectionId, appraisal);
    },

    async lookUp({ caseNo, knownSeq, source }) {
      const { applicant, certificate } = await readApplication(store.db, store, caseNo);
      const ask = async (): Promise<Evidence> =>
        source === 'insurance'
          ? { source, answer: await askInsurance({ name: '参保信息', url: partners.insurance }, applicant.idNumber) }
          : { source, answer: await askRegister(registerNamed(partners, source), source, certificate.number) };
      return recordLookUp(store, presentStep(knownSeq), caseNo, await answered(store, caseNo, source, ask));
    },

    tellApplicant: ({ caseNo, knownSeq }) => sendRefusal(store, partners, presentStep(knownSeq), caseNo),

    sendTelling: ({ caseNo, knownSeq, n }) => sendTelling(store, partners, presentStep(knownSeq), { caseNo, n }),

    async lookAgain({ caseNo, knownSeq, source }) {
      const ask = () => askAgain(store, partners, { caseNo, source });
      const answer = await answered(store, caseNo, source, ask);
      return recordLookAgain(store, presentStep(knownSeq), caseNo, { source, answer });
    },

    async registerCertificate({ caseNo, knownSeq }) {
      const { applicant, certificate } = await readApplication(store.db, store, caseNo);
      const { number, occupation, level, kind, issuedOn } = certificate;
      const { name, idNumber } = applicant;
      const entry = await enterCertificate(registerNamed(partners, 'provincial'), {
        ...{ number, name, idNumber, occupation, level, kind, issuedOn },
      });
      return recordRegistration(store, presentStep(knownSeq), caseNo, entry);
    },
  };
}

/** A partner's answer about a case; while there is none, it is noted that the case waits for it. */
async function answered<T>(store: Store, caseNo: CaseNo, source: LookUpSource, ask: () => Promise<T>): Promise<T> {
  const answer = await ask().catch(async (error: unknown) => {
    await noteOutage(store.db, caseNo, source);
    throw error;
  });
  await endOutage(store.db, caseNo, source);
  return answer;
}
