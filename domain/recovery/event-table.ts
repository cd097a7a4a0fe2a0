import type { RecoveryEvent } from './recovery.ts';

/** Everything that happens to a recovery, as the timeline shows it (N3.4b). */
export const recoveryEventLabels: Readonly<Record<RecoveryEvent['type'], string>> = {
  'recovery-ordered': '责令追回',
  demanded: '催缴',
  'plan-changed': '变更分期计划',
  'instalment-received': '收到退款',
  'overpayment-given-back': '退还多收款',
  'recovery-overdue': '逾期',
  'recipient-told': '告知当事人',
  'crime-referred': '移送司法机关',
  'write-off-proposed': '申请核销',
  'write-off-declined': '核销未获同意',
  'written-off': '核销',
  'enforcement-requested': '申请法院强制执行',
  'enforcement-ended': '强制执行结束',
  'payment-came-back': '银行退回原付款',
  'recovery-closed': '追回结案',
};
