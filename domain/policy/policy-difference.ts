import type { Policy } from './policy.ts';

/** One value that two versions have otherwise; undefined: the version does not have it. */
export interface PolicyDifference {
  /** `shortage.standards.5`; the catalog by its occupation, `shortage.occupations.焊工`. */
  readonly path: string;
  /** What people call it; the path where it has no name of its own. */
  readonly label: string;
  readonly before: string | number | null | undefined;
  readonly after: string | number | null | undefined;
}

type Leaf = string | number | null;

/** Names of what is changed most; a part in front of the rest of a path is enough. */
const labels: readonly (readonly [path: string, label: string])[] = [
  ['document', '文件'],
  ['inForceFrom', '施行日期'],
  ['claimants', '申领对象（参保身份）'],
  ['claimsPerYear', '每人每年申领次数上限'],
  ['contributionMonths', '累计缴费月数'],
  ['certificates.issuedFrom', '证书核发起始日期'],
  ['certificates.levels', '补贴等级'],
  ['certificates.kinds', '证书类别'],
  ['certificates.registers', '证书核查系统'],
  ['registerAnswers.goodForWorkingDays', '发放前证书核查结果有效期（工作日）'],
  ['claimWindowMonths', '申领期限（月）'],
  ['counterClosingTime', '现场受理截止时间'],
  ['standards', '补贴标准（分）'],
  ['shortage.standards', '紧缺急需职业补贴标准（分）'],
  ['shortage.occupations', '紧缺急需职业（工种）目录及适用范围'],
  ['occupations', '职业（工种）标准名称及别名（增补）'],
  ['deadlines.review', '审核期限（工作日）'],
  ['deadlines.refusal-notice', '未通过原因告知期限（工作日）'],
  ['deadlines.publicity', '公示期（工作日）'],
  ['deadlines.payout', '发放期限（工作日）'],
  ['deadlines', '期限（工作日）'],
  ['reconsiderationDays', '申请复核期限（日）'],
  ['accountReminders.everyWorkingDays', '更正收款账户提醒间隔（工作日）'],
  ['accountReminders.atMost', '更正收款账户提醒次数'],
  ['carriers', '短信、挂号信等待送达的时间（小时）'],
  ['publicityReports', '公示名单报送'],
  ['recovery', '追回催缴'],
  ['sample', '抽查'],
  ['bankDays', '对账时间'],
  ['statistics', '统计报表报送'],
];

const labelOf = (path: string): string =>
  labels.find(([start]) => path === start || path.startsWith(`${start}.`))?.[1] ?? path;

/** What a version changes against another one, value by value; its own number left out (N7). */
export function policyDifferences(before: Policy, after: Policy): readonly PolicyDifference[] {
  const [old, fresh] = [leavesOf(before), leavesOf(after)];
  const paths = [...new Set([...old.keys(), ...fresh.keys()])].filter((path) => path !== 'id');
  return paths
    .filter((path) => old.get(path) !== fresh.get(path))
    .map((path) => ({ path, label: labelOf(path), before: old.get(path), after: fresh.get(path) }));
}

/** Every value by its path. Lists of words are one value; the catalog's rows go by their occupation. */
function leavesOf({ shortage, occupations = [], ...policy }: Policy): ReadonlyMap<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const walk = (value: unknown, path: string): void => {
    if (Array.isArray(value)) leaves.set(path, value.map(inWords).join('、'));
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) walk(inner, path ? `${path}.${key}` : key);
    else if (typeof value === 'string' || typeof value === 'number' || value === null) leaves.set(path, value);
  };
  walk(policy, '');
  walk(shortage.standards, 'shortage.standards');
  for (const { name, scope } of shortage.occupations) {
    const path = `shortage.occupations.${name}`;
    leaves.set(path, [leaves.get(path), scope].filter(Boolean).join('、'));
  }
  for (const { name, aliases } of occupations) leaves.set(`occupations.${name}`, aliases.join('、'));
  return leaves;
}

/** A member of a list: a word, or a row of several. */
const inWords = (value: unknown): string =>
  typeof value === 'object' && value !== null ? Object.values(value).map(String).join(' ') : String(value);
