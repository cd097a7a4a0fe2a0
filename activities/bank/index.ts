import { ApplicationFailure } from '@temporalio/activity';
import type { BankName } from '../../domain/payment/banks.ts';
import { apiBank } from './api.ts';
import { daifa } from './daifa.ts';
import { fileBank, type FileBankOptions } from './files.ts';
import { iso20022 } from './iso20022.ts';
import type { Bank } from './port.ts';

export interface BankSettings extends Omit<FileBankOptions, 'folder'> {
  readonly url: string;
  /** Undefined: no fund pays through files here. */
  readonly folder: string | undefined;
}

/** The banks by the names that funds are set to; each is made once, at first use. */
export function openBanks({ url, folder, ...files }: BankSettings): (name: string) => Bank {
  const makers: Readonly<Record<BankName, () => Bank>> = {
    api: () => apiBank(url),
    daifa: () => fileBank(daifa, { folder: needed(folder), ...files }),
    iso20022: () => fileBank(iso20022, { folder: needed(folder), ...files }),
  };
  const made = new Map<string, Bank>();
  return (name) => {
    const known = made.get(name);
    if (known) return known;
    if (!(name in makers)) throw ApplicationFailure.retryable(`no bank adapter ${name}`, 'NoSuchBank');
    const bank = makers[name as BankName]();
    made.set(name, bank);
    return bank;
  };
}

function needed(folder: string | undefined): string {
  if (folder === undefined)
    throw ApplicationFailure.retryable('BANK_FILES is missing: a fund pays through files', 'SettingMissing');
  return folder;
}
