import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { CallbackKeys } from '../config/keys.ts';
import type { BusinessClock } from '../domain/time.ts';
import type { Action } from '../domain/rights.ts';
import type { AccessLog } from '../store/access-log.ts';
import type { Transaction } from '../store/database.ts';
import type { Store } from '../store/store.ts';
import type { Authenticate, Caller } from './auth.ts';
import type { HistoryReader } from './history.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route: an action of the table of rights, everyone, or the bank by its signature. No default. */
    may?: Action | 'anyone' | 'bank';
  }
  interface FastifyRequest {
    /** Null on routes that are open to everyone. */
    caller: Caller | null;
    /** The request's Idempotency-Key; a fresh one where none is needed. */
    idempotencyKey: string;
    /** Of the staff: throws where she no longer has what she was admitted with. Asked again as a command's last step. */
    stands: ((tx: Transaction) => Promise<void>) | null;
  }
}

/** What the routes work with. */
export interface Services {
  readonly store: Store;
  readonly authenticate: Authenticate;
  readonly histories: HistoryReader;
  readonly accessLog: AccessLog;
  readonly clock: BusinessClock;
  readonly bankCallbackKeys: CallbackKeys;
}

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;
