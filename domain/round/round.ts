import type { EntryId, OrgCode, RoundId, Sub } from '../ids.ts';
import type { Fen } from '../money.ts';
import type { Deadline, DeadlineKind } from '../policy/deadlines.ts';
import type { Instant } from '../time.ts';
import type { Gap } from './visibility.ts';

/** Where a publicity round stands (N3.2). */
export const roundStages = {
  freezing: { label: '截取名单' },
  reported: { label: '已报人社部门' },
  publishing: { label: '正在发布' },
  public: { label: '公示中' },
  passed: { label: '公示期满' },
  told: { label: '已告知经办机构' },
  empty: { label: '本期无人员' },
} as const;
export type RoundStage = keyof typeof roundStages;

/** What Annex 2 says of who reports. */
export interface Report {
  readonly preparedBy: string;
  readonly head: string;
  readonly phone: string;
}

export type RoundEvent =
  | {
      readonly type: 'cut-off';
      readonly roundId: RoundId;
      readonly org: OrgCode;
      readonly policyVersion: string;
      /** Until when the list has to be with HRSS; rounds of before this was recorded have none. */
      readonly reporting?: Deadline<'publicity-report'>;
    }
  | {
      readonly type: 'reported';
      readonly entries: number;
      readonly totalFen: Fen;
      readonly publication: Deadline<'publication'>;
    }
  | { readonly type: 'publication-ordered'; readonly by: Sub }
  /** Seen on the site with the content that was sent: the window starts. */
  | { readonly type: 'seen'; readonly contentHash: string; readonly window: Deadline<'publicity'> }
  /** 填报人 or 负责人 signed Annex 2. */
  | { readonly type: 'signed'; readonly as: Signature; readonly by: Sub }
  /** HRSS took an entry off the list; the others stand as they stood. */
  | { readonly type: 'entry-struck'; readonly entryId: EntryId; readonly by: Sub }
  /** The site did not show the notice, or showed another page: the announced window ends later (N3.2). */
  | { readonly type: 'window-moved'; readonly sight: 'away' | 'changed'; readonly window: Deadline<'publicity'> }
  /** Nobody looked at the site for so long that its days are not proven: the announced window ends later (N3.2). */
  | { readonly type: 'window-unproven'; readonly gap: Gap; readonly window: Deadline<'publicity'> }
  /** The window is over; `tellAt` is when HRSS tells the agency who passed (N3.3). */
  | {
      readonly type: 'window-over';
      readonly passed: number;
      readonly held: number;
      readonly listHash: string;
      readonly tellAt: Instant;
    }
  | { readonly type: 'told' }
  /** A changed calendar: those of its deadlines that it touches, as they are now. */
  | { readonly type: 'deadlines-moved'; readonly calendarVersion: string; readonly moved: RoundDeadlines }
  | { readonly type: 'deadline-passed'; readonly kind: RoundDeadline; readonly dueAt: Instant };

/** 填报人 prepares Annex 2, 负责人 is answerable for it. */
export type Signature = 'preparer' | 'head';

/** The deadlines that a round keeps. */
export interface RoundDeadlines {
  readonly reporting?: Deadline<'publicity-report'>;
  readonly publication?: Deadline<'publication'>;
  readonly window?: Deadline<'publicity'>;
}

/** What a round has to meet before it is public (N3.2). */
export type RoundDeadline = Extract<DeadlineKind, 'publicity-report' | 'publication'>;

interface Common {
  readonly roundId: RoundId;
  readonly org: OrgCode;
  readonly policyVersion: string;
  readonly cutOffAt: Instant;
  readonly reporting?: Deadline<'publicity-report'>;
  readonly signatures?: Readonly<Partial<Record<Signature, Sub>>>;
}
interface Reported {
  readonly entries: number;
  readonly totalFen: Fen;
  readonly publication: Deadline<'publication'>;
}
export type RoundState = Common &
  (
    | { readonly stage: 'freezing' }
    | { readonly stage: 'empty' }
    | ({ readonly stage: 'reported' | 'publishing' } & Reported)
    | ({
        readonly stage: 'public';
        readonly publishedAt: Instant;
        readonly contentHash: string;
        readonly window: Deadline<'publicity'>;
        /** The window that was announced first; absent while it stands. */
        readonly announced?: Deadline<'publicity'>;
      } & Reported)
    | ({
        readonly stage: 'passed';
        readonly publishedAt: Instant;
        readonly window: Deadline<'publicity'>;
        readonly tellAt: Instant;
      } & Reported)
    | ({ readonly stage: 'told'; readonly publishedAt: Instant; readonly window: Deadline<'publicity'> } & Reported)
  );

