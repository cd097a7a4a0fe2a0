import type { CaseView, TimelineItem } from '../calls.ts';
import type { Story } from './stories.ts';

/** A story with what really became of it. */
export interface Told {
  readonly story: Story;
  /** The slug of the problem with which the filing was answered; empty when it was taken in. */
  readonly problem: string;
  /** Null when there is no case. */
  readonly end: {
    readonly view: CaseView;
    readonly timeline: readonly TimelineItem[];
    /** Whether the supervisor finds it among the overdue ones. */
    readonly isOnOverdueList: boolean;
  } | null;
}

/** Where a story's end is not what the notice says, each in one line; empty when it is. */
export function differences({ story, problem, end }: Told): readonly string[] {
  const { state, yuan, events, problem: refusal, clauses = [], later, overdue } = story.expected;
  const found: string[] = [];
  const compare = (what: string, expected: string, real: string) => {
    if (real !== expected) found.push(`${what}: expected ${expected}, was ${real}`);
  };
  compare('answer to the filing', refusal ?? 'taken in', problem || 'taken in');
  compare('state', state, end?.view.state ?? 'none');
  if (!end) return found;
  compare('amount', amount(yuan), amount(end.view.amountFen === null ? null : end.view.amountFen / 100));
  const missing = firstMissing(events, end.timeline);
  if (missing !== undefined) found.push(`timeline: ${missing} is not there, or not in its place`);
  const reasons = refusedBy(end.view).filter((clause) => clause !== later);
  compare('reasons for refusal', clauses.join(', ') || 'none', reasons.join(', ') || 'none');
  const late = end.view.deadlines.filter((deadline) => deadline.status === 'overdue').map((deadline) => deadline.kind);
  compare('overdue', overdue ?? 'nothing', late.join(', ') || 'nothing');
  compare('on the list of overdue cases', String(overdue !== undefined), String(end.isOnOverdueList));
  return found;
}

const amount = (yuan: number | null): string => (yuan === null ? 'none' : `${yuan} yuan`);

/** The first event that does not come after those before it. */
function firstMissing(events: readonly string[], timeline: readonly TimelineItem[]): string | undefined {
  let from = 0;
  for (const event of events) {
    const at = timeline.findIndex((item, index) => index >= from && item.event === event);
    if (at < 0) return event;
    from = at + 1;
  }
  return undefined;
}

/** The clauses of a refusal, each once. */
function refusedBy({ state, opinion }: CaseView): readonly string[] {
  if (state !== 'refused') return [];
  return [...new Set(opinion?.reasons.map((reason) => reason.clause))];
}
