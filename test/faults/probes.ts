import { createHmac, randomUUID } from 'node:crypto';
import pg from 'pg';
import { z } from 'zod';
import type { Cast } from '../../dev/cast.ts';
import type { System } from '../../dev/system.ts';
import { callbackKeys } from '../../config/keys.ts';
import { days } from './days.ts';

const problem = z.looseObject({ type: z.string() });

/** The person who prepared a batch tries to release it. */
export async function releaseByPreparer(
  { cashier }: Cast,
  batch: { readonly batchId: string; readonly totalFen: number; readonly listHash: string },
): Promise<readonly string[]> {
  const { batchId, totalFen, listHash } = batch;
  const reply = await cashier.ask(
    'POST',
    `/v1/payment-batches/${batchId}/release`,
    { totalFen, listHash },
    { patienceMs: 90_000 },
  );
  const slug = problem.safeParse(reply.body).data?.type ?? '';
  // A lost answer may be told on the repeat only; a batch that is out already is no finding.
  if (slug === 'urn:problem:four-eyes') return [];
  return [`${batchId}: released by its preparer: answered ${reply.status} ${slug}`];
}

/** The bank's word again under the same nonce: the same bytes have no effect, other bytes are refused. */
export async function nonceAgain(system: System, orderNo: string, amountFen: number): Promise<readonly string[]> {
  const keys = callbackKeys.parse(system.env['BANK_CALLBACK_KEYS'] ?? '');
  const secret = keys.keys.get(keys.active) ?? '';
  const nonce = randomUUID();
  const send = async (code: string): Promise<number> => {
    const body = JSON.stringify({ orderNo, outcome: 'paid', code, amountFen, at: days.begins });
    const timestamp = String(Date.now());
    const signature = createHmac('sha256', secret).update(`${timestamp}.${nonce}.${body}`).digest('hex');
    const answer = await fetch(`${system.url}/bank/v1/callbacks`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        ...{ 'x-key-id': keys.active, 'x-timestamp': timestamp, 'x-nonce': nonce, 'x-signature': signature },
      },
    });
    await answer.arrayBuffer();
    return answer.status;
  };
  const first = await send('00');
  const same = await send('00');
  const other = await send('99');
  return first === 200 && same === 200 && other >= 400 && other < 500
    ? []
    : [`${orderNo}: callbacks under one nonce were answered ${first}, ${same}, ${other}`];
}

/** A second live order for a case, written past the code as the processes' own role: the database refuses it. */
export async function secondOrder(system: System, caseNo: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: system.databaseUrl, options: '-c role=subsidy_app' });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO payment_order (order_no, case_no, batch_id, amount_fen, payee, status)
       SELECT order_no || '9', case_no, batch_id, amount_fen, payee, 'released' FROM payment_order
       WHERE case_no = $1 AND status = 'paid'`,
      [caseNo],
    );
    return [`${caseNo}: a second live order was taken`];
  } catch (error) {
    const code = error instanceof pg.DatabaseError ? error.code : undefined;
    return code === '23505' ? [] : [`${caseNo}: a second live order failed otherwise: ${String(code)}`];
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
    await client.end();
  }
}
