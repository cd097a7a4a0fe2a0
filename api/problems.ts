import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../domain/actor.ts';
import { offerLabel } from '../domain/case/allowed.ts';
import { refusals } from '../domain/case/decision.ts';
import { stateLabels } from '../domain/case/procedure.ts';
import { adjustmentRefusals } from '../domain/fund/adjustment.ts';
import { correctionRefusals } from '../domain/fund/correction.ts';
import { batchRefusals } from '../domain/payment/decide-batch.ts';
import { roundRefusals } from '../domain/round/decide.ts';
import { fen, yuan } from '../domain/money.ts';
import type { Refused } from '../store/once.ts';

/** One wrong field of a form: the path in the body, a stable code, a sentence for the person who filled it in. */
export interface FieldError {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** RFC 9457; what is beside the standard members helps the caller and names nobody. */
export const problemSchema = z
  .looseObject({
    type: z.string().describe('urn:problem:<slug>'),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    errors: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });

/** Every problem of the API's own with its status; refusals of the domain come from their own tables as 409. */
const problems = {
  'not-json': [400, '请求体不是有效的 JSON'],
  'bad-request': [400, '请求无法理解'],
  'idempotency-key-missing': [400, '缺少 Idempotency-Key 请求头'],
  'idempotency-key-malformed': [400, 'Idempotency-Key 请求头格式不正确'],
  unauthenticated: [401, '请先登录'],
  'sign-in-again': [401, '此操作需要重新登录确认身份'],
  'signature-invalid': [401, '签名无效'],
  forbidden: [403, '没有办理此事项的权限'],
  'not-yourself': [403, '只能为本人申请：姓名和身份证号码须与登录身份一致'],
  'not-found': [404, '没有找到'],
  'method-not-allowed': [405, '不支持的请求方法'],
  'request-timeout': [408, '请求发送超时'],
  'already-claimed': [409, '该人员的同一职业（工种）同一等级已申领或正在申领补贴，不能重复申领'],
  'ask-applicant': [409, '该申请不能受理，具体原因请由申请人本人查询'],
  'nothing-payable': [409, '没有可发放的案件'],
  'day-not-over': [409, '该日尚未结束，没有对账单'],
  'difference-closed': [409, '该差异已处理'],
  'had-part': [409, '本人参与过该案件的办理，不能抽查'],
  'already-examined': [409, '该案件已登记抽查结果'],
  'report-unmatched': [409, '该举报尚未对应案件，请先查找案件'],
  'report-decided': [409, '该举报已对应案件或已办结'],
  'nonce-reused': [409, '随机数已被使用'],
  'difference-recorded': [409, '银行回执与支付指令不一致，已登记差异待核对'],
  'window-over': [410, '公示期已结束，请改用举报渠道'],
  'too-large': [413, '请求体过大，上限为 1 MB'],
  'file-too-large': [413, '文件过大，上限为 10 MB'],
  'wrong-content-type': [415, '请求体须为 application/json'],
  'not-a-form': [415, '请以 multipart/form-data 方式上传文件'],
  invalid: [422, '填写内容有误，请逐项核对'],
  'key-reused': [422, '同一 Idempotency-Key 已用于不同的请求内容'],
  'no-policy': [422, '当前日期尚无生效的补贴政策（吉人社联字〔2017〕67号自2017-08-23起施行），不能受理'],
  'unknown-order': [422, '没有这笔支付指令'],
  'too-many-requests': [429, '请求过于频繁，请稍后再试'],
  'head-too-large': [431, '请求头过大'],
  internal: [500, '系统内部错误，已记录'],
  'printer-busy': [503, '正在生成的表格过多，请稍后再试'],
  unavailable: [503, '系统暂时不能应答，请稍后重试；重复提交是安全的'],
} as const satisfies Record<string, readonly [status: number, title: string]>;
export type ProblemSlug = keyof typeof problems;

/** A problem on its way to the caller; whatever it carries is shown. */
export class Problem extends Error {
  readonly slug: string;
  readonly status: number;
  readonly title: string;
  readonly more: Readonly<Record<string, unknown>>;

  constructor(slug: ProblemSlug, more: Readonly<Record<string, unknown>> = {}) {
    super(slug);
    this.slug = slug;
    [this.status, this.title] = problems[slug];
    this.more = more;
  }
}

/** Wrong input: all of it at once, one entry per field. */
export class InvalidInput extends Problem {
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[]) {
    super('invalid', { errors });
    this.errors = errors;
  }
}
export const invalid = (errors: readonly FieldError[]): InvalidInput => new InvalidInput(errors);

const titles: Readonly<Record<string, string>> = {
  ...roundRefusals,
  ...batchRefusals,
  ...adjustmentRefusals,
  ...correctionRefusals,
  ...refusals,
};

