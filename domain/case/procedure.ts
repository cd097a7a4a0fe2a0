import type { CaseEventType } from './events.ts';

/**
 * The procedure as data: which stages a case can be in, which command is open in which stage, and what its events lead to.
 * `decide` asks this table first; the state diagram, the labels and the API's `allowed` are made from it.
 */
export const stages = {
  filed: { label: '已申报', meaning: 'received by the agency, look-ups not answered yet' },
  checking: { label: '核查中', meaning: 'asking the insurance records and both certificate registers (N3.1a-c)' },
  review: { label: '审核中', meaning: 'with handler and reviewer (N3.1g)' },
  supplement: { label: '待补正', meaning: 'told once what is missing, the clock stopped (N3.1a)' },
  'certificate-registration': {
    label: '待查验备案',
    meaning: 'a certificate from elsewhere is entered in the provincial register first (N3.1d)',
  },
  approved: { label: '审核通过', meaning: 'waiting for the next publicity round (N3.2)' },
  listed: { label: '已列入公示名单', meaning: 'on a list that went to HRSS (N3.2)' },
  publicity: { label: '公示中', meaning: 'on the public notice, window running (N3.2)' },
  payable: { label: '待发放', meaning: 'publicity passed without objection (N3.3)' },
  paying: { label: '发放中', meaning: 'released to the bank, outcome awaited (N3.3)' },
  paid: { label: '已发放', meaning: "credited to the applicant's account (N3.3)" },
  refused: { label: '审核未通过', meaning: 'refused with reasons, reconsideration may be asked for (N3.1e, N3.1f)' },
  reconsideration: { label: '复核中', meaning: 'a refusal is looked at again by HRSS (N3.1f)' },
  withdrawn: { label: '已撤回', meaning: 'taken back by the applicant' },
  lapsed: { label: '已失效', meaning: 'nothing came before the period was over; may be filed again (N3.1a, N3.1d)' },
  merged: { label: '已合并', meaning: 'goes on in another case of the same person (N4.3)' },
  cancelled: { label: '已取消资格', meaning: 'an objection or report was upheld (N3.4a)' },
} as const;
export type Stage = keyof typeof stages;

/** A hold stands beside the stage; while one stands, people see its name as the state (design.md, Holds). */
export const holds = {
  objection: {
    state: 'objection-hold',
    label: '异议核查中',
    shownIn: ['review', 'approved', 'listed', 'publicity', 'payable'],
  },
  succession: {
    state: 'succession-hold',
    label: '等待继承办理',
    shownIn: ['approved', 'listed', 'publicity', 'payable'],
  },
  fund: { state: 'fund-hold', label: '等待基金额度', shownIn: ['payable'] },
  account: { state: 'account-hold', label: '等待更正账户', shownIn: ['payable'] },
} as const satisfies Record<string, { state: string; label: string; shownIn: readonly Stage[] }>;
export type HoldKind = keyof typeof holds;
export type VisibleState = Stage | (typeof holds)[HoldKind]['state'];

/** What people read: the stage's name or the hold's. */
export const stateLabels: Readonly<Record<VisibleState, string>> = {
  ...(Object.fromEntries(Object.entries(stages).map(([stage, { label }]) => [stage, label])) as Record<Stage, string>),
  'objection-hold': holds.objection.label,
  'fund-hold': holds.fund.label,
  'account-hold': holds.account.label,
  'succession-hold': holds.succession.label,
};

const everyStage = Object.keys(stages) as Stage[];
const beforePayment = [
  ...(['filed', 'checking', 'review', 'supplement', 'certificate-registration'] as const),
  ...(['approved', 'listed', 'publicity', 'payable'] as const),
] as const;

/** An upheld objection leaves these as they are: the money has left and recovery follows (N3.4b), or the case is over. */
export const staysWhenUpheld: readonly Stage[] = ['paying', 'paid', 'refused', 'withdrawn', 'cancelled'];

