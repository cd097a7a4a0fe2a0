import type { CaseEventType } from './events.ts';
import type { Stage } from './procedure.ts';

interface EventRow {
  /** Word for the timeline. */
  readonly label: string;
  /** The clause that it carries out. */
  readonly clause: string;
  /** Where it leads; absent where it leaves the stage as it is. */
  readonly leadsTo?: Stage;
}

/** Everything that happens to a case, as timeline and diagram show it. */
export const eventTable: Readonly<Record<CaseEventType, EventRow>> = {
  filed: { label: '申报', clause: 'N2', leadsTo: 'filed' },
  'looked-up': { label: '信息核查', clause: 'N3.1c', leadsTo: 'checking' },
  checked: { label: '核查完成', clause: 'N3.1', leadsTo: 'review' },
  'certificate-confirmed': { label: '登记发证机构书面确认', clause: 'N3.1c' },
  'asked-again': { label: '再次核查', clause: 'N3.1c' },
  'occupation-set': { label: '确定标准职业（工种）名称', clause: 'N4.3' },
  handled: { label: '经办审核', clause: 'N3.1g' },
  returned: { label: '退回经办', clause: 'N3.1g' },
  'supplement-asked': { label: '通知补正', clause: 'N3.1a', leadsTo: 'supplement' },
  supplemented: { label: '补正材料', clause: 'N3.1a', leadsTo: 'checking' },
  'registration-asked': { label: '通知查验备案', clause: 'N3.1d', leadsTo: 'certificate-registration' },
  'registration-received': { label: '人社部门收到备案材料', clause: 'N3.1d' },
  'registration-accepted': { label: '查验通过', clause: 'N3.1d' },
  'registration-rejected': { label: '不予备案', clause: 'N3.1d', leadsTo: 'review' },
  'certificate-registered': { label: '证书已备案', clause: 'N3.1d', leadsTo: 'checking' },
  lapsed: { label: '逾期未补正或备案，申请失效', clause: 'N3.1', leadsTo: 'lapsed' },
  approved: { label: '审核通过', clause: 'N3.1g', leadsTo: 'approved' },
  refused: { label: '审核不予通过', clause: 'N3.1e', leadsTo: 'refused' },
  'reconsideration-asked': { label: '申请复核', clause: 'N3.1f', leadsTo: 'reconsideration' },
  'reconsideration-upheld': { label: '复核维持', clause: 'N3.1f', leadsTo: 'refused' },
  'reconsideration-overturned': { label: '复核改为通过', clause: 'N3.1f', leadsTo: 'approved' },
  'death-reported': { label: '登记申请人死亡', clause: 'N3.3' },
  'succession-settled': { label: '继承手续已办妥', clause: 'N3.3' },
  'succession-closed': { label: '无人继承，申请终止', clause: 'N3.3', leadsTo: 'lapsed' },
  'looked-again': { label: '发放前再次核查', clause: 'N3.1c' },
  merged: { label: '并入另一申请', clause: 'N4.3', leadsTo: 'merged' },
  'applicant-told': { label: '告知申请人', clause: 'N3.1e' },
  'telling-failed': { label: '告知未送达', clause: 'N3.1e' },
  'told-by-person': { label: '人工告知申请人', clause: 'N3.1e' },
  listed: { label: '列入公示名单', clause: 'N3.2', leadsTo: 'listed' },
  published: { label: '公示', clause: 'N3.2', leadsTo: 'publicity' },
  'struck-to-review': { label: '撤下公示，退回审核', clause: 'N3.2', leadsTo: 'review' },
  'struck-to-approved': { label: '撤下公示，重新列入', clause: 'N3.2', leadsTo: 'approved' },
  'window-moved': { label: '公示期延长', clause: 'N3.2' },
  appraised: { label: '鉴定机构答复', clause: 'N3.4a' },
  'objection-received': { label: '收到异议或举报', clause: 'N3.4a' },
  'objection-dismissed': { label: '异议不成立', clause: 'N3.4a' },
  'objection-upheld': { label: '异议成立，取消资格', clause: 'N3.4a', leadsTo: 'cancelled' },
  'recovery-order-issued': { label: '制发责令追回决定书', clause: 'N3.4b' },
  passed: { label: '公示无异议', clause: 'N3.3', leadsTo: 'payable' },
  'fund-reserved': { label: '落实基金额度', clause: 'N5.2' },
  released: { label: '提交银行', clause: 'N3.3', leadsTo: 'paying' },
  paid: { label: '到账', clause: 'N3.3', leadsTo: 'paid' },
  'payment-failed': { label: '银行付款失败', clause: 'N3.3', leadsTo: 'payable' },
  'payment-returned': { label: '银行退回款项', clause: 'N3.3', leadsTo: 'payable' },
  'payment-cancelled': { label: '款项未付出，取消资格', clause: 'N3.4a', leadsTo: 'cancelled' },
  'account-corrected': { label: '更正收款账户', clause: 'N3.3' },
  'account-reminded': { label: '提醒更正收款账户', clause: 'N3.3' },
  'reservation-carried': { label: '占用额度结转下年', clause: 'N5.1' },
  withdrawn: { label: '撤回申请', clause: 'N2', leadsTo: 'withdrawn' },
  'handed-over': { label: '人社部门移交经办机构', clause: 'N2.5' },
  'transfer-asked': { label: '移交其他经办机构', clause: 'N2.1', leadsTo: 'review' },
  transferred: { label: '接收移交', clause: 'N2.1', leadsTo: 'review' },
  'transfer-rejected': { label: '移交被退回', clause: 'N2.1' },
  'deadline-reminded': { label: '到期提醒', clause: 'N3.1' },
  'applicant-reminded': { label: '提醒申请人期限将满', clause: 'N3.1' },
  'deadline-escalated': { label: '逾期督办', clause: 'N3.1' },
  'deadlines-moved': { label: '期限随放假安排更新', clause: 'N3.1' },
  shredded: { label: '个人信息已销毁', clause: 'N5' },
  'deadline-passed': { label: '逾期', clause: 'N3.1' },
};
