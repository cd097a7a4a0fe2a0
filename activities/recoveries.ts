import { submitRecoveryStep } from '../store/recovery.ts';
import type { Partners } from '../config/settings.ts';
import type { Carrier } from '../domain/case/tellings.ts';
import type { CaseNo } from '../domain/ids.ts';
import type { Untold } from '../domain/recovery/recovery.ts';
import { readApplication } from '../store/application.ts';
import { businessNow } from '../store/clock.ts';
import type { Store } from '../store/store.ts';
import type { Sent } from '../store/telling.ts';
import type { RecoveryActivities } from '../workflows/activities.ts';
import { presentStep } from './cases.ts';
import { carry } from './carriers.ts';

/** What a recovery's run asks of PostgreSQL and of the recipient's phone. */
export function recoveryActivities(store: Store, partners: Partners): RecoveryActivities {
  return {
    submitRecoveryStep: ({ caseNo, knownSeq, command }) =>
      submitRecoveryStep(store, presentStep(knownSeq), caseNo, command),

    async tellRecipient({ caseNo, knownSeq, about, n }) {
      const { applicant } = await readApplication(store.db, store, caseNo);
      const { name, phone, homeAddress: address } = applicant;
      const text = texts[about](caseNo);
      const ways: readonly Sent[] = [
        { carrier: 'sms', phone, text },
        { carrier: 'letter', name, address, text },
      ];
      let reached: Carrier | null = null;
      for (const sent of ways) {
        const messageId = `${caseNo}-recovery-${about}-${n}-${sent.carrier}`;
        const { status } = await carry(partners, messageId, sent, await businessNow(store.db));
        if (status !== 'delivered') continue;
        reached = sent.carrier;
        break;
      }
      return submitRecoveryStep(store, presentStep(knownSeq), caseNo, { type: 'record-told', about, n, reached });
    },
  };
}

/** That it is demanded and where to read how much and why; amounts stay behind the sign-in. */
const texts: Readonly<Record<Untold['about'], (caseNo: CaseNo) => string>> = {
  demand: (caseNo) =>
    `您的技能提升补贴（${caseNo}）经核查不符合领取条件，人社部门已责令退回。请登录系统查看决定、金额、退款期限和救济途径。`,
  reminder: (caseNo) => `您应退回的技能提升补贴（${caseNo}）已逾期，请尽快退款或与经办机构联系。详情请登录系统查看。`,
};
