import { heartbeat } from '@temporalio/activity';
import type { IntakeEvent } from '../domain/intake/batch.ts';
import { fileWaitingRows } from '../store/intake-filing.ts';
import { handOverCases } from '../store/intake-handover.ts';
import { intakeKind } from '../store/intake.ts';
import { eventsSince } from '../store/run.ts';
import type { Store } from '../store/store.ts';
import type { IntakeActivities } from '../workflows/activities.ts';

/** What a collective batch's run asks: its rows filed, its cases handed over. Both go on where a kill stopped them. */
export function intakeActivities(store: Store): IntakeActivities {
  return {
    async fileRows({ batchId, knownSeq }) {
      await fileWaitingRows(store, batchId, heartbeat);
      return { events: await eventsSince<IntakeEvent>(store.db, intakeKind.streamOf(batchId), knownSeq) };
    },
    async handOverRows({ batchId, knownSeq }) {
      await handOverCases(store, batchId, heartbeat);
      return { events: await eventsSince<IntakeEvent>(store.db, intakeKind.streamOf(batchId), knownSeq) };
    },
  };
}
