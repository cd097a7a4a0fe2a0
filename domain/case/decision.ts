import type { CaseFile } from '../policy/checks.ts';
import type { CaseNo } from '../ids.ts';
import type { Policy } from '../policy/policy.ts';
import type { WorkingCalendar } from '../policy/working-days.ts';
import type { Fen } from '../money.ts';
import type { CivilDate, Instant } from '../time.ts';
import type { CaseEvent, CaseText } from './events.ts';

/** The window by the round itself (N3.2), which may end later than the case was told. */
export interface RoundFact {
  readonly endsAt: Instant;
  /** So long without a look at the site that the round has to say first whether the window ends later. */
  readonly unproven?: boolean;
}

/**
 * What a decision rests on besides the case itself, read under lock in the command's transaction. Recorded by value or
 * version with the command, so that an auditor can decide again years later.
 */
export interface Facts {
  readonly now: Instant;
  /** For a new case the policy in force today, later the one that the case records (N4.1). */
  readonly policy: Policy;
  readonly calendar: WorkingCalendar;
  /** What the case's fund can still reserve this budget year (N5.2); only for commands that reserve. */
  readonly fund?: { readonly budgetYear: number; readonly availableFen: Fen };
  readonly round?: RoundFact;
  /**
   * Another case that has this one's entitlement (N4.3), or the one that it would have under the occupation that is being
   * set; null where none has. Only for reconsiderations and for setting the occupation.
   */
  readonly rival?: CaseNo | null;
  /** Claims of the person in the year of filing that were filed before this one and stand; with the file. */
  readonly claimsThisYear?: number;
  /** Other people whose standing claims rest on a certificate of the same number (N6.3); with the file. */
  readonly otherClaimants?: number;
  /** Application and look-up answers; only for the command that completes the checks. */
  readonly file?: CaseFile;
  /** The certificate's issue date; only for `hand-over`. */
  readonly issuedOn?: CivilDate;
}

/** Every reason for which a command is refused; the title is what the caller reads first. */
export const refusals = {
  'not-in-this-state': '当前状态不能办理此操作',
  'case-changed': '案件已被他人更新，请刷新后重试',
  'four-eyes': '经办人与复核人不得为同一人',
  'already-handled': '已经经办审核，等待复核',
  'not-handled-yet': '尚未经办审核，不能复核',
  'differs-from-handling': '复核结论与经办结论不一致；如有不同意见请退回',
  'check-failed': '存在未通过的核查项，须逐项说明理由并附材料',
  'already-claimed': '该人员的同一职业（工种）同一等级已申领或正在申领补贴，不能重复申领',
  'nothing-to-ask': '证书核查结果仍然有效，或正在重新核查',
  'nothing-to-override': '所列核查项并未失败，无需说明',
  'not-covered-level': '该等级不在补贴范围内，不能通过',
  'reasons-missing': '不予通过必须说明理由',
  'supplement-asked-already': '补正已一次性告知过，不能再次要求补正',
  'supplement-first': '欠费须先一次性告知申请人补正，不能直接不予通过',
  'registration-not-needed': '该证书无需查验备案，或已在我省备案',
  'registration-asked-already': '查验备案已告知过，不能再次要求',
  'registration-received-already': '备案材料已收到',
  'registration-decided-already': '查验备案已有结论',
  'reconsideration-period-over': '申请复核的期限已过',
  'reconsidered-already': '已经复核过，不能再次申请复核',
  'took-part': '参与原审核的人员不得作出复核决定',
  'finding-stands': '已有查实的异议或举报，不能改为通过',
  'look-ups-missing': '重新核查尚未全部完成，请稍后再作决定',
  'document-missing': '须附决定书或裁判文书',
  'nothing-to-confirm': '没有需要发证机构书面确认的核查项',
  'merged-into-itself': '不能并入自身',
  'not-the-same-claim': '只能并入同一申请人尚在办理的另一申请',
  'death-reported-already': '已登记申请人死亡',
  'no-death-reported': '未登记申请人死亡，无需办理继承',
  'period-over': '规定的期限已过',
  'window-running': '公示期未满',
  'window-over': '公示期已结束，请改用举报渠道',
  held: '案件有未决事项，暂不能继续',
  'unknown-objection': '没有这项异议或举报',
  'objection-decided': '该异议或举报已处理',
  'other-round': '案件不在这一公示批次中',
  'window-stays': '公示期不因此延长',
  'already-appraised': '鉴定机构已答复',
  'other-order': '案件的在途支付指令与此不同',
  'fund-short': '基金可用额度不足',
  'no-account-to-correct': '银行未退回款项，无需更正账户',
  'nothing-to-carry': '案件没有该年度的占用额度',
  'year-not-over': '预算年度尚未结束',
  'not-this-deadline': '没有这一进行中的期限',
  'no-deadline-moved': '放假安排未影响本案期限',
  'not-yet-due': '尚未到提醒或督办的时间',
  'already-told': '已经告知申请人',
  'unknown-telling': '没有这项告知',
  'told-on-another-day': '告知日期不能早于决定之日，也不能晚于今天',
  'already-answered': '该项核查已有结果',
  'not-to-be-handed-over': '该案件不经人社部门移交，或已移交经办机构',
  'received-in-the-future': '收件日期不能晚于今天',
  'transfer-pending': '案件正在移交其他经办机构，等待对方确认',
  'same-agency': '案件已在该经办机构',
  'no-transfer': '没有待确认的移交',
  'already-shredded': '个人信息已按保管期限销毁',
  'still-open': '案件尚有未决事项，不能销毁',
  'unknown-schedule': '没有这一版保管期限表',
  'kept-longer': '保管期限未满',
} as const;
export type RefusalCode = keyof typeof refusals;

export interface Refusal {
  readonly code: RefusalCode;
  /** Codes, instants and ids that help the caller: the failed checks, the window's end, the open holds. */
  readonly detail: Readonly<Record<string, string | readonly string[]>>;
}

export interface Decided {
  readonly event: CaseEvent;
  readonly text?: CaseText;
}

export type Decision = { readonly events: readonly Decided[] } | { readonly refusal: Refusal };

export const record = (...events: readonly CaseEvent[]): Decision => ({ events: events.map((event) => ({ event })) });

export const refuse = (code: RefusalCode, detail: Refusal['detail'] = {}): Decision => ({ refusal: { code, detail } });
