import { ApplicationFailure, heartbeat } from '@temporalio/activity';
import { noticePage } from '../console/notice-page.ts';
import type { RoundId } from '../domain/ids.ts';
import type { PublicEntry } from '../domain/notice/entry.ts';
import type { Sight } from '../domain/round/visibility.ts';
import { noticeEntries, noticeStand } from '../store/notice.ts';
import { readRound } from '../store/round-view.ts';
import type { Store } from '../store/store.ts';
import { lastSent, recordLook } from '../store/visibility.ts';
import { type Partner, UnexpectedAnswer } from './partner.ts';
import { contentHash, publish, shownPage, takeDown } from './publisher.ts';

const entriesAtOnce = 500;

/** Notices on the official site: sent, looked at with the proof kept, and taken down (N3.2). */
export class NoticeSite {
  readonly #store: Store;
  readonly #site: Partner;
  readonly #hashes = new Map<RoundId, { readonly stand: string; readonly hash: string }>();

  constructor(store: Store, url: string) {
    this.#store = store;
    this.#site = { name: '公示网站', url };
  }

  /** Sends the page as it should be. @returns its hash */
  async send(roundId: RoundId): Promise<string> {
    const html = await pageOf(this.#store, roundId);
    const sent = contentHash(html);
    await publish(this.#site, roundId, html);
    await recordLook(this.#store.db, roundId, { result: 'sent', sent, shown: null });
    return sent;
  }

  /** What the site shows, held against the pages that are right, the latest first; kept as proof. */
  async look(roundId: RoundId, right: readonly [string, ...string[]]): Promise<Sight> {
    const shown = await shownPage(this.#site, roundId);
    const sight = shown === null ? 'away' : right.includes(shown) ? 'seen' : 'changed';
    await recordLook(this.#store.db, roundId, { result: sight, sent: right[0], shown });
    return sight;
  }

  /** Looks, after sending what changed by right; what the site does not show as it should is sent again. */
  async watch(roundId: RoundId): Promise<Sight> {
    const right = await this.#rightHash(roundId);
    const standing = await lastSent(this.#store.db, roundId);
    // An entry that was struck or given up disappears; until the site has the new page, the one before is right too.
    if (standing !== right) await this.send(roundId).catch(isAway);
    const sight = await this.look(roundId, [right, ...(standing === null ? [] : [standing])]);
    if (sight !== 'seen') await this.send(roundId).catch(isAway);
    return sight;
  }

  async takeDown(roundId: RoundId): Promise<void> {
    this.#hashes.delete(roundId);
    await takeDown(this.#site, roundId);
  }

  /** Hash of the page as it should be; made anew only where something has happened since. */
  async #rightHash(roundId: RoundId): Promise<string> {
    const stand = await noticeStand(this.#store.db, roundId);
    const known = this.#hashes.get(roundId);
    if (known?.stand === stand) return known.hash;
    const hash = contentHash(await pageOf(this.#store, roundId));
    this.#hashes.set(roundId, { stand, hash });
    return hash;
  }
}

/** A site that can't be reached is what the look finds; everything else is a fault of ours. */
function isAway(error: unknown): void {
  if (!(error instanceof ApplicationFailure) && !(error instanceof UnexpectedAnswer)) throw error;
}

async function pageOf(store: Store, roundId: RoundId): Promise<string> {
  const { state } = await readRound(store, roundId);
  const entries: PublicEntry[] = [];
  for (let after = 0; ;) {
    const page = await noticeEntries(store.db, store, roundId, { after, limit: entriesAtOnce });
    entries.push(...page);
    heartbeat();
    const last = page.at(-1);
    if (!last) return noticePage({ noticeId: roundId, org: state.org, entries });
    after = Number(last.entryId);
  }
}
