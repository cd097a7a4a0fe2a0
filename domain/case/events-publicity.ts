import type { Deadline } from '../policy/deadlines.ts';
import type { EntryId, EvidenceId, ObjectionId, RoundId, Sub } from '../ids.ts';
import type { AppraisalOpinion, ObjectionKind } from './events.ts';

/** Publicity, objections and reports (N3.2, N3.4). */
export type PublicityEvent =
  | { readonly type: 'listed'; readonly roundId: RoundId; readonly entryId: EntryId }
  | { readonly type: 'published'; readonly roundId: RoundId; readonly window: Deadline }
  /** Off the list and to be reviewed again: a new clock (N3.1). */
  | { readonly type: 'struck-to-review'; readonly roundId: RoundId; readonly by: Sub; readonly review: Deadline }
  /** Off the list and approved as it was: it goes on the next one, for a full window. */
  | { readonly type: 'struck-to-approved'; readonly roundId: RoundId; readonly by: Sub }
  | { readonly type: 'window-moved'; readonly roundId: RoundId; readonly window: Deadline }
  | {
      readonly type: 'appraised';
      readonly objectionId: ObjectionId;
      readonly evidenceId: EvidenceId;
      readonly opinion: AppraisalOpinion;
    }
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
  /** N3.4b: paid, and a report is upheld: the reasoned decision that orders the money back is to be served. */
  | { readonly type: 'recovery-order-issued'; readonly objectionId: ObjectionId }
  | { readonly type: 'passed'; readonly roundId: RoundId; readonly payout: Deadline };
