import type { Actor, Role } from '../domain/actor.ts';
import { eventTable } from '../domain/case/event-table.ts';
import { recoveryEventLabels } from '../domain/recovery/event-table.ts';
import type { RecoveryEvent } from '../domain/recovery/recovery.ts';
import type { Sub } from '../domain/ids.ts';
import type { StaffNames } from '../store/staff.ts';
import { merged, type RecoveryRow, type TimelineRow } from '../store/timeline.ts';
import { actorView } from './problems.ts';

/** Sign-in names of the staff who had a part. */
export const staffIn = (rows: readonly { readonly actor: Actor }[]): readonly Sub[] =>
  rows.flatMap(({ actor }) => (actor.kind === 'staff' ? [actor.sub] : []));

/** Who reads, and what colleagues call the staff. */
interface Reader {
  readonly role: Role;
  readonly names: StaffNames;
}

/** What happened in a case and in its recovery, in order, as the reader may read it. */
export function timelineOf(rows: readonly TimelineRow[], recovered: readonly RecoveryRow[], reader: Reader) {
  const own = rows.map((row) => timelineItem(row, reasonsOf(rows, row), reader));
  const ofRecovery = recovered
    .filter(({ event }) => reader.role !== 'applicant' || !staffOnly.has(event.type))
    .map((row) => recoveryItem(row, reader));
  return merged(own, ofRecovery);
}

const namedActor = (actor: Actor, names: StaffNames) => ({
  ...actorView(actor),
  ...(actor.kind === 'staff' ? { name: names.get(actor.sub) } : {}),
});

/** What was written with an event; a refusal's reasons were written with the handling that it confirms (N3.1e). */
function reasonsOf(rows: readonly TimelineRow[], { seq, event, text }: TimelineRow): readonly string[] {
  const handled = event.type === 'refused' && rows.findLast((row) => row.seq < seq && row.event.type === 'handled');
  const reasons = (handled ? handled.text : text)?.reasons ?? [];
  return reasons.map(({ clause, text: words }) => `${clause} ${words}`);
}

/** What was written to the applicant herself, notes included. */
const askedEvents: ReadonlySet<string> = new Set(['supplement-asked', 'registration-asked', 'registration-rejected']);

/** What an applicant reads of her own case: reasons, not who of the staff did what nor their notes (N3.1e). */
function timelineItem(
  { seq, at, actor, event, text, from, to }: TimelineRow,
  reasons: readonly string[],
  { role, names }: Reader,
) {
  const isStaff = role !== 'applicant';
  const { type, ...detail } = event;
  const isReasoned = type === 'refused' || type === 'withdrawn';
  const toApplicant = askedEvents.has(type) ? [...reasons, text?.note ?? []].flat() : isReasoned ? reasons : [];
  const told = isStaff ? [...reasons, text?.note ?? []].flat() : toApplicant;
  return {
    seq,
    at,
    event: type,
    label: eventTable[type].label,
    actor: isStaff ? namedActor(actor, names) : { kind: actor.kind },
    from,
    to,
    reason: told.join('；') || null,
    clause: eventTable[type].clause,
    stream: 'case' as const,
    detail: isStaff ? detail : {},
  };
}

/** What is between the staff, and the judiciary, until they speak. */
const staffOnly: ReadonlySet<RecoveryEvent['type']> = new Set([
  'crime-referred',
  'write-off-proposed',
  'write-off-declined',
]);

/** What the recipient reads of the recovery: what happened and when; of the staff's own steps nothing (N3.4b). */
function recoveryItem({ seq, at, actor, event, text, from, to }: RecoveryRow, { role, names }: Reader) {
  const isStaff = role !== 'applicant';
  const { type, ...detail } = event;
  const told = isStaff ? [...(text?.reasons ?? []).map((one) => one.text), text?.note ?? []].flat() : [];
  return {
    seq,
    at,
    event: type,
    label: recoveryEventLabels[type],
    actor: isStaff ? namedActor(actor, names) : { kind: actor.kind },
    from: from && `recovery-${from}`,
    to: `recovery-${to}`,
    reason: told.join('；') || null,
    clause: type === 'crime-referred' ? 'N6.3' : 'N3.4b',
    stream: 'recovery' as const,
    detail: isStaff ? detail : {},
  };
}
