import { type Fen, fen } from '../money.ts';
import { type CertificateKind, type Level } from './policy.ts';

/** 人 and 万元 of one cell group of Annex 4. */
export interface Annex4Figure {
  readonly persons: number;
  readonly amountFen: Fen;
  /** 万元 with as many decimals as are exact: 1,950 yuan = `0.195` (Annex 4). */
  readonly amountWanYuan: string;
}

/** One row: a kind of certificate or both, in total and by level. */
export interface Annex4Row {
  readonly kind: CertificateKind | 'total';
  readonly total: Annex4Figure;
  readonly levels: readonly ({ readonly level: Level } & Annex4Figure)[];
}

/** Paid cases by kind and level, as the ledger has them. */
export interface Annex4Source {
  readonly kind: CertificateKind;
  readonly level: Level;
  readonly cases: number;
  readonly amountFen: number;
}

const levels = [5, 4, 3] as const;

/** 万元 without rounding: 1 万元 is a million fen. */
export function wanYuan(amount: Fen): string {
  const sign = amount < 0 ? '-' : '';
  const digits = String(Math.abs(amount)).padStart(7, '0');
  const decimals = digits.slice(-6).replace(/0+$/, '');
  const whole = digits.slice(0, -6);
  return `${sign}${whole}${decimals && `.${decimals}`}`;
}

/** Annex 4 (N6.4): both kinds and their total, each in total and by level; sums add up by construction. */
export function annex4(source: readonly Annex4Source[]): readonly Annex4Row[] {
  const sum = (rows: readonly Annex4Source[]): Annex4Figure => {
    const amountFen = fen(rows.reduce((total, row) => total + row.amountFen, 0));
    return { persons: rows.reduce((total, row) => total + row.cases, 0), amountFen, amountWanYuan: wanYuan(amountFen) };
  };
  return (['qualification', 'skill-level', 'total'] as const).map((kind) => {
    const rows = source.filter((row) => kind === 'total' || row.kind === kind);
    return {
      kind,
      total: sum(rows),
      levels: levels.map((level) => ({ level, ...sum(rows.filter((row) => row.level === level)) })),
    };
  });
}
