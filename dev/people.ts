import { bankCardCheckDigit } from '../domain/policy/bank-card.ts';
import { creditCodeCheckCharacter } from '../domain/policy/credit-code.ts';
import { addDays, civilDate } from '../domain/policy/dates.ts';
import { identityCheckCharacter } from '../domain/policy/identity-number.ts';
import { orgUnit, orgUnits } from '../domain/reference/org-units.ts';
import { chance, type Chance } from './chance.ts';

/** An invented person with everything that Annex 1 asks for. Numbers are valid in form and belong to nobody on purpose. */
export interface Person {
  readonly name: string;
  readonly gender: 'male' | 'female';
  readonly birthDate: string;
  readonly idNumber: string;
  readonly phone: string;
  readonly homeAddress: string;
  readonly employer: Employer;
  /** The last eleven digits of the person's certificate numbers: appraisal body, place, serial. */
  readonly certificateSerial: string;
  readonly account: { readonly number: string; readonly bank: string };
}

export interface Employer {
  readonly name: string;
  readonly creditCode: string;
  readonly industry: string;
  readonly address: string;
}

/**
 * People, one after the other, all different in every number; the same seed gives the same people in the same order.
 * Between 18 and 57 years old in 2017, and from Jilin.
 */
export function* people(seed: number): Generator<Person, never> {
  const lot = chance(seed);
  const taken = new Set<string>();
  const distinct = (draw: () => string): string => {
    for (;;) {
      const drawn = draw();
      if (taken.has(drawn)) continue;
      taken.add(drawn);
      return drawn;
    }
  };
  for (;;) {
    const gender = lot.one(['male', 'female'] as const);
    const home = lot.one(counties);
    const birthDate = addDays(civilDate('1960-01-01'), lot.below(14_600));
    yield {
      name: nameOf(lot, gender),
      gender,
      birthDate,
      idNumber: distinct(() => identityNumber(lot, home.code, birthDate, gender)),
      phone: distinct(() => `1${lot.one(phoneNetworks)}${lot.digits(8)}`),
      homeAddress: `吉林省${home.address}${lot.one(streets)}${1 + lot.below(980)}号`,
      employer: employerOf(lot, distinct),
      certificateSerial: distinct(() => lot.digits(11)),
      account: accountOf(lot, distinct),
    };
  }
}

const counties = orgUnits
  .filter((unit) => unit.kind === 'county' && unit.parent !== null)
  .map((unit) => ({ code: unit.code, address: (unit.parent === null ? '' : orgUnit(unit.parent).name) + unit.name }));

const words = (text: string): readonly string[] => text.split(' ');
const phoneNetworks = words('30 31 32 33 34 35 36 37 38 39 50 51 52 57 58 59 76 78 82 83 87 88 89');
const streets = words('人民大街 解放路 工农大路 吉林大路 重庆路 青年路 建设街 光明街 和平路 新发路 长江路 团结街');
const surnames = words('王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 金 朴 崔 那 佟 关 欧阳 司马 尉迟');
const givenNames = {
  male: words('伟 强 磊 军 洋 勇 杰 涛 明 超 建国 建华 志强 海波 永哲 文博 国栋 子轩 春生 东旭 振宇 鹏飞 大勇 成浩'),
  female: words('芳 娜 敏 静 丽 艳 娟 霞 玲 梅 秀英 桂兰 晓红 春花 美玉 雪梅 佳怡 文静 雨欣 淑珍 慧敏 英姬 顺子'),
};
/** Own names and fathers' names of people whose full names have a middle dot. */
const dottedNames = {
  male: words('艾尔肯 买买提 阿迪力 吐尔逊 库尔班 叶尔江'),
  female: words('古丽娜尔 阿依古丽 热娜 帕提古丽 阿娜尔 迪丽娜'),
  father: words('艾力 阿不力孜 玉素甫 库尔班 依明 巴合提'),
};

function nameOf(lot: Chance, gender: Person['gender']): string {
  if (lot.below(25) === 0) return `${lot.one(dottedNames[gender])}·${lot.one(dottedNames.father)}`;
  return lot.one(surnames) + lot.one(givenNames[gender]);
}

function identityNumber(lot: Chance, region: string, birthDate: string, gender: Person['gender']): string {
  const inOrder = lot.digits(2) + String(2 * lot.below(5) + (gender === 'male' ? 1 : 0));
  const first17 = region + birthDate.replaceAll('-', '') + inOrder;
  return first17 + identityCheckCharacter(first17);
}

const trades: readonly (readonly [trade: string, industry: string])[] = [
  ['汽车零部件', '汽车制造业'],
  ['轨道客车配件', '铁路运输设备制造业'],
  ['精密模具', '专用设备制造业'],
  ['机电安装', '建筑安装业'],
  ['化工', '化学原料和化学制品制造业'],
  ['制药', '医药制造业'],
  ['餐饮管理', '餐饮业'],
  ['物业服务', '房地产业'],
];
const firmNames = words('吉顺 长盛 东北亚 松江 北方 宏达 鑫源 瑞丰 华兴 金鼎 长白 天合 同德 新世纪 一诺 百川');

function employerOf(lot: Chance, distinct: (draw: () => string) => string): Employer {
  const seat = lot.one(counties);
  const [trade, industry] = lot.one(trades);
  const number = 1 + lot.below(900);
  return {
    name: `${seat.address.replace(/[^市州]+$/u, '')}${lot.one(firmNames)}${trade}有限公司`,
    creditCode: distinct(() => {
      const first17 = `91${seat.code}${organisationCode(lot)}`;
      return first17 + creditCodeCheckCharacter(first17);
    }),
    industry,
    address: `吉林省${seat.address}${lot.one(streets)}${number}号`,
  };
}

/** An organisation code as in characters 9 to 17 of a credit code, with a check digit of its own (GB 11714). */
function organisationCode(lot: Chance): string {
  const eight = `MA${lot.digits(6)}`;
  const weights = [3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, at) => total + weight * Number.parseInt(eight.charAt(at), 36), 0);
  const check = 11 - (sum % 11);
  // An X for ten is avoided, as issuers also do: readers take it for a letter.
  return check === 10 ? organisationCode(lot) : eight + String(check % 11);
}

const banks: readonly (readonly [bank: string, prefix: string, digits: number])[] = [
  ['吉林银行', '622865', 19],
  ['中国工商银行', '622202', 19],
  ['中国农业银行', '622848', 19],
  ['中国建设银行', '621700', 19],
  ['招商银行', '622588', 16],
];

function accountOf(lot: Chance, distinct: (draw: () => string) => string): Person['account'] {
  const [bank, prefix, length] = lot.one(banks);
  const number = distinct(() => {
    const leading = prefix + lot.digits(length - prefix.length - 1);
    return leading + bankCardCheckDigit(leading);
  });
  return { number, bank };
}
