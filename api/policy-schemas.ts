import { z } from 'zod';
import { civilDate, line } from './input.ts';

const versionName = z
  .string()
  .regex(/^[0-9A-Za-z][0-9A-Za-z.-]{0,39}$/, '版本号由字母、数字、点和连字符组成，最多40个字符。');
const changes = z.looseObject({}).describe('members of the version that differ, such as {"contributionMonths": 12}');

export const draftForm = z
  .strictObject({
    version: versionName,
    inForceFrom: civilDate.describe('the first day on which applications are decided by it'),
    document: line(200).describe('document number and title, as letters cite it'),
    basedOn: z.string().max(40).optional().describe('default: the latest version'),
    changes: changes.default({}),
  })
  .meta({ id: 'NewPolicyDraft' });

export const changesForm = z
  .strictObject({
    changes,
    version: versionName.optional(),
    revision: z.int().min(1).optional().describe('the one that was read; a later one → 409 draft-changed'),
  })
  .meta({ id: 'PolicyDraftChanges' });

export const adoptionForm = z
  .strictObject({ hash: z.string().regex(/^[0-9a-f]{64}$/, '须为草案的 hash。') })
  .meta({ id: 'PolicyAdoption' });

/** A version's rules: every number of the notice by its name in `domain/policy/policy.ts`. */
const body = z.unknown().describe('the rules');

export const versionView = z
  .object({
    version: z.string(),
    inForceFrom: z.string(),
    isInForce: z.boolean(),
    authors: z.array(z.string()).readonly(),
    adoptedBy: z.string().nullable(),
    adoptedAt: z.string().nullable(),
    body,
  })
  .meta({ id: 'PolicyVersion' });

export const draftView = z
  .object({
    draftId: z.string(),
    version: z.string(),
    basedOn: z.string(),
    state: z.enum(['draft', 'in-force', 'discarded']),
    revision: z.int(),
    hash: z.string(),
    changedAt: z.string(),
    authors: z.array(z.string()).readonly(),
    body,
  })
  .meta({ id: 'PolicyDraft' });

const value = z.union([z.string(), z.number(), z.null()]).optional().describe('absent: the version has no such value');
export const differencesView = z
  .object({
    against: z.string(),
    changes: z.array(z.object({ path: z.string(), label: z.string(), before: value, after: value })).readonly(),
  })
  .meta({ id: 'PolicyDifferences' });

const verdict = z.object({
  eligible: z.boolean(),
  amountFen: z.int().nullable(),
  failed: z.array(z.string()).readonly(),
});
export const previewView = z
  .object({
    cases: z.int().describe('looked at on this page'),
    unreadable: z.int().describe('their data was destroyed'),
    changed: z
      .array(
        z.object({
          caseNo: z.string(),
          policyVersion: z.string(),
          awardedFen: z.int().nullable().describe('what people decided'),
          before: verdict,
          after: verdict,
        }),
      )
      .readonly(),
    beforeFen: z.int(),
    afterFen: z.int(),
    differenceFen: z.int(),
    next: z.string().nullable(),
  })
  .meta({ id: 'PolicyPreview' });

export const policyRefusals = {
  'version-taken': '该版本号已被使用',
  'date-taken': '已有同一施行日期的政策版本',
  'in-the-past': '施行日期早于今天，已申报的案件不能改变适用的政策',
  'draft-changed': '草案已被修改，请重新阅读后再办理',
  'names-taken-back': '标准名称及别名只增不减，其他政策版本已有或将有的名称须一并写入',
  'draft-closed': '草案已施行或已放弃',
  'four-eyes': '起草人或修改人不得由本人施行，须由另一名政策管理人员施行',
};
