import type { Actor } from '../domain/actor.ts';
import type { CaseNo, OrderNo, OrgCode } from '../domain/ids.ts';
import { orderNoIn } from '../domain/payment/order.ts';
import { instantFromMs } from '../domain/policy/dates.ts';
import { isOrgCode } from '../domain/reference/org-units.ts';
import type { Instant } from '../domain/time.ts';
import { NotFound } from './case.ts';
import { businessNow } from './clock.ts';
import type { Queryable, Transaction } from './database.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';

/** What finance looks at: where the bank's word and ours part, and what came in the bank's name and was refused. */
export const differenceKinds = {
  'amount-differs': {
    label: '金额不一致',
    next: '与银行核对实际入账金额；错在银行的，由银行重新回执。',
  },
  'outcome-differs': {
    label: '银行结果前后不一致',
    next: '以先到的结果为准，已记账；与银行核对款项是否确已入账。',
  },
  'unknown-order': {
    label: '银行回执所指指令不存在',
    next: '没有发出过这笔指令；与银行核对该笔款项的来由。',
  },
  'nonce-reused': {
    label: '回执随机数被重复使用',
    next: '回执未被采用；请银行以新的随机数重新发送，并核对是否有人重放。',
  },
  'outside-window': {
    label: '回执时间超出有效窗口',
    next: '回执未被采用；请银行校准时钟后重新发送。',
  },
  forged: {
    label: '回执签名无效',
    next: '回执未被采用；与银行核对密钥编号和密钥，不是银行发出的报信息安全负责人。',
  },
  'unreadable-callback': {
    label: '回执内容无法识别',
    next: '回执未被采用；请银行按接口格式重新发送。',
  },
  'not-in-statement': {
    label: '已记到账，对账单无此笔',
    next: '请银行查明该笔是否确已入账；漏列的由银行补发对账单后重新对账。',
  },
  'twice-in-statement': {
    label: '对账单同一指令出现多次',
    next: '请银行查明是否重复付款；重复付出的应予追回。',
  },
  'bad-line': {
    label: '对账单记录无法识别',
    next: '请银行更正该行（第几行见明细）后重发对账单，再重新对账。',
  },
  'bad-file': {
    label: '银行文件无法识别',
    next: '请银行重发该文件。',
  },
  'balance-differs': {
    label: '对账单余额不平',
    next: '请银行核对期初、发生额与期末余额后重发对账单，再重新对账。',
  },
  unanswered: {
    label: '指令逾期未有银行结果',
    next: '请银行查明该笔结果并补发回执（文件代发的，补发含该笔的回盘文件）。系统只会以同一指令号再发，不会重复付款；请勿另行付款。',
  },
  'statement-missing': {
    label: '未取得银行对账单',
    next: '请银行提供当日对账单；取得后自动对账，也可重新对账。',
  },
} as const;
export type DifferenceKind = keyof typeof differenceKinds;

export interface NewDifference {
  readonly kind: DifferenceKind;
  readonly ref: string;
  readonly org: OrgCode;
  readonly caseNo?: CaseNo | undefined;
  /** Codes, amounts and instants; no personal data. */
  readonly detail: Readonly<Record<string, string | number | null>>;
}

const province = '220000' as OrgCode;

/**
 * Opens a difference; one that is open already is counted. `once`: found again by itself it is the same one, and what a
 * person has closed stays closed.
 */
export async function raiseDifference(
  tx: Queryable,
  one: NewDifference,
  how: 'count' | 'once' = 'count',
): Promise<void> {
  const now = await businessNow(tx);
  await tx.query(
    `INSERT INTO bank_difference (org, kind, ref, case_no, detail, first_at, last_at)
     SELECT $1, $2, $3, $4, $5::jsonb, $6::timestamptz, $6
     WHERE $7::int = 0 OR NOT EXISTS (SELECT FROM bank_difference
       WHERE kind = $2 AND ref = $3 AND detail = $5::jsonb AND closed_by ->> 'kind' = 'staff')
     ON CONFLICT (kind, ref) WHERE closed_at IS NULL
     DO UPDATE SET times = bank_difference.times + 1 - $7::int, last_at = EXCLUDED.last_at`,
    [one.org, one.kind, one.ref, one.caseNo ?? null, JSON.stringify(one.detail), now, how === 'once' ? 1 : 0],
  );
}

