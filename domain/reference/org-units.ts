import type { OrgCode } from '../ids.ts';

/** A unit that takes part in the procedure, by its administrative code (GB/T 2260). */
export interface OrgUnit {
  readonly code: OrgCode;
  readonly name: string;
  readonly kind: 'province' | 'city' | 'county' | 'provincial-direct';
  readonly parent: OrgCode | null;
  /** The pooling region (统筹地区) whose fund pays: the city for itself and its counties, 省直 for itself and the province. */
  readonly fund: OrgCode;
}

export const PROVINCE = '220000' as OrgCode;
/** 省直: employees of provincial industry units (N2.2); a code of this system, not of GB/T 2260. */
const PROVINCIAL_DIRECT = '220099' as OrgCode;

/**
 * Cities with their counties, as they are now. 长白山 has no code in GB/T 2260; 220679 is this system's, to be confirmed
 * by the province. It works like a city and reports to the province (N6.4).
 */
const cities: readonly (readonly [code: string, name: string, counties: string])[] = [
  [
    '220100',
    '长春市',
    '220102 南关区 220103 宽城区 220104 朝阳区 220105 二道区 220106 绿园区 220112 双阳区 220113 九台区 ' +
      '220122 农安县 220182 榆树市 220183 德惠市 220184 公主岭市',
  ],
  [
    '220200',
    '吉林市',
    '220202 昌邑区 220203 龙潭区 220204 船营区 220211 丰满区 220221 永吉县 220281 蛟河市 220282 桦甸市 ' +
      '220283 舒兰市 220284 磐石市',
  ],
  ['220300', '四平市', '220302 铁西区 220303 铁东区 220322 梨树县 220323 伊通满族自治县 220382 双辽市'],
  ['220400', '辽源市', '220402 龙山区 220403 西安区 220421 东丰县 220422 东辽县'],
  [
    '220500',
    '通化市',
    '220502 东昌区 220503 二道江区 220521 通化县 220523 辉南县 220524 柳河县 220581 梅河口市 220582 集安市',
  ],
  ['220600', '白山市', '220602 浑江区 220605 江源区 220621 抚松县 220622 靖宇县 220623 长白朝鲜族自治县 220681 临江市'],
  ['220700', '松原市', '220702 宁江区 220721 前郭尔罗斯蒙古族自治县 220722 长岭县 220723 乾安县 220781 扶余市'],
  ['220800', '白城市', '220802 洮北区 220821 镇赉县 220822 通榆县 220881 洮南市 220882 大安市'],
  [
    '222400',
    '延边朝鲜族自治州',
    '222401 延吉市 222402 图们市 222403 敦化市 222404 珲春市 222405 龙井市 222406 和龙市 222424 汪清县 222426 安图县',
  ],
  ['220679', '长白山保护开发区管委会', ''],
];

/** Codes of before: 公主岭 went from 四平 to 长春 in June 2020. A place is known by its code of today throughout. */
const formerCodes: ReadonlyMap<string, string> = new Map([['220381', '220184']]);

/** All units: the province, 省直, then each city followed by its counties. */
export const orgUnits: readonly OrgUnit[] = [
  { code: PROVINCE, name: '吉林省', kind: 'province', parent: null, fund: PROVINCIAL_DIRECT },
  { code: PROVINCIAL_DIRECT, name: '省直', kind: 'provincial-direct', parent: PROVINCE, fund: PROVINCIAL_DIRECT },
  ...cities.flatMap(([code, name, counties]) => withCounties(code as OrgCode, name, counties)),
];

const byCode: ReadonlyMap<string, OrgUnit> = new Map(orgUnits.map((unit) => [unit.code, unit]));

function withCounties(city: OrgCode, name: string, counties: string): readonly OrgUnit[] {
  const units: OrgUnit[] = [{ code: city, name, kind: 'city', parent: PROVINCE, fund: city }];
  for (const [, code = '', countyName = ''] of counties.matchAll(/(\d{6}) (\S+)/g)) {
    units.push({ code: code as OrgCode, name: countyName, kind: 'county', parent: city, fund: city });
  }
  return units;
}

/** Whether the text is the code of a unit of today. */
export const isOrgCode = (text: string): text is OrgCode => byCode.has(text);

/** The code of today for a code of today or before (220381 → 220184); undefined when it is none of ours. */
export function currentOrgCode(text: string): OrgCode | undefined {
  const code = formerCodes.get(text) ?? text;
  return isOrgCode(code) ? code : undefined;
}

/** @throws RangeError for a code that is no unit's */
export function orgUnit(code: OrgCode): OrgUnit {
  const unit = byCode.get(code);
  if (!unit) throw new RangeError(`not an org unit of Jilin: ${code}`);
  return unit;
}

/** Whether a unit is the other one or lies below it. Codes of elsewhere, or unknown ones, are within nothing. */
export function isWithin(code: string, ancestor: string): boolean {
  const above = currentOrgCode(ancestor);
  let unit = byCode.get(currentOrgCode(code) ?? '');
  while (unit) {
    if (unit.code === above) return true;
    unit = unit.parent === null ? undefined : byCode.get(unit.parent);
  }
  return false;
}

/** A unit and all below it. */
export const unitsWithin = (ancestor: OrgCode): readonly OrgCode[] =>
  orgUnits.filter((unit) => isWithin(unit.code, ancestor)).map((unit) => unit.code);

/** The pooling region of a unit (N5). @throws RangeError for a code that is no unit's */
export const fundOf = (code: OrgCode): OrgCode => orgUnit(code).fund;

/** A place as people elsewhere know it, with the city that it lies in: 长春市南关区. @throws RangeError for no unit's code */
export function placeName(org: OrgCode): string {
  const { name, kind, parent } = orgUnit(org);
  return kind === 'county' && parent !== null ? orgUnit(parent).name + name : name;
}

/** The HRSS department of a unit by its full name, as it signs: 长春市南关区人力资源和社会保障局. */
export function hrssName(org: OrgCode): string {
  const { kind } = orgUnit(org);
  if (kind === 'province' || kind === 'provincial-direct') return `${orgUnit(PROVINCE).name}人力资源和社会保障厅`;
  return `${placeName(org)}人力资源和社会保障局`;
}

/** The agency of a unit by its full name: 长春市南关区社会保险经办机构. */
export const agencyName = (org: OrgCode): string => `${placeName(org)}社会保险经办机构`;
