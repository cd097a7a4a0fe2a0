import type { Annex2, Annex2Entry } from '../domain/annex-2.ts';
import type { CaseState } from '../domain/case/state.ts';
import type { CaseNo, RoundId } from '../domain/ids.ts';
import { type Fen, fen } from '../domain/money.ts';
import { addDays, civilDate, instantFromMs } from '../domain/policy/dates.ts';
import { agencyName } from '../domain/reference/org-units.ts';
import { type CivilDate, dateOf } from '../domain/time.ts';
import { readApplications } from './application.ts';
import { readRound } from './round-view.ts';
import type { Store } from './store.ts';

const atOnce = 500;

/**
 * Annex 2 of a round as it stands: who was reported and not struck, with full data. The period begins on the day after the
 * agency's last cut-off. Personal data. @throws NotFound
 */
export async function readAnnex2(store: Store, roundId: RoundId): Promise<Annex2> {
  const { state, report } = await readRound(store, roundId);
  const { org, cutOffAt } = state;
  const entries: Annex2Entry[] = [];
  for (let after = 0; ;) {
    const page = await entriesAfter(store, roundId, after);
    entries.push(...page.map(({ entry }) => entry));
    const last = page.at(-1);
    if (!last) break;
    after = last.no;
  }
  return {
    roundId,
    org,
    unit: agencyName(org),
    periodFrom: await periodFrom(store, roundId),
    periodTo: dateOf(cutOffAt),
    preparedBy: report?.preparedBy || null,
    head: report?.head || null,
    phone: report?.phone || null,
    preparedAt: await reportedAt(store, roundId, cutOffAt),
    entries,
    totalFen: fen(entries.reduce((sum, { amountFen }) => sum + amountFen, 0)),
  };
}

async function entriesAfter(
  store: Store,
  roundId: RoundId,
  after: number,
): Promise<readonly { readonly no: number; readonly entry: Annex2Entry }[]> {
  const { rows } = await store.db.query<{ entry_no: number; case_no: CaseNo; amount_fen: Fen; state: CaseState }>(
    `SELECT entry_no, case_no, round_entry.amount_fen, state FROM round_entry JOIN cases USING (case_no)
     WHERE round_entry.round_id = $1 AND entry_no > $2 AND status <> 'struck' ORDER BY entry_no LIMIT ${atOnce}`,
    [roundId, after],
  );
  const applications = await readApplications(
    store.db,
    store,
    rows.map((row) => row.case_no),
  );
  return rows.map((row) => {
    const application = applications.get(row.case_no);
    const { kind, occupation, level } = row.state.certificate;
    return {
      no: row.entry_no,
      entry: {
        no: row.entry_no,
        caseNo: row.case_no,
        // The data of a case whose key was destroyed is gone; its line stays.
        name: application?.applicant.name ?? null,
        gender: application?.applicant.gender ?? null,
        idNumber: application?.applicant.idNumber ?? null,
        employer: application?.employer.name ?? null,
        certificate: {
          ...{ kind, occupation, level },
          number: application?.certificate.number ?? null,
          issuedOn: application?.certificate.issuedOn ?? null,
        },
        amountFen: row.amount_fen,
      },
    };
  });
}

/** The day after the agency's last cut-off before this one; for the first, the day on which the policy came into force. */
async function periodFrom(store: Store, roundId: RoundId): Promise<CivilDate> {
  const { state } = await readRound(store, roundId);
  const { rows } = await store.db.query<{ last: string | null }>(
    `SELECT max(state ->> 'cutOffAt') AS last FROM round WHERE org = $1 AND state ->> 'cutOffAt' < $2`,
    [state.org, state.cutOffAt],
  );
  const last = rows[0]?.last;
  if (!last) return (await store.rules.policy(store.db, state.policyVersion)).inForceFrom;
  const next = addDays(civilDate(last.slice(0, 10)), 1);
  const to = dateOf(state.cutOffAt);
  return next < to ? next : to;
}

async function reportedAt(store: Store, roundId: RoundId, cutOffAt: Annex2['preparedAt']) {
  const { rows } = await store.db.query<{ at: number }>(
    `SELECT at FROM event WHERE stream = $1 AND type = 'reported'`,
    [`round-${roundId}`],
  );
  return rows[0] ? instantFromMs(rows[0].at) : cutOffAt;
}
