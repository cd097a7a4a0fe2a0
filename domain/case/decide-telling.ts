import { dateOf } from '../time.ts';
import type { Ask } from './commands.ts';
import { type Decision, type Facts, record, refuse } from './decision.ts';
import type { CaseState } from './state.ts';
import { openTellings } from './tellings.ts';

/** What became of a telling (N3.1e): delivered with the carrier's proof, failed on all, or done by a person with a paper. */
export function tell(
  state: CaseState,
  command: Ask<'record-delivery' | 'record-undelivered' | 'tell-in-person'>,
  { now }: Facts,
): Decision {
  if (command.n > (state.tellings?.begun ?? 0)) return refuse('unknown-telling');
  const telling = openTellings(state).find(({ n }) => n === command.n);
  if (!telling) return refuse('already-told');
  const { n, about } = telling;
  switch (command.type) {
    case 'record-delivery':
      return record({ type: 'applicant-told', n, about, ...command.delivery });
    case 'record-undelivered':
      if (telling.failed) return refuse('already-told');
      return record({ type: 'telling-failed', n, about, attempts: command.attempts });
    case 'tell-in-person': {
      const { by, on, way, documentId } = command;
      if (on < dateOf(telling.since) || on > dateOf(now)) return refuse('told-on-another-day');
      return record({ type: 'told-by-person', n, about, by, on, way, documentId });
    }
  }
}
