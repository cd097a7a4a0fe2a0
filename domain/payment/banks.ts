/** The bank adapters that a fund may pay through; which one it is is data of the fund. */
export const banks = ['api', 'daifa', 'iso20022'] as const;
export type BankName = (typeof banks)[number];
