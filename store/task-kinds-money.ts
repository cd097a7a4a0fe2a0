import type { TaskKindRow } from './task-kinds.ts';

/** What waits for a person where money goes out, is short, or comes back (N3.3, N3.4b, N5.2). */
export const moneyTasks = {
  pay: {
    label: '待发放',
    why: '公示期满无异议，等待列入发放批次。',
    clause: 'N3.3',
    role: 'finance',
    allowed: [],
    deadline: 'payout',
    sql: `SELECT case_no, org, '' AS ref, NULL::timestamptz AS due_at FROM cases WHERE stage = 'payable' AND NOT held`,
  },
  'correct-account': {
    label: '收款账户逾期未更正',
    why: '银行未能入账，提醒后申请人仍未更正收款账户，须与申请人联系。',
    clause: 'N3.3',
    role: 'handler',
    allowed: ['account'],
    deadline: null,
    sql: `SELECT case_no, org, hold ->> 'ref' AS ref, (hold ->> 'remindedAt')::timestamptz AS due_at
          FROM cases, jsonb_array_elements(state -> 'holds') AS hold
          WHERE held AND stage = 'payable' AND hold ->> 'kind' = 'account' AND hold -> 'remindedAt' IS NOT NULL`,
  },
  'bank-difference': {
    label: '银行差异待核对',
    why: '银行回执或对账单与记录不一致，或有回执被拒收，须与银行核对并登记结果。',
    clause: 'N3.3',
    role: 'finance',
    allowed: ['closure'],
    deadline: null,
    sql: `SELECT case_no, org, id::text AS ref, NULL::timestamptz AS due_at FROM bank_difference WHERE closed_at IS NULL`,
  },
  'fund-wait': {
    label: '等待基金额度',
    why: '基金额度不足，案件等待发放；可追加预算，或由省级调剂金解决。额度落实前不停止发放期限。',
    clause: 'N5.2',
    role: 'finance',
    allowed: ['budgets'],
    deadline: 'payout',
    sql: `SELECT case_no, org, '' AS ref, NULL::timestamptz AS due_at FROM cases
          WHERE stage = 'payable' AND held AND state -> 'holds' @> '[{"kind": "fund"}]'`,
  },
  'release-batch': {
    label: '发放批次待复核发放',
    why: '批次已制单，须由另一人核对金额和名单后发放；逾期失效，案件退回待发放。',
    clause: 'N3.3',
    role: 'finance',
    allowed: ['release', 'cancellation'],
    deadline: null,
    first: { by: 'prepared_by', leaves: ['release'] },
    sql: `SELECT NULL AS case_no, org, batch_id AS ref, (state #>> '{expires,dueAt}')::timestamptz AS due_at, prepared_by
          FROM payment_batch WHERE stage = 'prepared'`,
  },
  'demand-recovery': {
    label: '待催缴',
    why: '人社部门已责令追回，须由经办机构向当事人催缴。',
    clause: 'N3.4b',
    role: 'finance',
    allowed: ['demand'],
    deadline: null,
    sql: `SELECT case_no, org, '' AS ref, (state #>> '{demand,dueAt}')::timestamptz AS due_at
          FROM recovery WHERE stage = 'ordered'`,
  },
  'late-recovery': {
    label: '追回逾期',
    why: '当事人未按期退回，已催告；可变更分期计划、申请核销或申请法院强制执行。',
    clause: 'N3.4b',
    role: 'finance',
    allowed: ['instalments', 'plan', 'write-off'],
    deadline: null,
    sql: `SELECT case_no, org, '' AS ref, (state ->> 'lateUpTo')::timestamptz AS due_at FROM recovery
          WHERE stage = 'demanded' AND received_fen < (state ->> 'beforePlanFen')::bigint +
            (SELECT coalesce(sum((day ->> 'amountFen')::bigint), 0) FROM jsonb_array_elements(state -> 'plan') AS day
             WHERE day ->> 'dueAt' <= state ->> 'lateUpTo')`,
  },
  'settle-recovery': {
    label: '追回待结清',
    why: '尚欠金额已全部追回：多收的先退还，再登记结案。',
    clause: 'N3.4b',
    role: 'finance',
    allowed: ['refunds', 'closure'],
    deadline: null,
    sql: `SELECT case_no, org, '' AS ref, NULL::timestamptz AS due_at FROM recovery
          WHERE (stage IN ('ordered', 'demanded') AND received_fen >= amount_fen)
             OR received_fen - given_back_fen > amount_fen`,
  },
  'write-off': {
    label: '核销待复核',
    why: '已申请核销尚欠金额，须由另一人复核。',
    clause: 'N3.4b',
    role: 'finance',
    allowed: ['write-off/decision'],
    deadline: null,
    first: { by: 'write_off_by', leaves: ['write-off/decision'] },
    sql: `SELECT case_no, org, '' AS ref, NULL::timestamptz AS due_at, write_off_by FROM recovery
          WHERE write_off_by IS NOT NULL AND write_off_confirmed_by IS NULL
            AND stage IN ('ordered', 'demanded', 'enforcing')`,
  },
  'budget-correction': {
    label: '预算更正待确认',
    why: '有人提出预算多录，须由另一人核对后确认更正，或不予更正。',
    clause: 'N5.2',
    role: 'finance',
    allowed: ['decision'],
    deadline: null,
    first: { by: 'proposed_by', leaves: [] },
    sql: `SELECT NULL AS case_no, fund AS org, correction_id AS ref, NULL::timestamptz AS due_at,
                 state ->> 'proposedBy' AS proposed_by
          FROM budget_correction WHERE stage = 'proposed'`,
  },
  adjustment: {
    label: '调剂金申请待审批',
    why: '统筹地区基金额度不足，有案件等待发放，申请省级调剂金。',
    clause: 'N5.2',
    role: 'finance',
    allowed: ['grant', 'declination'],
    deadline: null,
    sql: `SELECT NULL AS case_no, '220000' AS org, request_id AS ref, NULL::timestamptz AS due_at
          FROM adjustment_request WHERE stage = 'requested'`,
  },
} as const satisfies Record<string, TaskKindRow>;
