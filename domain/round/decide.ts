import type { EntryId, OrgCode, RoundId, Sub } from '../ids.ts';
import type { Fen } from '../money.ts';
import { atTime } from '../policy/dates.ts';
import { type Deadline, type DeadlineKind } from '../policy/deadlines.ts';
import { startDeadline } from '../policy/deadline-days.ts';
import { movedDeadline } from '../policy/moved-deadlines.ts';
import type { Policy } from '../policy/policy.ts';
import type { WorkingCalendar } from '../policy/working-days.ts';
import { type CivilDate, dateOf, type Instant } from '../time.ts';
import { type Gap, movedWindow, provenWindow, type Sight } from './visibility.ts';
import {
  type RoundDeadline,
  type RoundDeadlines,
  type RoundEvent,
  runningDeadlines,
  type Signature,
  type RoundState,
} from './round.ts';

export type RoundCommand =
  /** `dueOn`: the day by whose end the list is reported; absent: today. */
  | { readonly type: 'cut-off'; readonly roundId: RoundId; readonly org: OrgCode; readonly dueOn?: CivilDate }
  | { readonly type: 'report'; readonly entries: number; readonly totalFen: Fen }
  | { readonly type: 'order-publication'; readonly by: Sub }
  | { readonly type: 'see'; readonly contentHash: string }
  | { readonly type: 'sign'; readonly as: Signature; readonly by: Sub }
  | { readonly type: 'strike'; readonly entryId: EntryId; readonly by: Sub }
  /** A look at the site during the window did not find the notice as it was sent. */
  | { readonly type: 'miss'; readonly sight: Exclude<Sight, 'seen'> }
  /** Our own looks at the site failed to come: nobody knows what it showed (N3.2). */
  | { readonly type: 'miss-looks'; readonly gap: Gap }
  | { readonly type: 'end-window'; readonly passed: number; readonly held: number; readonly listHash: string }
  | { readonly type: 'tell' }
  | { readonly type: 'pass-deadline'; readonly kind: RoundDeadline; readonly dueAt: Instant }
  | { readonly type: 'move-deadlines' };

export interface RoundFacts {
  readonly now: Instant;
  readonly policy: Policy;
  readonly calendar: WorkingCalendar;
}

export const roundRefusals = {
  'not-in-this-state': '公示批次当前状态不能办理此操作',
  'window-running': '公示期未满',
  'four-eyes': '填报人与负责人不得为同一人',
  'already-signed': '已经签字',
  'window-stays': '公示期不因此延长',
  'not-yet': '尚未到告知时间',
  'not-this-deadline': '没有这一进行中的期限',
  'no-deadline-moved': '放假安排未影响本批次期限',
} as const;
export type RoundRefusal = keyof typeof roundRefusals;

export type RoundDecision =
  | { readonly event: RoundEvent }
  | { readonly refusal: { readonly code: RoundRefusal; readonly detail: Readonly<Record<string, string>> } };

const refuse = (code: RoundRefusal, detail: Readonly<Record<string, string>> = {}): RoundDecision => ({
  refusal: { code, detail },
});

/** Those of the round's open deadlines that a changed calendar touches (N3.2: a window is never shortened). */
function movedDeadlines(state: RoundState, { now, calendar }: RoundFacts): RoundDeadlines {
  const moved = <K extends DeadlineKind>(deadline: Deadline<K> | undefined) =>
    (deadline && movedDeadline(deadline, calendar, dateOf(now))) ?? undefined;
  const reporting = moved(state.reporting);
  const isWaiting = state.stage === 'reported' || state.stage === 'publishing';
  const publication = isWaiting ? moved(state.publication) : undefined;
  const window = state.stage === 'public' ? moved(state.window) : undefined;
  return { ...(reporting && { reporting }), ...(publication && { publication }), ...(window && { window }) };
}

