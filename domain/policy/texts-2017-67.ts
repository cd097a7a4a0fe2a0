import type { Policy } from './policy.ts';

/** What applicants read, part of policy version `2017-67`. To be confirmed by the province. */
export const letters201767: Policy['letters'] = {
  citation: '《关于失业保险支持参保职工提升职业技能有关问题的通知》（吉人社联字〔2017〕67号）',
  remedies: [
    '如对本决定有异议，可于{until}前（含当日）向同级人力资源和社会保障部门申请复核。',
    '也可自收到本告知之日起六十日内依法申请行政复议，或者自收到本告知之日起六个月内依法向人民法院提起行政诉讼。',
  ],
};

/** Reasons for a refusal in plain words, by clause (N3.1e). */
export const refusalReasons201767: Policy['refusalReasons'] = [
  {
    code: 'not-an-employee',
    clause: 'N1.0',
    basis: '第一条',
    text: '申请之日您不是参加失业保险的企业职工。',
  },
  {
    code: 'too-few-months',
    clause: 'N1.1',
    basis: '第一条第（一）项',
    text: '截至申请之日，您累计缴纳失业保险费不足36个月。',
  },
  {
    code: 'issued-too-early',
    clause: 'N1.2',
    basis: '第一条第（二）项',
    text: '您的证书于2017年1月1日之前取得，不在补贴范围内。',
  },
  {
    code: 'level-not-covered',
    clause: 'N1.2',
    basis: '第一条第（二）项',
    text: '您的证书等级或种类不在补贴范围内；补贴范围为初级（五级）、中级（四级）、高级（三级）。',
  },
  {
    code: 'filed-too-late',
    clause: 'N2.0',
    basis: '第二条',
    text: '您提出申请时，距证书核发之日已超过12个月。',
  },
  {
    code: 'no-proof-from-former-place',
    clause: 'N2.3',
    basis: '第二条第（二）项',
    text: '您曾跨统筹地区转移失业保险关系，但未提供原参保地经办机构开具的未享受技能提升补贴的有效证明。',
  },
  {
    code: 'insured-data-differs',
    clause: 'N3.1a',
    basis: '第三条第（一）项第1目',
    text: '您填报的参保信息与失业保险参保记录不符。',
  },
  {
    code: 'arrears',
    clause: 'N3.1a',
    basis: '第三条第（一）项第1目',
    text: '您的失业保险费存在欠缴，经告知后仍未补缴。',
  },
  {
    code: 'certificate-not-found',
    clause: 'N3.1c',
    basis: '第三条第（一）项第3目',
    text: '经职业资格证书查询系统核查，未查到您填报的证书。',
  },
  {
    code: 'certificate-differs',
    clause: 'N3.1c',
    basis: '第三条第（一）项第3目',
    text: '您填报的证书信息与职业资格证书查询系统的记录不一致。',
  },
  {
    code: 'not-registered',
    clause: 'N3.1d',
    basis: '第三条第（一）项第3目',
    text: '您的证书由外省或行业职业技能鉴定机构核发，未经参保地人社部门查验备案。',
  },
  {
    code: 'already-paid',
    clause: 'N4.3',
    basis: '第四条第（三）项',
    text: '您已就同一职业（工种）同一等级享受过技能提升补贴，不能重复享受。',
  },
];
