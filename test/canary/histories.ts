import { Client, type Connection } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { PayloadKeys } from '../../config/keys.ts';
import { payloadCodec } from '../../crypto/payload-codec.ts';
import { foundInText, type Finding } from './places.ts';
import type { Search } from './search.ts';

const { History } = proto.temporal.api.history.v1;

/**
 * What Temporal tells of every workflow, over its own interface: ids, memo, search attributes, each history as it is
 * stored, and what its payloads and failures say once they are opened.
 */
export async function foundInTemporal(
  connection: Connection,
  ring: PayloadKeys,
  search: Search,
): Promise<{ readonly found: readonly Finding[]; readonly runs: number; readonly payloads: number }> {
  const client = new Client({ connection });
  const codec = payloadCodec(ring);
  const found: Finding[] = [];
  let runs = 0;
  let opened = 0;
  for await (const { workflowId, runId } of client.workflow.list()) {
    runs += 1;
    const handle = client.workflow.getHandle(workflowId, runId);
    const { raw } = await handle.describe();
    found.push(...foundInText(`description of ${workflowId}`, JSON.stringify(raw), search));
    const history = await handle.fetchHistory();
    const bytes = Buffer.from(History.encode(history).finish());
    found.push(...search(bytes).map((what) => `history of ${workflowId}: ${what}`));
    const payloads = await codec.decode(payloadsIn(History.decode(bytes)));
    opened += payloads.length;
    const plain = Buffer.concat(payloads.flatMap(({ data }) => [Buffer.from(data ?? []), Buffer.from('\n')]));
    found.push(...search(plain).map((what) => `payloads of ${workflowId}: ${what}`));
  }
  return { found, runs, payloads: opened };
}

/** Every payload anywhere in it. */
function payloadsIn(value: unknown): Payload[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  if (isPayload(value)) return [value];
  return Object.values(value).flatMap(payloadsIn);
}

const isPayload = (value: object): value is Payload =>
  'metadata' in value && 'data' in value && value.data instanceof Uint8Array;
