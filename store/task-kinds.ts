import type { Role } from '../domain/actor.ts';
import type { DeadlineKind } from '../domain/policy/deadlines.ts';
import { moneyTasks } from './task-kinds-money.ts';

export interface TaskKindRow {
  readonly label: string;
  /** Why it is there, for whoever has it in the inbox. */
  readonly why: string;
  readonly clause: string;
  /** Whose inbox it comes to. */
  readonly role: Role;
  /** What may be done about it: last parts of addresses, as in a case's `allowed`. */
  readonly allowed: readonly string[];
  /** The case's deadline by which it is due; null where the SQL says `due_at` itself, or there is none. */
  readonly deadline: DeadlineKind | null;
  /** Where two people are needed: the column of the SQL with who was the first, and what is left to another person. */
  readonly first?: { readonly by: string; readonly leaves: readonly string[] };
  /**
   * What waits now, derived from what was recorded: `case_no` (null where it is about no case), `org`, `ref` (objection,
   * round, number; empty for a case as a whole) and `due_at`. The list narrows it by `org` and sorts it.
   */
  readonly sql: string;
}

/** Everything that waits for a person. A new kind is one entry here; list, inbox, load and assignment follow. */
const taskKinds = {
  ...moneyTasks,
  handle: {
    label: '待经办审核',
    why: '核查已完成或已被退回，等待经办审核。',
    clause: 'N3.1g',
    role: 'handler',
    allowed: ['handling'],
    deadline: 'review',
    sql: `SELECT case_no, org, '' AS ref, NULL::timestamptz AS due_at FROM cases
          WHERE stage = 'review' AND state -> 'handling' = 'null' AND state -> 'transfer' IS NULL`,
  },
  review: {
    label: '待复核',
    why: '经办审核已完成，等待另一人复核。',
    clause: 'N3.1g',
    role: 'reviewer',
    allowed: ['review'],
    deadline: 'review',
    sql: `SELECT case_no, org, '' AS ref, NULL::timestamptz AS due_at FROM cases
          WHERE stage = 'review' AND state -> 'handling' <> 'null'`,
  },
  register: {
    label: '待查验备案',
    why: '外省或行业核发的证书，须查验后记入省内证书查询系统。',
    clause: 'N3.1d',
    role: 'hrss',
    allowed: ['certificate-registration'],
    deadline: 'certificate-registration',
    sql: `SELECT case_no, org, '' AS ref, NULL::timestamptz AS due_at FROM cases
          WHERE stage = 'certificate-registration' AND state ->> 'step' <> 'entering'`,
  },
  reconsider: {
    label: '待复核决定',
    why: '申请人对审核结果有异议，须由未参与原审核的人员重新核查后决定。',
    clause: 'N3.1f',
    role: 'hrss',
    allowed: ['reconsideration/decision'],
    deadline: 'reconsideration',
    sql: `SELECT case_no, org, '' AS ref, NULL::timestamptz AS due_at FROM cases WHERE stage = 'reconsideration'`,
  },
  transfer: {
    label: '移交待确认',
    why: '其他经办机构认为应由本机构受理，等待确认接收或退回。',
    clause: 'N2.1',
    role: 'handler',
    allowed: ['transfer/confirmation'],
    deadline: 'review',
    sql: `SELECT case_no, state #>> '{transfer,to}' AS org, '' AS ref, NULL::timestamptz AS due_at FROM cases
          WHERE stage = 'review' AND state -> 'transfer' IS NOT NULL`,
  },
  receive: {
    label: '集中申请待收件',
    why: '用人单位集中申请，等待人社部门收件并移交经办机构。',
    clause: 'N2.5',
    role: 'hrss',
    allowed: ['acceptance', 'appointment'],
    deadline: null,
    sql: `SELECT NULL AS case_no, org, batch_id AS ref,
                 (SELECT min(d.due_at) FROM intake_row r JOIN open_deadline d ON d.case_no = r.case_no
                  WHERE r.batch_id = intake_batch.batch_id AND d.kind = 'handover') AS due_at
          FROM intake_batch WHERE awaits_receipt`,
  },
  late: {
    label: '逾期督办',
    why: '办理期限已过，按规定逐级督办；逾期不影响审核结论。',
    clause: 'N3.1',
    role: 'supervisor',
    allowed: [],
    deadline: null,
    sql: `SELECT case_no, unit AS org, kind || '@' || unit AS ref, due_at
          FROM open_deadline, unnest(escalated_to) AS unit WHERE cardinality(escalated_to) > 0`,
  },
  succession: {
    label: '待继承办理',
    why: '申请人已死亡，须核对继承材料后决定发放对象。',
    clause: 'N3.3',
    role: 'hrss',
    allowed: ['succession/decision'],
    deadline: null,
    sql: `SELECT case_no, org, '' AS ref, NULL::timestamptz AS due_at FROM cases
          WHERE held AND state -> 'holds' @> '[{"kind": "succession"}]'`,
  },
  tell: {
    label: '告知未送达',
    why: '短信和挂号信均未送达申请人，须由人工告知并登记日期和凭证。',
    clause: 'N3.1e',
    role: 'handler',
    allowed: ['telling'],
    deadline: 'refusal-notice',
    sql: `SELECT case_no, org, telling ->> 'n' AS ref, NULL::timestamptz AS due_at
          FROM cases, jsonb_array_elements(state #> '{tellings,open}') AS telling
          WHERE untold AND telling -> 'failed' = 'true'`,
  },
  'sign-list': {
    label: '附件2待填报人签字',
    why: '公示名单已截取并报送，等待填报人在附件2上签字。',
    clause: 'N3.2',
    role: 'handler',
    allowed: ['signatures'],
    deadline: null,
    sql: `SELECT NULL AS case_no, org, round_id AS ref, (state #>> '{reporting,dueAt}')::timestamptz AS due_at FROM round
          WHERE stage IN ('reported', 'publishing', 'public') AND state #> '{signatures,preparer}' IS NULL`,
  },
  'countersign-list': {
    label: '附件2待负责人签字',
    why: '填报人已签字，等待负责人（另一人）在附件2上签字。',
    clause: 'N3.2',
    role: 'reviewer',
    allowed: ['signatures'],
    deadline: null,
    sql: `SELECT NULL AS case_no, org, round_id AS ref, (state #>> '{reporting,dueAt}')::timestamptz AS due_at FROM round
          WHERE stage IN ('reported', 'publishing', 'public') AND state #> '{signatures,preparer}' IS NOT NULL
            AND state #> '{signatures,head}' IS NULL`,
  },
  'publish-list': {
    label: '名单待公示',
    why: '经办机构已报送名单，等待人社部门在期限内发布公示，或已要求发布而网站尚未显示。',
    clause: 'N3.2',
    role: 'hrss',
    allowed: ['publication'],
    deadline: null,
    sql: `SELECT NULL AS case_no, org, round_id AS ref, (state #>> '{publication,dueAt}')::timestamptz AS due_at FROM round
          WHERE stage IN ('reported', 'publishing')`,
  },
  objection: {
    label: '异议待核查',
    why: '公示期间收到异议，核查期间暂停发放。',
    clause: 'N3.4a',
    role: 'hrss',
    allowed: ['decision'],
    deadline: null,
    sql: `SELECT case_no, org, objection_id::text AS ref, NULL::timestamptz AS due_at
          FROM objection JOIN cases USING (case_no) WHERE objection.state = 'open' AND kind = 'objection'`,
  },
  report: {
    label: '举报待核查',
    why: '收到举报，须会同职业技能鉴定机构核查。',
    clause: 'N3.4b',
    role: 'hrss',
    allowed: ['decision'],
    deadline: null,
    sql: `SELECT case_no, org, objection_id::text AS ref, NULL::timestamptz AS due_at
          FROM objection JOIN cases USING (case_no) WHERE objection.state = 'open' AND kind = 'report'`,
  },
  'match-report': {
    label: '举报待对应案件',
    why: '举报未指明案件，须查找对应案件后核查，或说明理由后办结。',
    clause: 'N3.4b',
    role: 'hrss',
    allowed: ['match', 'closure'],
    deadline: null,
    sql: `SELECT NULL AS case_no, org, report_id::text AS ref, NULL::timestamptz AS due_at
          FROM unmatched_report WHERE state = 'open'`,
  },
  'examine-sample': {
    label: '抽查待核查',
    why: '每月抽查的已发放案件，须由未参与办理的人员核查。',
    clause: 'N3.4c',
    role: 'hrss',
    allowed: ['results'],
    deadline: null,
    sql: `SELECT case_no, sample.org, sample_id AS ref, NULL::timestamptz AS due_at
          FROM sample_item JOIN sample USING (sample_id) LEFT JOIN sample_result USING (sample_id, case_no)
          WHERE sample_result.result IS NULL`,
  },
} as const satisfies Record<string, TaskKindRow>;
export type TaskKind = keyof typeof taskKinds;

export const taskKindNames = Object.keys(taskKinds) as [TaskKind, ...TaskKind[]];
export const taskKind = (kind: TaskKind): TaskKindRow => taskKinds[kind];

/** The tasks of some kinds as one table: kind, case_no, org, ref, deadline, due_at and first_by; `$1` are the units. */
export const tasksOf = (kinds: readonly TaskKind[]): string =>
  kinds
    .map((kind) => {
      const { deadline, first, sql } = taskKind(kind);
      return `SELECT '${kind}' AS kind, case_no, org, ref, '${deadline ?? ''}' AS deadline, due_at,
                     ${first?.by ?? 'NULL::text'} AS first_by
              FROM (${sql}) AS ${kind.replaceAll('-', '_')} WHERE org = ANY ($1)`;
    })
    .join(' UNION ALL ');
