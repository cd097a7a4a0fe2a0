import type { Actor } from '../domain/actor.ts';
import type { IntakeBatchId } from '../domain/ids.ts';
import type { Appointment, IntakeState } from '../domain/intake/batch.ts';
import { only } from './database.ts';
import { intakeKey } from './intake.ts';
import { decideOnBatch } from './intake-decision.ts';
import { type Claim, once, type Outcome } from './once.ts';
import type { Store } from './store.ts';
import { openJson, sealJson } from './vault.ts';

/** The joint office or visit (N2.5); a later one takes the place of an earlier. @throws NotFound, KeyReused */
export function appointBatch(
  store: Store,
  claim: Claim,
  actor: Actor & { kind: 'staff' },
  batchId: IntakeBatchId,
  { appointment, words }: { readonly appointment: Appointment; readonly words: AppointmentWords },
): Promise<Outcome<IntakeState>> {
  return once(store, claim, async (tx, commandId) => {
    const command = { type: 'appoint', by: actor.sub, ...appointment } as const;
    const outcome = await decideOnBatch(tx, batchId, command, { actor, commandId });
    if ('refused' in outcome) return outcome;
    const key = await intakeKey(tx, store, batchId);
    await tx.query('UPDATE intake_batch SET appointment = $2 WHERE batch_id = $1', [
      ...[batchId, sealJson(key, words, appointmentContext(batchId))],
    ]);
    return outcome;
  });
}

/** What people wrote of an appointment. */
export interface AppointmentWords {
  readonly place: string;
  readonly time: string | null;
  readonly appraisalBody: string;
}
const appointmentContext = (batchId: IntakeBatchId): string => `intake-appointment:${batchId}`;

export async function readAppointment(store: Store, batchId: IntakeBatchId): Promise<AppointmentWords | null> {
  const { rows } = await store.db.query<{ appointment: Buffer | null }>(
    'SELECT appointment FROM intake_batch WHERE batch_id = $1',
    [batchId],
  );
  const { appointment } = only(rows, batchId);
  if (!appointment) return null;
  return openJson(await intakeKey(store.db, store, batchId), appointment, appointmentContext(batchId));
}