/** The unit that looks after an order number that came from outside; nobody's own goes to the province. */
export async function orgOfOrder(db: Queryable, orderNo: string): Promise<{ org: OrgCode; caseNo?: CaseNo }> {
  const { rows } = await db.query<{ org: OrgCode; case_no: CaseNo }>(
    'SELECT org, case_no FROM payment_order JOIN cases USING (case_no) WHERE order_no = $1',
    [orderNo],
  );
  const [found] = rows;
  if (found) return { org: found.org, caseNo: found.case_no };
  const prefix = orderNo.slice(0, 6);
  return { org: isOrgCode(prefix) ? prefix : province };
}

export interface BankDifference extends Required<Pick<NewDifference, 'kind' | 'ref' | 'org' | 'detail'>> {
  readonly id: number;
  readonly caseNo: CaseNo | null;
  /** The order that it is about, as the bank named it; null: none, or nothing that is written like one. */
  readonly orderNo: OrderNo | null;
  readonly times: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  readonly closedAt: Instant | null;
}

interface Row {
  id: number;
  org: OrgCode;
  kind: DifferenceKind;
  ref: string;
  case_no: CaseNo | null;
  detail: BankDifference['detail'];
  times: number;
  first_at: number;
  last_at: number;
  closed_at: number | null;
}

const columns = 'id, org, kind, ref, case_no, detail, times, first_at, last_at, closed_at';
const fromRow = (row: Row): BankDifference => ({
  ...{ id: row.id, org: row.org, kind: row.kind, ref: row.ref, caseNo: row.case_no, detail: row.detail },
  orderNo: orderNoIn(String(row.detail['orderNo'] ?? '')) ?? orderNoIn(row.ref),
  times: row.times,
  firstAt: instantFromMs(row.first_at),
  lastAt: instantFromMs(row.last_at),
  closedAt: row.closed_at === null ? null : instantFromMs(row.closed_at),
});

/** Differences of the units, the oldest first. */
export async function listDifferences(
  db: Queryable,
  orgs: readonly OrgCode[],
  { open, after, limit }: { readonly open: boolean | undefined; readonly after: number; readonly limit: number },
): Promise<readonly BankDifference[]> {
  const { rows } = await db.query<Row>(
    `SELECT ${columns} FROM bank_difference
     WHERE org = ANY ($1) AND id > $2 AND ($3::boolean IS NULL OR (closed_at IS NULL) = $3) ORDER BY id LIMIT $4`,
    [orgs, after, open ?? null, limit],
  );
  return rows.map(fromRow);
}

/** Those of the ids that there are. */
export async function readDifferences(db: Queryable, ids: readonly number[]): Promise<readonly BankDifference[]> {
  return (await db.query<Row>(`SELECT ${columns} FROM bank_difference WHERE id = ANY ($1)`, [ids])).rows.map(fromRow);
}

/** @throws NotFound */
export async function readDifference(db: Queryable, id: number): Promise<BankDifference> {
  const [found] = await readDifferences(db, [id]);
  if (!found) throw new NotFound(String(id));
  return found;
}

/** A person looked at it and says what it was. It changes no order: corrections are the bank's new word. */
export function closeDifference(
  store: Store,
  claim: Claim,
  actor: Actor,
  id: number,
  note: string,
): Promise<Outcome<{ id: number }>> {
  return once(store, claim, async (tx) => {
    const closed = await tx.query(
      `UPDATE bank_difference SET closed_at = $2, closed_by = $3, note = $4 WHERE id = $1 AND closed_at IS NULL`,
      [id, await businessNow(tx), JSON.stringify(actor), store.vault.sealAnswer({ note })],
    );
    return closed.rowCount === 0 ? { refused: { code: 'difference-closed', detail: {} } } : { done: { id } };
  });
}

/** Open differences of those kinds whose ref begins so and that were not found again are over. */
export async function closeGone(
  tx: Transaction,
  { kinds, prefix, still }: { kinds: readonly DifferenceKind[]; prefix: string; still: readonly string[] },
  actor: Actor,
): Promise<void> {
  await tx.query(
    `UPDATE bank_difference SET closed_at = $4, closed_by = $5
     WHERE closed_at IS NULL AND kind = ANY ($1) AND starts_with(ref, $2) AND kind || ' ' || ref <> ALL ($3)`,
    [kinds, prefix, still, await businessNow(tx), JSON.stringify(actor)],
  );
}
