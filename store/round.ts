import type { Actor } from '../domain/actor.ts';
import type { RoundId } from '../domain/ids.ts';
import { decideRound, type RoundCommand, type RoundFacts } from '../domain/round/decide.ts';
import { evolveRound, type RoundEvent, type RoundState, type Signature } from '../domain/round/round.ts';
import type { Recorded } from '../domain/stream.ts';
import { type Kind, type Locked, readOne, recordOne } from './aggregate.ts';
import { businessNow } from './clock.ts';
import type { Transaction } from './database.ts';
import { type Claim, once, type Outcome } from './once.ts';
import { eventsSince, type RunStep } from './run.ts';
import type { Store } from './store.ts';

/** Cases that one transaction decides on in bulk: short enough for locks, long enough for speed. */
export const casesAtOnce = 500;

export const roundKind: Kind<RoundState, RoundEvent> = {
  table: 'round',
  idColumn: 'round_id',
  streamOf: (id) => `round-${id}`,
  evolve: evolveRound,
};

/** Decides on a round inside the caller's transaction, the round locked. */
export async function decideOnRound(
  tx: Transaction,
  store: Store,
  locked: Locked<RoundState>,
  command: RoundCommand,
  actor: Actor,
  commandId: number | null,
): Promise<Outcome<RoundState>> {
  const decision = decideRound(locked.state, command, await roundFacts(tx, store, locked.state));
  if ('refusal' in decision) return { refused: { ...decision.refusal, changed: locked.changed } };
  const happened = { at: await businessNow(tx), event: decision.event, wakes: true };
  const ownRun = actor.kind === 'process' && actor.name === locked.head.stream;
  const { state } = await recordOne(tx, roundKind, locked.state.roundId, locked, happened, {
    actor,
    commandId,
    ownRun,
  });
  return { done: state };
}

/** A changed calendar: moves the round's open deadlines that it touches. @returns whether it touched any */
export const moveRound = (store: Store, roundId: RoundId, actor: Actor): Promise<boolean> =>
  store.db.transaction(async (tx) => {
    const locked = await readOne(tx, roundKind, roundId, 'FOR UPDATE');
    return 'done' in (await decideOnRound(tx, store, locked, { type: 'move-deadlines' }, actor, null));
  });

async function roundFacts(tx: Transaction, store: Store, state: RoundState): Promise<RoundFacts> {
  const now = await businessNow(tx);
  return {
    now,
    policy: await store.rules.policy(tx, state.policyVersion),
    calendar: await store.rules.calendar(tx, now),
  };
}

/**
 * HRSS orders the publication; the round's run publishes and looks (N3.2). Ordered or public already: the same answer,
 * so that whoever asks again learns when it was seen.
 */
export function orderPublication(
  store: Store,
  claim: Claim,
  actor: Actor & { kind: 'staff' },
  roundId: RoundId,
): Promise<Outcome<RoundState>> {
  return once(store, claim, async (tx, commandId) => {
    const locked = await readOne(tx, roundKind, roundId, 'FOR UPDATE');
    const { stage } = locked.state;
    if (stage !== 'freezing' && stage !== 'reported' && stage !== 'empty') return { done: locked.state };
    return decideOnRound(tx, store, locked, { type: 'order-publication', by: actor.sub }, actor, commandId);
  });
}

/** A person's command on a round, once per key; `alongside` in the same transaction. @throws NotFound, KeyReused */
function commandRound(
  store: Store,
  claim: Claim,
  actor: Actor & { kind: 'staff' },
  roundId: RoundId,
  command: RoundCommand,
  alongside?: (tx: Transaction) => Promise<unknown>,
): Promise<Outcome<RoundState>> {
  return once(store, claim, async (tx, commandId) => {
    const locked = await readOne(tx, roundKind, roundId, 'FOR UPDATE');
    const decided = await decideOnRound(tx, store, locked, command, actor, commandId);
    if ('done' in decided) await alongside?.(tx);
    return decided;
  });
}

/** Signs Annex 2, by name as it is printed; the telephone is the preparer's (Annex 2). @throws NotFound, KeyReused */
export const signRound = (
  store: Store,
  claim: Claim,
  actor: Actor & { kind: 'staff' },
  roundId: RoundId,
  { as, name, phone }: { readonly as: Signature; readonly name: string; readonly phone: string | null },
): Promise<Outcome<RoundState>> =>
  commandRound(store, claim, actor, roundId, { type: 'sign', as, by: actor.sub }, (tx) =>
    tx.query(
      `UPDATE round SET report = (coalesce(report::jsonb, '{"preparedBy": "", "head": "", "phone": ""}') || $2::jsonb)::json,
         ${as === 'head' ? 'head_sub' : 'prepared_sub'} = $3 WHERE round_id = $1`,
      [roundId, { [as === 'head' ? 'head' : 'preparedBy']: name, ...(phone !== null && { phone }) }, actor.sub],
    ),
  );

export interface RoundNews {
  readonly events: readonly Recorded<RoundEvent>[];
  readonly refused?: string;
}

/** A step of the round's own run; answers with what was recorded since the seq it knows. */
export const submitRoundStep = (
  store: Store,
  step: RunStep,
  roundId: RoundId,
  command: RoundCommand,
): Promise<RoundNews> =>
  roundStep(store, step, roundId, command.type, (tx, locked, actor, commandId) =>
    decideOnRound(tx, store, locked, command, actor, commandId),
  );

/** The same for a step whose decision reads more. */
export async function roundStep(
  store: Store,
  step: RunStep,
  roundId: RoundId,
  route: string,
  decide: (
    tx: Transaction,
    locked: Locked<RoundState>,
    actor: Actor,
    commandId: number,
  ) => Promise<Outcome<RoundState>>,
): Promise<RoundNews> {
  const claim: Claim = { caller: step.workflowId, route, key: step.key, body: '' };
  const outcome = await once(store, claim, async (tx, commandId) => {
    const locked = await readOne(tx, roundKind, roundId, 'FOR UPDATE');
    const decided = await decide(tx, locked, { kind: 'process', name: locked.head.stream }, commandId);
    return 'refused' in decided ? decided : { done: decided.done.stage };
  });
  const events = await eventsSince<RoundEvent>(store.db, roundKind.streamOf(roundId), step.knownSeq);
  return 'refused' in outcome ? { events, refused: outcome.refused.code } : { events };
}
