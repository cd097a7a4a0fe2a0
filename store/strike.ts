import type { Actor } from '../domain/actor.ts';
import type { CaseNo, EntryId, RoundId } from '../domain/ids.ts';
import { readOne } from './aggregate.ts';
import { answerOf, type CaseAnswer, type CaseStep, decideCase, NotFound } from './case.ts';
import { type Claim, once, type Outcome } from './once.ts';
import { decideOnRound, roundKind } from './round.ts';
import type { Store } from './store.ts';

/**
 * HRSS takes an entry off a round's list (N3.2), round and case in one transaction: the case goes back, the round's run
 * hears that its page changed, and nobody else's window is touched. @throws NotFound, KeyReused
 */
export function strikeEntry(
  store: Store,
  claim: Claim,
  actor: Actor & { kind: 'staff' },
  {
    roundId,
    entryId,
    backTo,
    reason,
    expectedSeq,
  }: {
    readonly roundId: RoundId;
    readonly entryId: EntryId;
    readonly backTo: 'review' | 'approved';
    readonly reason: string;
    /** The case's seq that was decided on. */
    readonly expectedSeq?: number | undefined;
  },
  step: CaseStep = {},
): Promise<Outcome<CaseAnswer>> {
  return once(store, claim, async (tx, commandId) => {
    const locked = await readOne(tx, roundKind, roundId, 'FOR UPDATE');
    const { rows } = await tx.query<{ case_no: CaseNo; status: string }>(
      'SELECT case_no, status FROM round_entry WHERE round_id = $1 AND entry_no::text = $2',
      [roundId, entryId],
    );
    const [entry] = rows;
    if (!entry) throw new NotFound(`${roundId}/${entryId}`);
    if (entry.status === 'struck') return { refused: { code: 'not-in-this-state', detail: {} } };
    const caseNo = entry.case_no;
    const by = actor.sub;
    const text = { reasons: [{ clause: 'N3.2', text: reason }] };
    const options = { actor, commandId, ownRun: false } as const;
    const struck = await decideCase(
      tx,
      store,
      { caseNo, command: { type: 'strike', roundId, by, backTo }, text, expectedSeq },
      options,
      step,
    );
    if ('refused' in struck) return struck;
    const told = await decideOnRound(tx, store, locked, { type: 'strike', entryId, by }, actor, commandId);
    if ('refused' in told) throw new Error(`${roundId}: entry ${entryId} struck in a round that is over`);
    return { done: answerOf(struck.done) };
  });
}
