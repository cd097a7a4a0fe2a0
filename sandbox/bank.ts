import { join } from 'node:path';
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { CallbackSender } from './bank-callbacks.ts';
import type { CallbackTarget } from './bank-callbacks.ts';
import { statementOf } from './bank-statement.ts';
import type { Statement } from './bank-statement.ts';
import { orderSchema, TransferLog } from './bank-transfers.ts';
import type { Conclusion, Movement, Order, Transfer } from './bank-transfers.ts';
import { dateOf } from './clock.ts';
import type { BackOffice } from './bank-files.ts';
import { DurableMap } from './durable-map.ts';
import { exposeToFaults, TRANSFER_MODES } from './faults.ts';
import { civilDate, NOT_FOUND, someText } from './premises.ts';
import type { Premises } from './premises.ts';

const EXECUTION_MS = 150;
const DUPLICATES = 3;

/** What control sets an account to. An account never set is open and belongs to whoever an order names. */
export const accountSchema = z.object({ holder: someText, status: z.enum(['open', 'closed', 'frozen']) });
export type Account = z.infer<typeof accountSchema>;

/** A transfer that moved money, as the contract lists it. `at` is the business instant of the payment. */
export interface MadeTransfer {
  readonly orderNo: string;
  readonly account: string;
  readonly amountFen: number;
  readonly at: string;
}

/** The bank: accepts orders, makes the transfers a moment later, calls back, and tells who asks. */
export class Bank {
  readonly #premises: Premises;
  readonly #accounts: DurableMap<Account>;
  readonly #log: TransferLog;
  readonly #callbacks: CallbackSender;

  private constructor(premises: Premises, accounts: DurableMap<Account>, log: TransferLog, target: CallbackTarget) {
    this.#premises = premises;
    this.#accounts = accounts;
    this.#log = log;
    this.#callbacks = new CallbackSender(target, premises.schedule, premises.log);
  }

  static async open(premises: Premises, target: CallbackTarget): Promise<Bank> {
    const accounts = await DurableMap.open(join(premises.folder, 'accounts.ndjson'), accountSchema);
    return new Bank(premises, accounts, await TransferLog.open(join(premises.folder, 'transfers.ndjson')), target);
  }

  /** Takes up what the process before this one left: orders to execute, money to return, callbacks without a 2xx. */
  resume(): void {
    for (const transfer of this.#log.all()) {
      for (const conclusion of transfer.conclusions) {
        if (!conclusion.acknowledged) this.#callBack(transfer, conclusion);
      }
      this.#proceed(transfer);
    }
  }

  putAccount(number: string, account: Account): Promise<void> {
    return this.#accounts.set(number, account);
  }

