import type { CaseNo } from '../domain/ids.ts';
import { decideRecovery, type RecoveryCommand } from '../domain/recovery/decide.ts';
import type { RecoveryEvent, RecoveryState } from '../domain/recovery/recovery.ts';
import type { Instant } from '../domain/time.ts';
import type { DecidedAgain, RulesOnRecord } from './decide-again.ts';
import { firstParting, partingInWords } from './difference.ts';
import type { Store } from './store.ts';
import {
  type Difference,
  foldDifferences,
  foldUpTo,
  messageOf,
  readStreams,
  recoveryStreams,
  type StoredStream,
} from './stored-stream.ts';

interface StoredDecision {
  readonly afterSeq: number;
  readonly command: RecoveryCommand;
  readonly facts: { readonly now: Instant; readonly policyVersion: string; readonly calendarVersion: string };
  readonly events: number;
}

export interface RecoveryOnRecord extends StoredStream<RecoveryState, RecoveryEvent> {
  readonly decisions: readonly StoredDecision[];
}

/** Recoveries of these cases with everything that their decisions rested on; cases without one are left out. */
export async function readRecoveriesOnRecord(
  store: Store,
  caseNos: readonly CaseNo[],
): Promise<readonly RecoveryOnRecord[]> {
  return store.db.transaction(async (tx) => {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const streams = await readStreams(tx, recoveryStreams, { ids: caseNos });
    const { rows } = await tx.query<
      { stream: string; after_seq: number; events: number } & Pick<StoredDecision, 'command' | 'facts'>
    >(
      'SELECT stream, after_seq, command, facts, events FROM decision WHERE stream = ANY ($1) ORDER BY stream, after_seq',
      [streams.map(({ stream }) => stream)],
    );
    return streams.map((stream) => ({
      ...stream,
      decisions: rows
        .filter((row) => row.stream === stream.stream)
        .map(({ after_seq: afterSeq, command, facts, events }) => ({ afterSeq, command, facts, events })),
    }));
  });
}

/**
 * Makes every decision on a recovery again (N3.4b), as `decideAgain` for cases: each event rests on one decision, and that
 * on the recorded history before it; then the row against all events.
 */
export function decideRecoveryAgain(onRecord: RecoveryOnRecord, rules: RulesOnRecord): DecidedAgain {
  const { events, decisions } = onRecord;
  const differences: Difference[] = [];
  for (const { seq } of events) {
    const restsOn = decisions.filter(({ afterSeq }) => afterSeq === seq - 1).length;
    if (restsOn !== 1)
      differences.push({ seq, what: `event ${seq} rests on ${restsOn === 0 ? 'no decision' : 'two decisions'}` });
  }
  for (const decision of decisions) differences.push(...oneAgain(onRecord, decision, rules));
  return {
    decisions: decisions.length,
    differences: [...differences, ...foldDifferences(recoveryStreams, onRecord)],
    remarks: [],
  };
}

function oneAgain(
  onRecord: RecoveryOnRecord,
  { afterSeq, command, facts, events }: StoredDecision,
  rules: RulesOnRecord,
): readonly Difference[] {
  const seq = afterSeq + 1;
  const differ = (what: string): readonly Difference[] => [{ seq, what: `${command.type}: ${what}` }];
  const policy = rules.policy(facts.policyVersion);
  const calendar = rules.calendar(facts.calendarVersion);
  if (!policy) return differ(`there is no policy version ${facts.policyVersion}`);
  if (!calendar) return differ(`there is no calendar version ${facts.calendarVersion}`);
  if (events !== 1) return differ(`recorded ${events} events, decided again 1`);
  const recorded = onRecord.events.find((one) => one.seq === seq);
  if (!recorded) return differ('its event is missing');
  if (recorded.at !== facts.now) return differ(`decided at ${facts.now}, recorded at ${recorded.at}`);
  try {
    const before = foldUpTo(recoveryStreams, onRecord, afterSeq);
    const again = decideRecovery(before, command, { now: facts.now, policy, calendar });
    if ('refusal' in again) return differ(`decided again it is refused: ${again.refusal.code}`);
    const parting = firstParting(recorded.event, again.event);
    return parting ? differ(`as recorded ${partingInWords(parting, 'decided again')}`) : [];
  } catch (error) {
    return differ(`it can't be decided again: ${messageOf(error)}`);
  }
}
