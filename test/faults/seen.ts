import type { BankName } from '../../domain/payment/banks.ts';
import type { Scene } from './scene.ts';

/** What has to have happened in a whole run, beside the faults themselves; each is counted. */
const happenings = {
  'order returned after it was paid': `SELECT count(*) FROM payment_order WHERE status = 'returned'`,
  'returned heard before paid': `SELECT count(*) FROM bank_report r WHERE outcome = 'returned' AND effect = 'moved'
     AND NOT EXISTS (SELECT FROM bank_report p WHERE p.order_no = r.order_no AND p.outcome = 'paid' AND p.effect = 'moved')`,
  'paid heard again and agreed': `SELECT count(*) FROM bank_report WHERE outcome = 'paid' AND effect = 'agreed'`,
  'order failed': `SELECT count(*) FROM payment_order WHERE status = 'failed'`,
  'account corrected': 'SELECT count(*) FROM corrected_account',
  'second or later order paid': `SELECT count(*) FROM payment_order WHERE status = 'paid' AND order_no !~ '-1$'`,
  'first word by submission or query': `SELECT count(*) FROM bank_report WHERE effect = 'moved' AND outcome <> 'accepted' AND source IN ('submission', 'query')`,
  'first word by callback': `SELECT count(*) FROM bank_report WHERE effect = 'moved' AND outcome <> 'accepted' AND source = 'callback'`,
  'first word by statement': `SELECT count(*) FROM bank_report WHERE effect = 'moved' AND source = 'statement'`,
  'batch given up': `SELECT count(*) FROM payment_batch WHERE stage = 'cancelled'`,
  'batch expired': `SELECT count(*) FROM payment_batch WHERE stage = 'expired'`,
  'cancelled by an objection': `SELECT count(*) FROM cases WHERE stage = 'cancelled'`,
  'carried into the new year': `SELECT count(*) FROM event WHERE type = 'reservation-carried'`,
  'added to the budget': `SELECT count(*) FROM ledger_entry WHERE reason = 'budget'`,
  'adjustment money granted': `SELECT count(*) FROM adjustment_request WHERE stage = 'granted'`,
  'application withdrawn': `SELECT count(*) FROM cases WHERE stage = 'withdrawn'`,
  'instalment received': `SELECT count(*) FROM ledger_entry WHERE reason = 'instalment-received'`,
  'too much given back': `SELECT count(*) FROM event WHERE type = 'overpayment-given-back'`,
  'bank day matched': `SELECT count(*) FROM reconciliation WHERE stage = 'matched'`,
} as const;

/** Only a bank that calls back, and loses calls, is heard so. */
const byCallback: readonly string[] = [
  ...['returned heard before paid', 'first word by callback', 'first word by statement'],
];

export const happeningsOf = (bank: BankName): readonly string[] =>
  Object.keys(happenings).filter((name) => bank === 'api' || !byCallback.includes(name));

/** Counts them in a run's database. */
export async function countHappenings(scene: Scene): Promise<Readonly<Record<string, number>>> {
  return scene.asOwner(async (owner) => {
    const counted: Record<string, number> = {};
    for (const [name, sql] of Object.entries(happenings)) {
      const { rows } = await owner.query<{ count: number }>(sql);
      counted[name] = rows[0]?.count ?? 0;
    }
    return counted;
  });
}
