import { evolve } from '../domain/case/evolve.ts';
import type { CaseState } from '../domain/case/state.ts';
import { type About, openTellings, type Way } from '../domain/case/tellings.ts';
import type { CaseNo, Sub } from '../domain/ids.ts';
import type { CivilDate, Instant } from '../domain/time.ts';
import type { Store } from './store.ts';
import { type AttemptOnRecord, readAttempts } from './telling.ts';
import { readTimeline } from './timeline.ts';

/** What an applicant was told or still has to be, and how. Personal data. */
export interface TellingOnRecord {
  readonly n: number;
  readonly about: About;
  readonly since: Instant;
  /** `undelivered`: no carrier reached her, a person has to. */
  readonly state: 'open' | 'told' | 'undelivered';
  readonly toldAt: Instant | null;
  readonly byPerson: {
    readonly by: Sub;
    readonly on: CivilDate;
    readonly way: Way;
    readonly documentId: string;
  } | null;
  readonly attempts: readonly AttemptOnRecord[];
}

/** A case's tellings in the order in which they arose. */
export async function readTellings(store: Store, caseNo: CaseNo): Promise<readonly TellingOnRecord[]> {
  const rows = await readTimeline(store.db, store, caseNo);
  const attempts = await readAttempts(store.db, store, caseNo);
  const found = new Map<number, TellingOnRecord>();
  let state: CaseState | null = null;
  for (const row of rows) {
    const before: CaseState | null = state;
    const after = evolve(caseNo, before, row);
    for (const { n, about, since, failed } of openTellings(after)) {
      const messages = attempts.filter((one) => one.n === n);
      const known = found.get(n) ?? { n, about, since, toldAt: null, byPerson: null, attempts: messages };
      found.set(n, { ...known, state: failed ? 'undelivered' : 'open' });
    }
    const { event, at } = row;
    if (event.type === 'applicant-told' || event.type === 'told-by-person') {
      const open = new Set(openTellings(after).map(({ n }) => n));
      const closed = before === null ? undefined : openTellings(before).find(({ n }) => !open.has(n));
      const telling = closed && found.get(closed.n);
      if (telling) {
        const { n } = telling;
        if (event.type === 'applicant-told')
          found.set(n, { ...telling, state: 'told', toldAt: event.deliveredAt ?? at });
        else {
          const { by, on, way, documentId } = event;
          found.set(n, { ...telling, state: 'told', toldAt: at, byPerson: { by, on, way, documentId } });
        }
      }
    }
    state = after;
  }
  return [...found.values()];
}
