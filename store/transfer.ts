import type { Actor } from '../domain/actor.ts';
import { type CaseAnswer, type CaseAsk, type CaseStep, commandCase } from './case.ts';
import { answeredFile } from './look-up.ts';
import type { Claim, Outcome } from './once.ts';
import type { Store } from './store.ts';

/**
 * The receiving agency's answer (N2.1): number, filing date and entitlement stay; the checks are made again with what the
 * partners said, for the agency that has the case now. @throws NotFound, KeyReused
 */
export const confirmTransfer = (
  store: Store,
  claim: Claim,
  actor: Actor,
  ask: CaseAsk,
  step: CaseStep,
): Promise<Outcome<CaseAnswer>> =>
  commandCase(store, claim, actor, ask, { ...step, file: (tx, { state }) => answeredFile(tx, store, state) });