/** Decides on a round; which cases are in it is each case's own decision. */
export function decideRound(state: RoundState | null, command: RoundCommand, facts: RoundFacts): RoundDecision {
  const { now, policy, calendar } = facts;
  if (command.type === 'cut-off') {
    if (state !== null) return refuse('not-in-this-state');
    const { roundId, org, dueOn = dateOf(now) } = command;
    const reporting = startDeadline('publicity-report', dueOn, policy.deadlines['publicity-report'], calendar);
    return { event: { type: 'cut-off', roundId, org, policyVersion: policy.id, reporting } };
  }
  if (state === null) return refuse('not-in-this-state');
  switch (command.type) {
    case 'report':
      if (state.stage !== 'freezing') return refuse('not-in-this-state');
      return {
        event: {
          type: 'reported',
          entries: command.entries,
          totalFen: command.totalFen,
          publication: startDeadline('publication', dateOf(now), policy.deadlines.publication, calendar),
        },
      };
    case 'order-publication':
      if (state.stage !== 'reported') return refuse('not-in-this-state');
      return { event: { type: 'publication-ordered', by: command.by } };
    case 'see':
      if (state.stage !== 'publishing') return refuse('not-in-this-state');
      return {
        event: {
          type: 'seen',
          contentHash: command.contentHash,
          window: startDeadline('publicity', dateOf(now), policy.deadlines.publicity, calendar), // N3.2
        },
      };
    case 'sign': {
      if (state.stage === 'freezing' || state.stage === 'empty') return refuse('not-in-this-state');
      const { as, by } = command;
      const { [as]: own, [as === 'head' ? 'preparer' : 'head']: other } = state.signatures ?? {};
      if (own) return refuse('already-signed', { by: own });
      return other === by ? refuse('four-eyes') : { event: { type: 'signed', as, by } };
    }
    case 'strike':
      if (state.stage !== 'reported' && state.stage !== 'publishing' && state.stage !== 'public')
        return refuse('not-in-this-state');
      return { event: { type: 'entry-struck', entryId: command.entryId, by: command.by } };
    case 'miss': {
      if (state.stage !== 'public') return refuse('not-in-this-state');
      const { sight } = command;
      // What the site showed after the window was over says nothing about the window.
      const window = now < state.window.dueAt ? movedWindow(state.window, sight, dateOf(now), calendar) : null;
      return window ? { event: { type: 'window-moved', sight, window } } : refuse('window-stays');
    }
    case 'miss-looks': {
      if (state.stage !== 'public') return refuse('not-in-this-state');
      const { gap } = command;
      const window = provenWindow(state.window, gap, policy.publicityProbes.longestGapMinutes * 60_000, calendar);
      return window ? { event: { type: 'window-unproven', gap, window } } : refuse('window-stays');
    }
    case 'end-window': {
      if (state.stage !== 'public') return refuse('not-in-this-state');
      // What a new calendar lengthens is as long as that says, whether the round was told already or not.
      const window = movedDeadline(state.window, calendar, dateOf(now)) ?? state.window;
      if (now < window.dueAt) return refuse('window-running', { endsAt: window.dueAt });
      const { passed, held, listHash } = command;
      const tellOn = calendar.add(window.dueOn, policy.deadlines['passed-list']); // N3.3
      const tellAt = atTime(tellOn, policy.publicityReports.cutOffTime);
      return { event: { type: 'window-over', passed, held, listHash, tellAt } };
    }
    case 'tell':
      if (state.stage !== 'passed') return refuse('not-in-this-state');
      return now < state.tellAt ? refuse('not-yet', { tellAt: state.tellAt }) : { event: { type: 'told' } };
    case 'move-deadlines': {
      const moved = movedDeadlines(state, facts);
      if (Object.keys(moved).length === 0) return refuse('no-deadline-moved');
      return { event: { type: 'deadlines-moved', calendarVersion: calendar.version, moved } };
    }
    case 'pass-deadline': {
      const { kind, dueAt } = command;
      const isDue = runningDeadlines(state).some((one) => one.kind === kind && one.dueAt === dueAt && now >= dueAt);
      return isDue ? { event: { type: 'deadline-passed', kind, dueAt } } : refuse('not-this-deadline');
    }
  }
}