/** `in`: the stages in which the command is open. `events`: what it may record. `label`: for the people who may give it. */
export const commands = {
  'answer-look-up': {
    label: '登记核查结果',
    in: ['filed', 'checking', 'review', 'reconsideration'],
    events: ['looked-up', 'checked'],
  },
  handle: {
    label: '经办审核',
    in: ['review'],
    events: ['occupation-set', 'checked', 'handled', 'asked-again', 'supplement-asked', 'registration-asked'],
  },
  'confirm-certificate': { label: '登记发证机构书面确认', in: ['review'], events: ['certificate-confirmed'] },
  supplement: { label: '补正', in: ['supplement'], events: ['supplemented'] },
  'receive-registration': {
    label: '收到备案材料',
    in: ['certificate-registration'],
    events: ['registration-received'],
  },
  'inspect-registration': {
    label: '查验备案',
    in: ['certificate-registration'],
    events: ['registration-accepted', 'registration-rejected'],
  },
  'record-registration': {
    label: '登记备案结果',
    in: ['certificate-registration'],
    events: ['certificate-registered'],
  },
  lapse: { label: '逾期失效', in: ['supplement', 'certificate-registration'], events: ['lapsed'] },
  review: { label: '复核', in: ['review'], events: ['approved', 'refused', 'returned'] },
  'record-told': { label: '登记告知', in: ['refused'], events: ['applicant-told'] },
  'record-delivery': { label: '登记送达', in: everyStage, events: ['applicant-told'] },
  'record-undelivered': { label: '登记未送达', in: everyStage, events: ['telling-failed'] },
  'tell-in-person': { label: '人工告知', in: everyStage, events: ['told-by-person'] },
  'ask-reconsideration': { label: '申请复核', in: ['refused'], events: ['reconsideration-asked'] },
  'decide-reconsideration': {
    label: '复核决定',
    in: ['refused', 'reconsideration'],
    events: ['reconsideration-upheld', 'reconsideration-overturned', 'fund-reserved', 'merged'],
  },
  list: { label: '列入公示名单', in: ['approved'], events: ['listed'] },
  publish: { label: '公示', in: ['listed'], events: ['published'] },
  strike: { label: '撤下公示', in: ['listed', 'publicity'], events: ['struck-to-review', 'struck-to-approved'] },
  'move-window': { label: '延长公示期', in: ['publicity'], events: ['window-moved'] },
  'answer-appraisal': { label: '登记鉴定答复', in: Object.keys(stages) as Stage[], events: ['appraised'] },
  merge: {
    label: '并入另一申请',
    in: ['filed', 'checking', 'review', 'supplement', 'certificate-registration'],
    events: ['merged'],
  },
  'report-death': { label: '登记申请人死亡', in: [...beforePayment], events: ['death-reported'] },
  'decide-succession': {
    label: '继承办理决定',
    in: [...beforePayment],
    events: ['succession-settled', 'succession-closed'],
  },
  'look-again': {
    label: '发放前再次核查',
    in: ['publicity', 'payable'],
    events: ['looked-again', 'objection-received'],
  },
  'ask-registers': { label: '证书核查结果过期，重新核查', in: ['payable'], events: ['asked-again'] },
  object: {
    label: '提出异议或举报',
    // A report may come before anything was decided; it holds the money from then on (N3.4a).
    in: [...beforePayment, 'reconsideration', 'paying', 'paid'],
    events: ['objection-received'],
  },
  'decide-objection': {
    label: '处理异议',
    // Also where the case was struck, given up or ended by another one meanwhile: each has its end (N3.4a).
    in: [
      ...beforePayment,
      ...(['paying', 'paid', 'refused', 'reconsideration', 'withdrawn', 'lapsed', 'merged', 'cancelled'] as const),
    ],
    events: ['objection-dismissed', 'objection-upheld'],
  },
  'issue-recovery-order': { label: '制发责令追回决定书', in: ['paid'], events: ['recovery-order-issued'] },
  pass: { label: '公示期满', in: ['publicity'], events: ['passed'] },
  'reserve-fund': {
    label: '落实基金额度',
    in: ['approved', 'listed', 'publicity', 'payable'],
    events: ['fund-reserved'],
  },
  release: { label: '发放', in: ['payable'], events: ['released'] },
  'record-payment': {
    label: '登记银行结果',
    in: ['paying', 'paid'],
    events: ['paid', 'payment-failed', 'payment-returned', 'payment-cancelled'],
  },
  'correct-account': { label: '更正收款账户', in: ['payable'], events: ['account-corrected'] },
  'remind-of-account': { label: '提醒更正收款账户', in: ['payable'], events: ['account-reminded'] },
  'carry-over': { label: '年终结转', in: [...beforePayment, 'paying'], events: ['reservation-carried'] },
  'hand-over': { label: '移交经办机构', in: [...beforePayment], events: ['handed-over'] },
  // Until the payment order: what was reserved, listed or published here is given up.
  'ask-transfer': {
    label: '移交其他经办机构',
    in: ['review', 'approved', 'listed', 'publicity', 'payable'],
    events: ['transfer-asked'],
  },
  'confirm-transfer': {
    label: '确认接收移交',
    in: ['review'],
    events: ['transferred', 'checked', 'transfer-rejected'],
  },
  withdraw: { label: '撤回申请', in: [...beforePayment], events: ['withdrawn'] },
  shred: { label: '销毁个人信息', in: everyStage, events: ['shredded'] },
  'pass-deadline': {
    label: '登记逾期',
    in: everyStage,
    events: ['deadline-passed'],
  },
  'move-deadlines': { label: '更新期限', in: everyStage, events: ['deadlines-moved'] },
  'remind-deadline': { label: '到期提醒', in: everyStage, events: ['deadline-reminded'] },
  'remind-applicant': {
    label: '提醒申请人期限将满',
    in: ['supplement', 'certificate-registration'],
    events: ['applicant-reminded'],
  },
  'escalate-deadline': { label: '逾期督办', in: everyStage, events: ['deadline-escalated'] },
} as const satisfies Record<string, { label: string; in: readonly Stage[]; events: readonly CaseEventType[] }>;
export type CommandType = keyof typeof commands;

/** May the command be given in this stage? */
export const isOpen = (type: CommandType, stage: Stage): boolean =>
  (commands[type].in as readonly Stage[]).includes(stage);
