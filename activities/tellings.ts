import { createHash } from 'node:crypto';
import type { Partners } from '../config/settings.ts';
import { letterOf } from '../domain/case/letters.ts';
import type { CaseEvent } from '../domain/case/events.ts';
import { openTellings, type Attempt, carrierLabels, carriers, type Carrier } from '../domain/case/tellings.ts';
import { tellingRow } from '../domain/case/telling-texts.ts';
import type { Policy } from '../domain/policy/policy.ts';
import type { CaseNews } from '../domain/stream.ts';
import { epochMs } from '../domain/time.ts';
import { readCase } from '../store/case.ts';
import { caseStream } from '../store/case-record.ts';
import { businessNow } from '../store/clock.ts';
import { endOutage, noteOutage } from '../store/outage.ts';
import { eventsSince, type RunStep, submitForRun } from '../store/run.ts';
import type { Store } from '../store/store.ts';
import {
  type AttemptOnRecord,
  beginAttempt,
  readToTell,
  type Sent,
  type Settled,
  settleAttempt,
  type ToTell,
} from '../store/telling.ts';
import type { CaseNo } from '../domain/ids.ts';
import { carry } from './carriers.ts';

/**
 * Tells an applicant by one carrier after the other until one has proven delivery (N3.1e); when none has, a person is
 * asked to. A carrier that is away or silent is asked again, for as long as the policy waits for it; then the next one is
 * tried.
 */
export async function sendTelling(
  store: Store,
  partners: Partners,
  step: RunStep,
  { caseNo, n }: { readonly caseNo: CaseNo; readonly n: number },
): Promise<CaseNews> {
  const toTell = await readToTell(store, caseNo, n);
  if (!toTell) return { events: await eventsSince<CaseEvent>(store.db, caseStream(caseNo), step.knownSeq) };
  const attempts: Attempt[] = [];
  if (toTell.applicant) {
    for (const carrier of tellingRow(toTell.telling.about).by ?? carriers) {
      const attempt = await beginAttempt(store, caseNo, toTell.telling, contentFor(carrier, toTell));
      const { messageId, settled } = attempt;
      const word = settled ?? (await carried(store, partners, caseNo, attempt, toTell.facts.policy));
      if (!settled) await settleAttempt(store, caseNo, messageId, word);
      if (word.status === 'delivered') {
        const proof = createHash('sha256').update(word.answer).digest('hex');
        const delivery = { carrier, messageId, deliveredAt: word.at, proof };
        return submitForRun(store, step, caseNo, { type: 'record-delivery', n, delivery });
      }
      attempts.push({ carrier, messageId });
    }
  }
  return submitForRun(store, step, caseNo, { type: 'record-undelivered', n, attempts });
}

/** The carrier's word, or that it was waited for long enough. @throws what the call threw, before that */
async function carried(
  store: Store,
  partners: Partners,
  caseNo: CaseNo,
  { messageId, madeAt, sent }: AttemptOnRecord,
  policy: Policy,
): Promise<Settled> {
  const { carrier } = sent;
  try {
    const word = await carry(partners, messageId, sent, await businessNow(store.db));
    await endOutage(store.db, caseNo, carrier);
    return word;
  } catch (error) {
    const now = await businessNow(store.db);
    const hours = policy.carriers[`${carrier}Hours`];
    if (epochMs(now) - epochMs(madeAt) < hours * 3_600_000) {
      await noteOutage(store.db, caseNo, carrier, madeAt);
      throw error;
    }
    await endOutage(store.db, caseNo, carrier);
    return { status: 'failed', at: now, answer: `${carrierLabels[carrier]}渠道${hours}小时内没有送达结果，不再等待。` };
  }
}

function contentFor(carrier: Carrier, { telling, facts, applicant }: ToTell): Sent {
  const { message, letter, signer } = tellingRow(telling.about);
  if (carrier === 'sms') return { carrier, phone: applicant.phone, text: message(facts) };
  const text = letter ? letter(facts) : letterOf(facts, [message(facts)], signer);
  return { carrier, name: applicant.name, address: applicant.homeAddress, text };
}

/** A refusal of a run that began before tellings had a number. */
export async function sendRefusal(store: Store, partners: Partners, step: RunStep, caseNo: CaseNo): Promise<CaseNews> {
  const { state } = await readCase(store.db, caseNo);
  const n = openTellings(state).find(({ about }) => about === 'refusal')?.n ?? 0;
  return sendTelling(store, partners, step, { caseNo, n });
}
