import type { OrgCode, Sub } from './ids.ts';

/** Roles of contract.md. */
export const roles = [
  'applicant',
  'employer',
  'handler',
  'reviewer',
  'hrss',
  'finance',
  'supervisor',
  'auditor',
  'policy-admin',
  'security-admin',
] as const;
export type Role = (typeof roles)[number];

export const roleLabels: Readonly<Record<Role, string>> = {
  applicant: '申请人',
  employer: '用人单位',
  handler: '经办人',
  reviewer: '复核人',
  hrss: '人社部门',
  finance: '财务',
  supervisor: '主管',
  auditor: '审计',
  'policy-admin': '政策管理',
  'security-admin': '安全管理',
};

/**
 * Who did something, as events keep it. An applicant is whoever the case is about and needs no name here; the public has
 * none.
 */
export type Actor =
  | { readonly kind: 'staff'; readonly sub: Sub; readonly role: Role; readonly org: OrgCode }
  | { readonly kind: 'applicant' }
  | { readonly kind: 'employer'; readonly sub: Sub }
  | { readonly kind: 'public' }
  /** The case's own workflow run, or another durable process. */
  | { readonly kind: 'process'; readonly name: string }
  | { readonly kind: 'bank' };
