import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { PayloadKeys } from '../config/keys.ts';
import { temporalServer } from '../config/temporal-server.ts';
import type { TemporalSettings } from '../config/settings.ts';
import { payloadCodec } from '../crypto/payload-codec.ts';

/** One event of a run's history, its payloads decoded. */
export interface HistoryEvent {
  readonly eventId: number;
  readonly at: string | null;
  readonly type: string;
  readonly attributes: Record<string, unknown>;
}

/** A workflow's history as a supervisor reads it; undefined while Temporal has heard nothing of it. */
export interface HistoryReader {
  read(workflowId: string): Promise<readonly HistoryEvent[] | undefined>;
  close(): Promise<void>;
}

export function historyReader(settings: TemporalSettings, ring: PayloadKeys): HistoryReader {
  const connection = Connection.lazy(temporalServer(settings));
  const { namespace } = settings;
  const client = new Client({ connection, namespace });
  const codec = payloadCodec(ring);

  async function decoded(value: unknown): Promise<unknown> {
    if (isPayload(value)) {
      const [payload = value] = await codec.decode([value]);
      return defaultPayloadConverter.fromPayload(payload);
    }
    if (Array.isArray(value)) return Promise.all(value.map(decoded));
    if (!isPlain(value)) return readable(value);
    const members = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
    return Object.fromEntries(
      await Promise.all(members.map(async ([name, member]) => [name, await decoded(member)] as const)),
    );
  }

  return {
    async read(workflowId) {
      try {
        const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
        return await Promise.all((events ?? []).map((event) => readEvent(event, decoded)));
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw error;
      }
    },
    close: () => connection.close(),
  };
}

async function readEvent(
  event: proto.temporal.api.history.v1.IHistoryEvent,
  decoded: (value: unknown) => Promise<unknown>,
): Promise<HistoryEvent> {
  const [, attributes] =
    Object.entries(event).find(
      ([name, value]) => name.endsWith('EventAttributes') && value !== null && value !== undefined,
    ) ?? [];
  const seconds = Number(event.eventTime?.seconds ?? 0);
  const plain = await decoded(attributes);
  return {
    eventId: Number(event.eventId ?? 0),
    at: event.eventTime ? new Date(seconds * 1000 + (event.eventTime.nanos ?? 0) / 1e6).toISOString() : null,
    type: proto.temporal.api.enums.v1.EventType[event.eventType ?? 0] ?? 'EVENT_TYPE_UNSPECIFIED',
    attributes: isPlain(plain) ? plain : {},
  };
}

const isPayload = (value: unknown): value is Payload =>
  isPlain(value) && value['data'] instanceof Uint8Array && isPlain(value['metadata']);

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Uint8Array) &&
  !('low' in value && 'high' in value);

/** 64-bit numbers of the wire as numbers, bytes as hex. */
function readable(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return typeof value === 'object' && value !== null ? Number(value) : value;
}
