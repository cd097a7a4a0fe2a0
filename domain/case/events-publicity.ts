import type { Deadline } from '../policy/deadlines.ts';
import type { EntryId, ObjectionId, RoundId, Sub } from '../ids.ts';
import type { ObjectionKind } from './events.ts';

/** Publicity, objections and reports (N3.2, N3.4). */
export type PublicityEvent =
  | { readonly type: 'listed'; readonly roundId: RoundId; readonly entryId: EntryId }
  | { readonly type: 'published'; readonly roundId: RoundId; readonly window: Deadline }
  | {
      readonly type: 'objection-received';
      readonly objectionId: ObjectionId;
      readonly kind: ObjectionKind;
      readonly holds: boolean;
    }
  | {
      readonly type: 'objection-dismissed';
      readonly objectionId: ObjectionId;
      readonly by: Sub;
      readonly payout: Deadline | null;
    }
  | {
      readonly type: 'objection-upheld';
      readonly objectionId: ObjectionId;
      readonly by: Sub;
      readonly intentional: boolean;
    }
  | { readonly type: 'passed'; readonly roundId: RoundId; readonly payout: Deadline };
