import type { CaseState } from '../domain/case/state.ts';
import type { CaseNo } from '../domain/ids.ts';
import { type Fen, sumFen } from '../domain/money.ts';
import type { CheckInput } from '../domain/policy/checks.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { type Verdict, verdict } from '../domain/policy/verdict.ts';
import type { CivilDate } from '../domain/time.ts';
import { businessNow } from './clock.ts';
import { claimsFact } from './entitlement.ts';
import { fileFrom, readEvidence } from './look-up.ts';
import type { Store } from './store.ts';

/** A case that would come out otherwise; `awardedFen` is what people really decided, null: nothing so far. */
export interface ChangedVerdict {
  readonly caseNo: CaseNo;
  readonly policyVersion: string;
  readonly awardedFen: Fen | null;
  readonly before: Verdict;
  readonly after: Verdict;
}

export interface PolicyPreview {
  /** Cases that were looked at. */
  readonly cases: number;
  /** Cases whose personal data was destroyed: nobody can say. */
  readonly unreadable: number;
  readonly changed: readonly ChangedVerdict[];
  /** What the checks alone would pay over all cases looked at. */
  readonly beforeFen: Fen;
  readonly afterFen: Fen;
  /** Where the next page goes on; null: that was all. */
  readonly next: CaseNo | null;
}

export interface PreviewRange {
  readonly filedFrom: CivilDate;
  readonly filedTo: CivilDate;
  readonly after: string;
  readonly limit: number;
}

/**
 * Runs a version over past cases whose checks are complete, on what the partners answered then, as if it had been in force
 * on their application dates; and each case's own version beside it (N7). Reads personal data, answers codes and sums.
 */
export async function previewPolicy(store: Store, policy: Policy, range: PreviewRange): Promise<PolicyPreview> {
  const { filedFrom, filedTo, after, limit } = range;
  const { rows } = await store.db.query<{ state: CaseState }>(
    `SELECT state FROM cases
     WHERE left(filed_at, 10) BETWEEN $1 AND $2 AND case_no > $3 AND jsonb_array_length(state -> 'checks') > 0
     ORDER BY case_no LIMIT $4`,
    [filedFrom, filedTo, after, limit + 1],
  );
  const states = rows.slice(0, limit).map(({ state }) => state);
  const readable = await store.vault.caseKeys(
    store.db,
    states.map(({ caseNo }) => caseNo),
  );
  const changed: ChangedVerdict[] = [];
  const sums: { readonly before: Fen[]; readonly after: Fen[] } = { before: [], after: [] };
  for (const state of states.filter(({ caseNo }) => readable.has(caseNo))) {
    const one = await bothVerdicts(store, state, policy);
    if (one.before.amountFen !== null) sums.before.push(one.before.amountFen);
    if (one.after.amountFen !== null) sums.after.push(one.after.amountFen);
    if (one.before.eligible !== one.after.eligible || one.before.amountFen !== one.after.amountFen) changed.push(one);
  }
  return {
    cases: states.length,
    unreadable: states.length - readable.size,
    changed,
    beforeFen: sumFen(sums.before),
    afterFen: sumFen(sums.after),
    next: rows.length > limit ? (states.at(-1)?.caseNo ?? null) : null,
  };
}

async function bothVerdicts(store: Store, state: CaseState, policy: Policy): Promise<ChangedVerdict> {
  const { db, rules } = store;
  const file = await fileFrom(db, store, state, await readEvidence(db, store, state));
  const calendar = await rules.calendar(db, await businessNow(db));
  const under = async (one: Policy): Promise<Verdict> => {
    const input: CheckInput = { ...file, policy: one, calendar, ...(await claimsFact(db, state, one)) };
    return verdict(input, state.org);
  };
  return {
    caseNo: state.caseNo,
    policyVersion: state.policyVersion,
    awardedFen: 'award' in state ? state.award.amountFen : null,
    before: await under(await rules.policy(db, state.policyVersion)),
    after: await under(policy),
  };
}
