import type { CaseNo, OrgCode } from '../ids.ts';
import { type Fen, yuan } from '../money.ts';
import { dayInWords } from '../policy/dates.ts';
import { levelLabels, type Level, type Policy } from '../policy/policy.ts';
import { agencyName, hrssName } from '../reference/org-units.ts';
import type { CivilDate } from '../time.ts';

/** The reasoned decision that orders a subsidy to be paid back (责令追回决定书, N3.4b). Personal data. */
export interface RecoveryOrder {
  readonly caseNo: CaseNo;
  /** The recipient; the ID number as far as it is shown. */
  readonly name: string;
  readonly idNumber: string;
  readonly certificate: { readonly occupation: string; readonly level: Level };
  readonly filedOn: CivilDate;
  readonly creditedOn: CivilDate;
  readonly amountFen: Fen;
  /** What HRSS wrote when it found the report true. */
  readonly reasons: readonly string[];
  readonly heardOn: CivilDate | null;
  readonly appraisal: { readonly body: string; readonly opinion: string } | null;
  readonly orderedOn: CivilDate;
  /** By when the agency has to demand the money. */
  readonly demandBy: CivilDate;
  /** The unit whose HRSS decided, and the agency that paid and demands. */
  readonly issuer: OrgCode;
  readonly agency: OrgCode;
  readonly policy: Policy;
}

/** The order as it is written, part by part, so that letter and paper say the same. */
export interface OrderInWords {
  readonly title: string;
  readonly number: string;
  readonly recipient: string;
  readonly paragraphs: readonly string[];
  readonly issuer: string;
  readonly date: string;
}

/** Facts and reasons, the sum, by when and how it is paid back, the remedies, who orders it and when. */
export function recoveryOrderInWords(order: RecoveryOrder): OrderInWords {
  const { caseNo, name, idNumber, certificate, amountFen, reasons, heardOn, appraisal, policy } = order;
  const agency = agencyName(order.agency);
  const sum = `${yuan(amountFen)}元`;
  const what = `${certificate.occupation}${levelLabels[certificate.level]}`;
  return {
    title: '责令追回决定书',
    number: `案件编号：${caseNo}`,
    recipient: `${name}（居民身份证号码：${idNumber}）：`,
    paragraphs: [
      `您于${dayInWords(order.filedOn)}就${what}证书申请职工技能提升补贴，${agency}已于${dayInWords(order.creditedOn)}向您发放补贴${sum}。`,
      `经核查，您不符合补贴发放条件。${reasons.length > 1 ? '事实和理由如下：' : `事实和理由：${reasons.join('')}`}`,
      ...(reasons.length > 1 ? reasons.map((text, index) => `${index + 1}．${text}`) : []),
      ...(appraisal ? [`${appraisal.body}的核查意见：${appraisal.opinion}`] : []),
      ...(heardOn === null ? [] : [`作出本决定前，本机关已于${dayInWords(heardOn)}听取您的陈述和申辩。`]),
      `根据${policy.letters.citation}第三条第（四）项的规定，现责令您退回已领取的补贴${sum}。`,
      `退回期限：${agency}于${dayInWords(order.demandBy)}前（含当日）向您催缴，请自催缴之日起${policy.deadlines['recovery-payment']}个工作日内退回；` +
        '一次退回确有困难的，可以申请分期退回，按催缴时确定的日期和金额退回。',
      `退回方式：到${agency}办理，或者转账至其催缴时告知的失业保险基金账户，并注明案件编号${caseNo}。请勿转账至任何个人账户。多退的款项将予退还。`,
      '逾期不退回的，依法申请人民法院强制执行。申请行政复议或者提起行政诉讼期间，不停止本决定的执行，法律另有规定的除外。',
      ...orderRemedies(policy),
    ],
    issuer: hrssName(order.issuer),
    date: dayInWords(order.orderedOn),
  };
}

/** The order as a letter's text. */
export function recoveryOrderText(order: RecoveryOrder): string {
  const { title, number, recipient, paragraphs, issuer, date } = recoveryOrderInWords(order);
  return [title, number, recipient, ...paragraphs.map((one) => `　　${one}`), issuer, date].join('\n');
}

/** A version that names none of its own: those of a refusal, without the one to the HRSS that decided here itself. */
const orderRemedies = ({ letters }: Policy): readonly string[] =>
  letters.orderRemedies ??
  letters.remedies
    .filter((one) => !one.includes('{until}'))
    .map((one) => `如不服本决定，${one.replace(/^也可/, '可').replaceAll('本告知', '本决定书')}`);
