import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FaultRun } from './run.ts';

/** A break of the code or the database that the suite has to find. */
export interface Mutant {
  readonly name: string;
  readonly edits: readonly { readonly file: string; readonly text: string; readonly replacement: string }[];
  readonly spoil?: string;
  /** The bank's fault under which it shows, for the first ten orders. */
  readonly fault?: string;
  /** The crash points at which it shows, instead. */
  readonly points?: readonly string[];
}

export const mutants: readonly Mutant[] = [
  {
    name: 'the order number is minted anew on a retry',
    edits: [
      {
        file: 'activities/bank/api.ts',
        text: 'const { orderNo, amountFen, payee, fund } = order;',
        replacement:
          'const { amountFen, payee, fund } = order;\n  const orderNo = order.sinceAskedMs === null ? order.orderNo : `${order.orderNo}9`;',
      },
    ],
    fault: 'not-found-in-flight',
  },
  {
    name: 'unknown is treated as failed',
    edits: [
      {
        file: 'activities/bank/api.ts',
        text: '          // Silent, broken or refusing: the order may have been taken all the same.',
        replacement:
          "          const at = parseInstant('2017-12-31T09:00:00+08:00');\n          const { orderNo, amountFen } = order;\n          answers.set(orderNo, { outcome: 'failed', code: 'no-answer', amountFen, at } as unknown as T);",
      },
    ],
    fault: 'reject',
  },
  {
    name: 'a late return is ignored',
    edits: [
      {
        file: 'domain/payment/order.ts',
        text: "if (isOpen || (status === 'paid' && report.outcome === 'returned')) return",
        replacement:
          "if (status === 'paid' && report.outcome === 'returned') return { effect: 'agreed' };\n  if (isOpen) return",
      },
    ],
    fault: 'late-return',
  },
  {
    name: 'the unique index on live orders is dropped',
    edits: [],
    spoil: 'DROP INDEX payment_order_live',
  },
  {
    name: 'the nonce is not checked',
    edits: [
      {
        file: 'store/callback.ts',
        text: 'if (taken.rows.length === 0) return',
        replacement: 'if (taken.rows.length === 9) return',
      },
    ],
  },
  {
    name: 'a batch is released by its preparer',
    edits: [
      {
        file: 'domain/payment/decide-batch.ts',
        text: "if (command.by === state.preparedBy) return refuse('four-eyes');",
        replacement: '',
      },
    ],
    spoil: 'ALTER TABLE payment_batch DROP CONSTRAINT four_eyes',
  },
  {
    name: 'the money of an upheld objection stays reserved',
    edits: [
      {
        file: 'domain/fund/postings.ts',
        text: "return before?.stage === 'paying' || before?.stage === 'paid' ? [] : givenBack(before);",
        replacement: 'return [];',
      },
    ],
  },
  {
    name: 'a request that is repeated is done again',
    edits: [
      {
        file: 'store/budget.ts',
        text: 'return once(store, claim, async (tx, commandId) => {\n    if (budget.fund',
        replacement:
          'return once(store, { ...claim, key: crypto.randomUUID() }, async (tx, commandId) => {\n    if (budget.fund',
      },
    ],
    points: ['api-after-budget'],
  },
];

const projectFolder = fileURLToPath(new URL('../..', import.meta.url));
const copied = ['activities', 'api', 'config', 'console', 'crypto', 'domain', 'store', 'worker', 'workflows'];

/** The processes' code with the mutant's edits, in a folder of its own. @throws Error where a text is not there */
export function plantMutant({ name, edits, spoil }: Mutant, folder: string): Pick<FaultRun, 'entries' | 'spoil'> {
  const more = spoil === undefined ? {} : { spoil };
  if (edits.length === 0) return more;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const part of [...copied, 'package.json', 'tsconfig.json', 'migrations'])
    cpSync(join(projectFolder, part), join(folder, part), { recursive: true });
  symlinkSync(join(projectFolder, 'node_modules'), join(folder, 'node_modules'));
  for (const { file, text, replacement } of edits) {
    const code = readFileSync(join(folder, file), 'utf8');
    if (!code.includes(text)) throw new Error(`mutant "${name}": ${file} does not have its text any more`);
    writeFileSync(join(folder, file), code.replace(text, replacement));
  }
  return { entries: { api: join(folder, 'api/main.ts'), worker: join(folder, 'worker/main.ts') }, ...more };
}
