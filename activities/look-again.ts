import { ApplicationFailure } from '@temporalio/activity';
import type { Partners } from '../config/settings.ts';
import type { RegisterSource } from '../domain/case/events.ts';
import { registersToAsk } from '../domain/case/look-again.ts';
import type { CaseNo, RoundId } from '../domain/ids.ts';
import type { RegisterAnswer } from '../domain/policy/checks.ts';
import type { Instant } from '../domain/time.ts';
import { readApplication } from '../store/application.ts';
import { businessNow } from '../store/clock.ts';
import { recordLookAgain } from '../store/look-up.ts';
import { endOutage } from '../store/outage.ts';
import { entriesToAskAbout } from '../store/round-entries.ts';
import type { RunStep } from '../store/run.ts';
import type { Store } from '../store/store.ts';
import { askRegister, registerNamed } from './registers.ts';

/** So many entries are asked about side by side. */
const entriesAtOnce = 16;

/** Asks a register about a case's certificate again (N3.1c). @throws ApplicationFailure (retryable) while it does not answer */
export async function askAgain(
  store: Store,
  partners: Partners,
  { caseNo, source }: { readonly caseNo: CaseNo; readonly source: RegisterSource },
): Promise<RegisterAnswer> {
  const { certificate } = await readApplication(store.db, store, caseNo);
  return askRegister(registerNamed(partners, source), source, certificate.number);
}

/**
 * Asks both registers about every entry of a round that they have not answered on since `from`. One that can't be asked
 * about keeps nobody else waiting; where nobody on a page can be, the registers are left alone for a while. No case waits
 * for it, so that nothing is noted as an outage.
 * @throws the first failure, after which only what is still open is asked again
 */
export async function lookAgainAtEntries(
  store: Store,
  partners: Partners,
  step: Omit<RunStep, 'knownSeq'>,
  { roundId, from }: { readonly roundId: RoundId; readonly from: Instant },
  progress: () => void,
): Promise<void> {
  // An answer of before would not be one of that day.
  if ((await businessNow(store.db)) < from) throw ApplicationFailure.retryable('the day has not begun', 'NotYet');
  let failure: Error | null = null;
  for (let after = 0; ;) {
    const page = await entriesToAskAbout(store.db, roundId, { after, from, limit: entriesAtOnce });
    const asks = page.flatMap(({ caseNo, seq, lookUps }) =>
      registersToAsk(lookUps, from).map((source) => ({ caseNo, seq, source })),
    );
    const results = await Promise.allSettled(
      asks.map(async ({ caseNo, seq, source }) => {
        const own = { workflowId: step.workflowId, key: `${step.key}:${caseNo}:${source}`, knownSeq: seq };
        const answer = await askAgain(store, partners, { caseNo, source });
        await endOutage(store.db, caseNo, source);
        await recordLookAgain(store, own, caseNo, { source, answer });
        progress();
      }),
    );
    progress();
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [asError(result.reason)] : []));
    failure ??= failures[0] ?? null;
    const last = page.at(-1);
    if (failure && failures.length === asks.length) throw failure; // also past the last entry
    if (!last) return;
    after = last.entryNo;
  }
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error('a look-up failed'));
