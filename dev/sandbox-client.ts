import { z } from 'zod';
import { type ApplicationBody, type PartnerRecords, sandboxRecords } from './papers.ts';

/** Tells a sandbox's partners what they know of an application. @throws Error when the sandbox refuses one */
export async function tellPartners(
  sandboxUrl: string,
  application: ApplicationBody,
  known?: PartnerRecords,
): Promise<void> {
  await Promise.all(sandboxRecords(application, known).map(({ path, body }) => control(sandboxUrl, path, body)));
}

/** PUTs what partners shall know or do to the sandbox, such as a fault. @throws Error with the sandbox's answer */
export async function control(sandboxUrl: string, path: string, body: object): Promise<void> {
  const answer = await fetch(`${sandboxUrl}/control${path}`, {
    method: 'PUT',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(10_000),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`sandbox: PUT ${path} → ${answer.status} ${text}`);
}

const transfer = z.object({ orderNo: z.string(), account: z.string(), amountFen: z.number(), at: z.string() });
export type Transfer = z.output<typeof transfer>;

/** Every transfer that the bank really made, from its own log. */
export async function madeTransfers(sandboxUrl: string): Promise<readonly Transfer[]> {
  const answer = await fetch(`${sandboxUrl}/control/bank/transfers`, { signal: AbortSignal.timeout(10_000) });
  return z.object({ items: z.array(transfer) }).parse(await answer.json()).items;
}
