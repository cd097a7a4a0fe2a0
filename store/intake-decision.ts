import type { Actor } from '../domain/actor.ts';
import type { IntakeBatchId } from '../domain/ids.ts';
import { decideIntake, type IntakeCommand, type IntakeState } from '../domain/intake/batch.ts';
import { readOne, recordOne } from './aggregate.ts';
import { businessNow } from './clock.ts';
import type { Transaction } from './database.ts';
import { intakeKind } from './intake.ts';
import type { Outcome } from './once.ts';

/** Decides on a batch inside the caller's transaction, under its lock. @throws NotFound */
export async function decideOnBatch(
  tx: Transaction,
  batchId: IntakeBatchId,
  command: IntakeCommand,
  { actor, commandId }: { readonly actor: Actor; readonly commandId: number | null },
): Promise<Outcome<IntakeState>> {
  const locked = await readOne(tx, intakeKind, batchId, 'FOR UPDATE');
  const at = await businessNow(tx);
  const decision = decideIntake(locked.state, command, at);
  if ('refusal' in decision) return { refused: { ...decision.refusal, changed: locked.changed } };
  const happened = { at, event: decision.event, wakes: true };
  const ownRun = actor.kind === 'process';
  const { state } = await recordOne(tx, intakeKind, batchId, locked, happened, { actor, commandId, ownRun });
  return { done: state };
}
