import type { RetentionClass } from '../policy/retention.ts';
import type { CivilDate } from '../time.ts';

/** The case's data key was destroyed: what people are and wrote can't be read any more; everything else stays. */
export interface RetentionEvent {
  readonly type: 'shredded';
  readonly schedule: string;
  readonly class: RetentionClass;
  /** The first day on which it was no longer kept. */
  readonly dueOn: CivilDate;
}