  /** Every transfer that moved money, in the order made; a later return leaves it in. */
  made(): MadeTransfer[] {
    return this.#log
      .movements()
      .filter((movement) => movement.kind === 'transfer')
      .map(({ orderNo, amountFen, at }) => {
        return { orderNo, account: this.#log.find(orderNo)?.order.account ?? '', amountFen, at };
      });
  }

  /** The day's statement of one payer's account; without a payer, of everything that the bank moved. */
  statement(date: string, payer?: string): Statement {
    return statementOf(date, this.#movementsOf(payer));
  }

  #movementsOf(payer: string | undefined): readonly Movement[] {
    const all = this.#log.movements();
    return payer === undefined ? all : all.filter(({ orderNo }) => this.#log.find(orderNo)?.order.payer === payer);
  }

  /** What the front end for files may ask. */
  get office(): BackOffice {
    const { clock, faults } = this.#premises;
    return {
      take: async (order) => {
        const transfer = await this.#take(order);
        return differs(transfer.order, order) ? undefined : transfer;
      },
      find: (orderNo) => this.#log.find(orderNo),
      statement: (date, payer) => this.statement(date, payer),
      daysOver: (payer) => {
        const today = dateOf(clock.at());
        const days = new Set(this.#movementsOf(payer).map(({ at }) => dateOf(at)));
        return [...days].filter((day) => day < today).sort();
      },
      isDown: () => faults.of('bank').mode === 'down',
    };
  }

  /** The transfer of an order, accepted now unless its number is known. */
  async #take(order: Order): Promise<Transfer> {
    // No await between asking and accepting, or two requests at once would both find the number unknown.
    const known = this.#log.known(order.orderNo);
    if (known) return known;
    const hit = this.#premises.faults.take('bank', TRANSFER_MODES) ?? null;
    const transfer = await this.#log.accept(order, this.#premises.clock.at(), hit);
    this.#proceed(transfer);
    return transfer;
  }

  /** Callbacks held by `reorder-callbacks` go out when the fault is changed. */
  releaseHeldCallbacks(): void {
    this.#callbacks.release();
  }

  readonly routes: FastifyPluginCallbackZod = (app, _options, done) => {
    const { faults, schedule } = this.#premises;
    exposeToFaults(app, 'bank', faults, schedule);

    app.post('/v1/transfers', { schema: { body: orderSchema } }, async (request, reply) => {
      const order = request.body;
      const isNew = this.#log.known(order.orderNo) === undefined;
      const transfer = await this.#take(order);
      if (!isNew) {
        return differs(transfer.order, order)
          ? reply.code(409).send({ code: 'order-differs' })
          : reply.code(200).send(view(transfer));
      }
      const { hit } = transfer;
      if (hit?.mode !== 'execute-then-timeout') {
        return reply.code(202).send({ orderNo: order.orderNo, status: 'accepted' });
      }
      reply.hijack();
      schedule.after(hit.delayMs, () => request.raw.socket.destroy());
      return reply;
    });

    app.get('/v1/transfers/:orderNo', { schema: { params: z.object({ orderNo: someText }) } }, (request, reply) => {
      const transfer = this.#log.find(request.params.orderNo);
      const inFlight = transfer?.hit?.mode === 'not-found-in-flight' && transfer.conclusions.length === 0;
      return transfer && !inFlight ? reply.send(view(transfer)) : reply.code(404).send(NOT_FOUND);
    });

    const asked = { params: z.object({ date: civilDate }), querystring: z.object({ payer: someText.optional() }) };
    app.get('/v1/statements/:date', { schema: asked }, (request, reply) =>
      reply.send(this.statement(request.params.date, request.query.payer)),
    );
    done();
  };

  async close(): Promise<void> {
    this.#callbacks.close();
    await this.#accounts.close();
    await this.#log.close();
  }

  /** Plans the next thing that happens to a transfer by itself: its execution, or its late return. */
  #proceed(transfer: Transfer): void {
    const { hit, acceptedMs, conclusions } = transfer;
    const last = conclusions.at(-1);
    if (!last) {
      const delayMs = hit?.mode === 'not-found-in-flight' ? Math.max(hit.delayMs, EXECUTION_MS) : EXECUTION_MS;
      this.#later(acceptedMs + delayMs, () => this.#execute(transfer));
    } else if (last.outcome === 'paid' && (hit?.mode === 'late-return' || hit?.mode === 'silent-return')) {
      this.#later(last.concludedMs + hit.delayMs, () => this.#conclude(transfer, 'returned', 'returned-by-payee-bank'));
    }
  }

  async #execute(transfer: Transfer): Promise<void> {
    const { account: number, holder } = transfer.order;
    const account = this.#accounts.get(number);
    if (account?.status === 'closed') await this.#conclude(transfer, 'failed', 'account-closed');
    else if (account?.status === 'frozen') await this.#conclude(transfer, 'failed', 'account-frozen');
    else if (account && account.holder !== holder) await this.#conclude(transfer, 'failed', 'name-differs');
    else await this.#conclude(transfer, 'paid', '00');
  }

  async #conclude(transfer: Transfer, outcome: Conclusion['outcome'], code: string): Promise<void> {
    const conclusion = await this.#log.conclude(transfer.order.orderNo, outcome, code, this.#premises.clock.at());
    this.#callBack(transfer, conclusion);
    this.#proceed(transfer);
  }

  #callBack(transfer: Transfer, conclusion: Conclusion): void {
    const { hit, order } = transfer;
    if (hit?.mode === 'lose-callback' || order.via !== undefined) return;
    const { outcome, code, at } = conclusion;
    // A return that nobody is called about: it stands in the day's statement, or is heard by who asks.
    if (hit?.mode === 'silent-return' && outcome === 'returned') return;
    const callback = {
      body: JSON.stringify({ orderNo: order.orderNo, outcome, code, amountFen: order.amountFen, at }),
      duplicates: hit?.mode === 'duplicate-callback' ? DUPLICATES : 0,
      acknowledged: () => this.#log.acknowledge(order.orderNo, outcome),
    };
    if (hit?.mode === 'reorder-callbacks') this.#callbacks.hold(callback, hit.delayMs);
    else this.#callbacks.send(callback);
  }

  #later(realMs: number, task: () => Promise<void>): void {
    this.#premises.schedule.after(realMs - Date.now(), () => {
      task().catch((error: unknown) => {
        this.#premises.log.error({ err: error }, 'the bank could not keep what it did; it takes it up after a restart');
      });
    });
  }
}

function differs(known: Order, order: Order): boolean {
  return known.account !== order.account || known.amountFen !== order.amountFen;
}

function view({ order, acceptedAt, conclusions }: Transfer) {
  const { orderNo, amountFen } = order;
  const last = conclusions.at(-1);
  if (!last) return { orderNo, status: 'accepted' as const, code: 'in-process', amountFen, at: acceptedAt };
  return { orderNo, status: last.outcome, code: last.code, amountFen, at: last.at };
}
