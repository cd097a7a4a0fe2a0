import type { OrgCode, RoundId } from '../domain/ids.ts';
import { instantFromMs } from '../domain/policy/dates.ts';
import type { Report, RoundEvent, RoundState } from '../domain/round/round.ts';
import { NotFound } from './not-found.ts';
import { roundKind } from './round.ts';
import type { Store } from './store.ts';

/** A round as lists show it. */
export interface RoundView {
  readonly state: RoundState;
  readonly report: Report | null;
}

/** @throws NotFound */
export async function readRound(store: Store, roundId: RoundId): Promise<RoundView> {
  const { rows } = await store.db.query<RoundView>('SELECT state, report FROM round WHERE round_id = $1', [roundId]);
  const [row] = rows;
  if (!row) throw new NotFound(roundId);
  return row;
}

/** How a round's window ended (N3.3); null before it did. */
export async function readEnd(store: Store, roundId: RoundId) {
  const { rows } = await store.db.query<{ at: number; body: RoundEvent }>(
    `SELECT at, body FROM event WHERE stream = $1 AND type IN ('window-over', 'told') ORDER BY seq`,
    [roundKind.streamOf(roundId)],
  );
  const [over, told] = rows;
  if (over?.body.type !== 'window-over') return null;
  const { passed, held, listHash: hash, tellAt } = over.body;
  return { passed, held, listHash: hash, tellAt, toldAt: told ? instantFromMs(told.at) : null };
}

const position = `(state ->> 'cutOffAt') || ' ' || round_id`;

/** Where a list goes on after a round: ids of several units, and of more than nine on one day, are in no order. */
export const roundPosition = ({ cutOffAt, roundId }: RoundState): string => `${cutOffAt} ${roundId}`;

/** Rounds of the given units, the latest first. */
export async function listRounds(
  store: Store,
  orgs: readonly OrgCode[],
  { before, limit }: { readonly before: string | null; readonly limit: number },
): Promise<readonly RoundView[]> {
  const { rows } = await store.db.query<RoundView>(
    `SELECT state, report FROM round WHERE org = ANY ($1) AND ($2::text IS NULL OR ${position} < $2)
     ORDER BY ${position} DESC LIMIT $3`,
    [orgs, before, limit],
  );
  return rows;
}

/** Notices that are or were public, the latest first; `before` is `<publishedAt>|<noticeId>` of the last one seen. */
export async function listNotices(
  store: Store,
  {
    before,
    limit,
  }: { readonly before: readonly [publishedAt: string, roundId: string] | null; readonly limit: number },
): Promise<readonly RoundState[]> {
  const { rows } = await store.db.query<{ state: RoundState }>(
    `SELECT state FROM round WHERE published_at IS NOT NULL AND ($1::text IS NULL OR (published_at, round_id) < ($1, $2))
     ORDER BY published_at DESC, round_id DESC LIMIT $3`,
    [...(before ?? [null, null]), limit],
  );
  return rows.map(({ state }) => state);
}
