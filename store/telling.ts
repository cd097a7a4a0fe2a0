import type { Application } from '../domain/application.ts';
import { evolve } from '../domain/case/evolve.ts';
import type { CaseState } from '../domain/case/state.ts';
import { type About, type Carrier, openTellings, type OpenTelling } from '../domain/case/tellings.ts';
import { type TellingFacts } from '../domain/case/telling-texts.ts';
import type { CaseNo } from '../domain/ids.ts';
import { instantFromMs } from '../domain/policy/dates.ts';
import { dateOf, type Instant } from '../domain/time.ts';
import { readApplications } from './application.ts';
import { readCase } from './case.ts';
import { businessNow } from './clock.ts';
import { only, type Queryable } from './database.ts';
import { readOffice } from './office.ts';
import { readRecoveryOrder } from './recovery-order.ts';
import type { Store } from './store.ts';
import { readTimeline, type TimelineRow } from './timeline.ts';
import { openJson, sealJson } from './vault.ts';

/** What an applicant still has to be told, with what its text is made from. Personal data. */
export interface ToTell {
  readonly telling: OpenTelling;
  readonly facts: TellingFacts;
  readonly applicant: Application['applicant'];
}

/** Undefined when it was told meanwhile; `applicant` null in the answer: her data was destroyed, nobody can be told. */
export async function readToTell(
  store: Store,
  caseNo: CaseNo,
  n: number,
): Promise<ToTell | { readonly applicant: null } | undefined> {
  const { state } = await readCase(store.db, caseNo);
  const telling = openTellings(state).find((one) => one.n === n && !one.failed);
  if (!telling) return undefined;
  const application = (await readApplications(store.db, store, [caseNo])).get(caseNo);
  if (!application) return { applicant: null };
  const rows = await readTimeline(store.db, store, caseNo);
  const { applicant } = application;
  const began = whereItBegan(caseNo, rows, n);
  const facts: TellingFacts = {
    caseNo,
    name: applicant.name,
    org: state.org,
    office: await readOffice(store.db, state.org),
    state: began.state,
    on: dateOf(telling.since),
    ref: telling.ref,
    policy: await store.rules.policy(store.db, state.policyVersion),
    reasons: reasonsFor(rows, began.row),
    ...(telling.about === 'recovery-order' ? { order: await readRecoveryOrder(store, caseNo) } : {}),
  };
  return { telling, facts, applicant };
}

/** The event that began a telling, and the case right after it. */
function whereItBegan(
  caseNo: CaseNo,
  rows: readonly TimelineRow[],
  n: number,
): { readonly row: TimelineRow; readonly state: CaseState } {
  let state: CaseState | null = null;
  for (const row of rows) {
    state = evolve(caseNo, state, row);
    if ((state.tellings?.begun ?? 0) >= n) return { row, state };
  }
  throw new Error(`${caseNo}: no event began telling ${n}`);
}

/** What was written with the event; a refusal's reasons were written with the handling that it confirms (N3.1e). */
function reasonsFor(rows: readonly TimelineRow[], { seq, event, text }: TimelineRow): TellingFacts['reasons'] {
  const handled = event.type === 'refused' && rows.findLast((row) => row.seq < seq && row.event.type === 'handled');
  return (handled ? handled.text : text)?.reasons ?? [];
}

/** To where and with which words something was sent; kept as it was sent. Personal data. */
export type Sent =
  | { readonly carrier: 'sms'; readonly phone: string; readonly text: string }
  | { readonly carrier: 'letter'; readonly name: string; readonly address: string; readonly text: string };

/** The carrier's word that ends an attempt; `answer` is what it said, word by word. */
export interface Settled {
  readonly status: 'delivered' | 'failed';
  readonly at: Instant;
  readonly answer: string;
}

export interface AttemptOnRecord {
  readonly messageId: string;
  readonly madeAt: Instant;
  readonly sent: Sent;
  readonly settled: Settled | null;
}

/** Keeps a copy before anything is sent; on a retry it is the copy that was kept first. */
export async function beginAttempt(
  store: Store,
  caseNo: CaseNo,
  { n, about }: { readonly n: number; readonly about: About },
  sent: Sent,
): Promise<AttemptOnRecord> {
  const key = await store.vault.caseKey(store.db, caseNo);
  const messageId = `${caseNo}-${n}-${sent.carrier}`;
  await store.db.query(
    `INSERT INTO telling_attempt (message_id, case_no, n, about, carrier, made_at, sealed)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [messageId, caseNo, n, about, sent.carrier, await businessNow(store.db), sealJson(key, sent, 'telling')],
  );
  const { rows } = await store.db.query<AttemptRow>(`${attemptColumns} WHERE message_id = $1`, [messageId]);
  return opened(only(rows, messageId), key);
}

/** Keeps the carrier's word; the first one stands. */
export async function settleAttempt(store: Store, caseNo: CaseNo, messageId: string, settled: Settled): Promise<void> {
  const key = await store.vault.caseKey(store.db, caseNo);
  await store.db.query(
    `UPDATE telling_attempt SET status = $2, settled_at = $3, proof = $4
     WHERE message_id = $1 AND status = 'under-way'`,
    [messageId, settled.status, settled.at, sealJson(key, { answer: settled.answer }, 'telling-proof')],
  );
}

/** Every message and letter of a case, oldest first; none of a case whose key was destroyed. Personal data. */
export async function readAttempts(
  db: Queryable,
  store: Store,
  caseNo: CaseNo,
): Promise<readonly (AttemptOnRecord & { readonly n: number; readonly carrier: Carrier })[]> {
  const key = (await store.vault.caseKeys(db, [caseNo])).get(caseNo);
  if (!key) return [];
  const { rows } = await db.query<AttemptRow>(`${attemptColumns} WHERE case_no = $1 ORDER BY n, made_at, carrier`, [
    caseNo,
  ]);
  return rows.map((row) => ({ ...opened(row, key), n: row.n, carrier: row.carrier }));
}

interface AttemptRow {
  message_id: string;
  made_at: number;
  n: number;
  carrier: Carrier;
  sealed: Buffer;
  status: 'under-way' | 'delivered' | 'failed';
  settled_at: number | null;
  proof: Buffer | null;
}

const attemptColumns = 'SELECT message_id, made_at, n, carrier, sealed, status, settled_at, proof FROM telling_attempt';

const opened = (row: AttemptRow, key: Buffer): AttemptOnRecord => ({
  messageId: row.message_id,
  madeAt: instantFromMs(row.made_at),
  sent: openJson<Sent>(key, row.sealed, 'telling'),
  settled:
    row.status === 'under-way' || row.settled_at === null || row.proof === null
      ? null
      : {
          status: row.status,
          at: instantFromMs(row.settled_at),
          answer: openJson<{ answer: string }>(key, row.proof, 'telling-proof').answer,
        },
});