/** What people read of a refusal by its code. */
export const refusalTitle = (code: string): string =>
  isSlug(code) ? problems[code][1] : (titles[code] ?? '所填材料编号已失效，请重新上传材料');

/** A refusal of the store as its problem; what a table calls differently for rounds and batches goes by `own`. */
export function refusalProblem(
  { code, detail, changed, standing }: Refused,
  own: Readonly<Record<string, string>> = {},
): Problem {
  const slug: ProblemSlug = isSlug(code) ? code : 'bad-request';
  const title = isSlug(code) ? problems[code][1] : (own[code] ?? titles[code] ?? '不能办理');
  const words = { ...inWords(title, detail), ...textOf(code) };
  const problem = new Problem(slug, { ...words, ...detail, ...changedBy(changed), ...standingText(standing) });
  return isSlug(code) ? problem : Object.assign(problem, { slug: code, status: 409, title });
}

/** Amounts that a refusal carries, as people say them. */
const amountWords: Readonly<Record<string, string>> = {
  totalFen: '批次现共',
  outstandingFen: '尚欠',
  overpaidFen: '多收未退',
  freeFen: '尚未使用的预算',
  availableFen: '可用额度',
};

/** What a refusal carries in one sentence: in which stage it is, which amounts it is about, which batches wait. */
function inWords(title: string, detail: Refused['detail']): object {
  const { stageLabel, batches } = detail;
  const said = Object.entries(amountWords).flatMap(([name, word]) => {
    const amount = detail[name];
    return typeof amount === 'number' ? [`${word}${yuan(fen(amount))}元`] : [];
  });
  if (typeof stageLabel === 'string') said.push(`现为“${stageLabel}”`);
  if (Array.isArray(batches) && batches.length > 0) said.push(`已制单、待复核发放的批次：${batches.join('、')}`);
  return said.length === 0 ? {} : { detail: `${title}：${said.join('，')}。` };
}

/** What to do instead, where that is the same for everybody. */
const advice: Readonly<Record<string, object>> = {
  'window-over': { detail: '可随时向 /public/v1/reports 举报。', reports: '/public/v1/reports' },
  'already-claimed': {
    detail: '申请人本人登录后可查询已有的申请；该申请撤回、失效或审核未通过的，可以再次申请。',
  },
};
const textOf = (code: string): object => advice[code] ?? {};

/** Where the case is, by code and in words, and what may be done with it now (as its `allowed`). */
function standingText(standing: Refused['standing']): object {
  if (!standing) return {};
  const { state, allowed } = standing;
  const stateLabel = stateLabels[state];
  const next = allowed.map((offer) => `${offerLabel(offer)}（${offer}）`).join('、');
  const now = next === '' ? '现在没有您可以办理的事项。' : `现在可以办理：${next}。`;
  return { detail: `案件当前状态为“${stateLabel}”（${state}），不能办理此操作。${now}`, state, stateLabel, allowed };
}

/** Who came first, by sign-in name and role, and when. */
function changedBy(changed: Refused['changed']): object {
  if (!changed) return {};
  return { changedBy: actorView(changed.by), changedAt: changed.at, seq: changed.seq };
}

/** An actor as staff see it: sign-in name and role. */
export function actorView(actor: Actor): { kind: string; sub?: string; role?: string } {
  switch (actor.kind) {
    case 'staff':
      return { kind: actor.kind, sub: actor.sub, role: actor.role };
    case 'employer':
      return { kind: actor.kind, sub: actor.sub, role: 'employer' };
    case 'applicant':
      return { kind: actor.kind, role: 'applicant' };
    case 'process':
    case 'public':
    case 'bank':
      return { kind: actor.kind };
  }
}

const isSlug = (code: string): code is ProblemSlug => code in problems;

export function problemBody(problem: Problem) {
  const { slug, status, more } = problem;
  const title = problem.title || (STATUS_CODES[status] ?? '');
  return { type: `urn:problem:${slug}`, title, status, detail: detailOf(problem) || title, ...more };
}

/** What is wrong in the fields, for whoever shows one sentence only; never what was filled in. */
const detailOf = (problem: Problem): string =>
  problem instanceof InvalidInput ? problem.errors.map(({ path, message }) => `${path} ${message}`).join(' ') : '';

/** Sends a problem; what callers should repeat says when. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const { slug, status, more } = problem;
  if (status === 503) void reply.header('retry-after', '5');
  if (typeof more['retryAfterSeconds'] === 'number')
    void reply.header('retry-after', String(more['retryAfterSeconds']));
  if (slug === 'unauthenticated') void reply.header('www-authenticate', 'Bearer');
  // RFC 9470
  if (slug === 'sign-in-again')
    void reply.header('www-authenticate', 'Bearer error="insufficient_user_authentication", max_age="900"');
  return reply
    .code(status)
    .type('application/problem+json')
    .send(JSON.stringify(problemBody(problem)));
}
