import { Context } from '@temporalio/activity';
import type { Partners } from '../config/settings.ts';
import type { CaseNo } from '../domain/ids.ts';
import { readApplication } from '../store/application.ts';
import { type Evidence, recordLookUp } from '../store/look-up.ts';
import { type RunStep, submitForRun } from '../store/run.ts';
import type { Store } from '../store/store.ts';
import type { CaseActivities } from '../workflows/activities.ts';
import { askInsurance } from './insurance.ts';
import { askRegister } from './registers.ts';
import { sendMessage } from './sms.ts';

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

    async lookUp({ caseNo, knownSeq, source }) {
      const { applicant, certificate } = await readApplication(store.db, store, caseNo);
      const evidence: Evidence =
        source === 'insurance'
          ? { source, answer: await askInsurance({ name: '参保信息', url: partners.insurance }, applicant.idNumber) }
          : { source, answer: await askRegister(registerNamed(partners, source), source, certificate.number) };
      return recordLookUp(store, presentStep(knownSeq), caseNo, evidence);
    },

    async tellApplicant({ caseNo, knownSeq, about }) {
      const { applicant } = await readApplication(store.db, store, caseNo);
      const messageId = `${caseNo}-${about}`;
      const text = refusalText(caseNo);
      await sendMessage({ name: '短信', url: partners.sms }, { messageId, phone: applicant.phone, text });
      return submitForRun(store, presentStep(knownSeq), caseNo, { type: 'record-told', about, messageId });
    },
  };
}

const registerNamed = (partners: Partners, register: 'provincial' | 'national') =>
  register === 'provincial'
    ? { name: '省职业资格证书查询系统', url: partners.provincialRegister }
    : { name: '全国职业资格证书联网查询系统', url: partners.nationalRegister };

/** N3.1e: that it was refused and where the reasons and remedies are; the reasons themselves stay behind the sign-in. */
const refusalText = (caseNo: CaseNo): string =>
  `您的技能提升补贴申请（${caseNo}）审核未通过。请登录系统查看原因；如有异议，可向同级人社部门申请复核。`;
