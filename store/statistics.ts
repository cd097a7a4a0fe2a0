import type { OrgCode } from '../domain/ids.ts';
import type { CertificateKind, Level } from '../domain/policy/policy.ts';
import { endOfDay } from '../domain/policy/dates.ts';
import { type CivilDate, startOfDay } from '../domain/time.ts';
import type { Store } from './store.ts';

/** Paid cases of one kind and level in a period: how many, and how many fen the ledger has as spent. */
export interface PaidFigure {
  readonly kind: CertificateKind;
  readonly level: Level;
  readonly cases: number;
  readonly amountFen: number;
}

/** What was spent by credit date, `from` to `to` included (Annex 4); `persons` are distinct people over all. */
export async function paidFigures(
  store: Store,
  orgs: readonly OrgCode[],
  { from, to }: { readonly from: CivilDate; readonly to: CivilDate },
): Promise<{ readonly figures: readonly PaidFigure[]; readonly persons: number }> {
  const spent = `FROM payment_order o JOIN cases c USING (case_no)
    JOIN ledger_entry e ON e.stream = 'case-' || c.case_no AND e.reason = 'paid'
    JOIN event ON event.stream = e.stream AND event.seq = e.seq AND event.body ->> 'orderNo' = o.order_no
    JOIN ledger_posting p ON p.entry_id = e.id AND p.account = 'spent'
    WHERE o.status = 'paid' AND o.credited_at >= $2 AND o.credited_at < $3 AND c.org = ANY ($1)`;
  const values = [orgs, startOfDay(from), endOfDay(to)];
  const [figures, persons] = await Promise.all([
    store.db.query<PaidFigure>(
      `SELECT c.state #>> '{certificate,kind}' AS kind, (c.state #>> '{certificate,level}')::int AS level,
              count(*) AS cases, sum(p.amount_fen)::bigint AS "amountFen" ${spent} GROUP BY 1, 2`,
      values,
    ),
    store.db.query<{ persons: number }>(`SELECT count(DISTINCT c.person_key) AS persons ${spent}`, values),
  ]);
  return { figures: figures.rows, persons: persons.rows[0]?.persons ?? 0 };
}
