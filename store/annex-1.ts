import type { AgencyOpinion, Annex1 } from '../domain/annex-1.ts';
import type { Application } from '../domain/application.ts';
import type { CaseState } from '../domain/case/state.ts';
import type { CaseNo } from '../domain/ids.ts';
import { dateOf } from '../domain/time.ts';
import { readApplications } from './application.ts';
import { NotFound, readCase } from './case.ts';
import { nameOf, staffNames } from './staff.ts';
import type { Store } from './store.ts';
import { readTimeline, type TimelineRow } from './timeline.ts';

export interface Annex1OnRecord {
  readonly state: CaseState;
  readonly application: Application;
  readonly confirmedAt: Annex1['confirmedAt'];
  readonly opinion: AgencyOpinion | null;
  readonly signers: Annex1['signers'];
}

/** Annex 1 of a case with its latest decision. Personal data. @throws NotFound, also once the data was destroyed */
export async function readAnnex1(store: Store, caseNo: CaseNo): Promise<Annex1OnRecord> {
  const { state } = await readCase(store.db, caseNo);
  const [timeline, applications] = await Promise.all([
    readTimeline(store.db, store, caseNo),
    readApplications(store.db, store, [caseNo]),
  ]);
  const application = applications.get(caseNo);
  if (!application) throw new NotFound(caseNo);
  // Only the applicant's own sign-in confirms; whoever else files brings her signature (N2.2, N2.5).
  const confirmed = timeline.find(({ event, actor }) => event.type === 'filed' && actor.kind === 'applicant');
  const decided = timeline.findLast(({ event }) => event.type === 'approved' || event.type === 'refused');
  // Looked at again since: what was decided before is no opinion any more.
  const opinion = decided && state.signatures.reviewer !== null ? opinionOf(decided, timeline, state) : null;
  return {
    state,
    application,
    confirmedAt: confirmed?.at ?? null,
    opinion,
    signers: opinion && (await signersOf(store, state)),
  };
}

async function signersOf(store: Store, { signatures: { handler, reviewer } }: CaseState) {
  const names = await staffNames(store.db, [handler, reviewer]);
  return { handler, handlerName: nameOf(names, handler), reviewer, reviewerName: nameOf(names, reviewer) };
}

function opinionOf(
  { seq, at, event }: TimelineRow,
  timeline: readonly TimelineRow[],
  state: CaseState,
): AgencyOpinion | null {
  const decidedOn = dateOf(at);
  if (event.type === 'approved') {
    const { occupation, level } = state.certificate;
    return { outcome: 'approve', occupation, level, shortage: event.shortage, amountFen: event.amountFen, decidedOn };
  }
  if (event.type !== 'refused') return null;
  const handled = timeline.findLast((row) => row.seq < seq && row.event.type === 'handled');
  return { outcome: 'refuse', reasons: handled?.text?.reasons ?? [], decidedOn };
}