/** What the round still has to meet in time and was not yet recorded as late. */
export function runningDeadlines(state: RoundState): readonly Deadline<RoundDeadline>[] {
  const waiting: Deadline<RoundDeadline>[] = [];
  if (state.stage === 'freezing' && state.reporting) waiting.push(state.reporting);
  if (state.stage === 'reported' || state.stage === 'publishing') waiting.push(state.publication);
  return waiting.filter(({ status }) => status === 'running');
}

function withMoved(state: RoundState, { reporting, publication, window }: RoundDeadlines): RoundState {
  const moved = { ...state, ...(reporting && { reporting }) };
  switch (moved.stage) {
    case 'reported':
    case 'publishing':
      return { ...moved, ...(publication && { publication }) };
    case 'public':
      return { ...moved, ...(window && { window }) };
    default:
      return moved;
  }
}

/** The round after an event. @throws Error when the event cannot follow */
export function evolveRound(state: RoundState | null, at: Instant, event: RoundEvent): RoundState {
  if (event.type === 'cut-off') {
    const { roundId, org, policyVersion, reporting } = event;
    return { roundId, org, policyVersion, cutOffAt: at, ...(reporting && { reporting }), stage: 'freezing' };
  }
  if (state === null) throw new Error(`round: ${event.type} before cut-off`);
  const { roundId } = state;
  if (event.type === 'deadlines-moved') return withMoved(state, event.moved);
  if (event.type === 'deadline-passed' && event.kind === 'publicity-report')
    return state.reporting ? { ...state, reporting: { ...state.reporting, status: 'overdue' } } : state;
  if (event.type === 'reported') {
    const { org, policyVersion, cutOffAt, reporting } = state;
    const met = reporting && ({ ...reporting, status: at >= reporting.dueAt ? 'met-late' : 'met' } as const);
    const common = { roundId, org, policyVersion, cutOffAt, ...(met && { reporting: met }) };
    if (event.entries === 0) return { ...common, stage: 'empty' };
    const { entries, totalFen, publication } = event;
    return { ...common, stage: 'reported', entries, totalFen, publication };
  }
  if (state.stage === 'freezing' || state.stage === 'empty')
    throw new Error(`${roundId}: ${event.type} cannot follow in stage ${state.stage}`);
  switch (event.type) {
    case 'publication-ordered':
      return { ...state, stage: 'publishing' };
    case 'seen': {
      const { contentHash, window } = event;
      const publication = { ...state.publication, status: at >= state.publication.dueAt ? 'met-late' : 'met' } as const;
      return { ...state, stage: 'public', publishedAt: at, contentHash, window, publication };
    }
    case 'signed':
      return { ...state, signatures: { ...state.signatures, [event.as]: event.by } };
    case 'entry-struck':
      return state;
    case 'window-moved':
    case 'window-unproven':
      if (state.stage !== 'public') throw new Error(`${roundId}: ${event.type} cannot follow in stage ${state.stage}`);
      return { ...state, announced: state.announced ?? state.window, window: event.window };
    case 'window-over':
      if (state.stage !== 'public') throw new Error(`${roundId}: window-over cannot follow in stage ${state.stage}`);
      return { ...state, stage: 'passed', window: { ...state.window, status: 'met' }, tellAt: event.tellAt };
    case 'told':
      if (state.stage !== 'passed') throw new Error(`${roundId}: told cannot follow in stage ${state.stage}`);
      return { ...state, stage: 'told' };
    case 'deadline-passed':
      return { ...state, publication: { ...state.publication, status: 'overdue' } };
  }
}
