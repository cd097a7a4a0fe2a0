import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import type { PayloadKeys } from '../config/keys.ts';
import { temporalServer } from '../config/temporal-server.ts';
import type { TemporalSettings } from '../config/settings.ts';
import { payloadCodec } from '../crypto/payload-codec.ts';

export const taskQueue = 'skill-subsidy';
export const deploymentName = 'skill-subsidy';

/** Payloads and failures are sealed before they leave this process (design.md, Privacy). */
export const dataConverter = (ring: PayloadKeys): DataConverter => ({
  payloadCodecs: [payloadCodec(ring)],
  failureConverterPath: fileURLToPath(new URL('./failure-converter.ts', import.meta.url)),
});

/** A client that connects at first use and again whenever the server was away. */
export function temporalClient(settings: TemporalSettings, ring: PayloadKeys): Client {
  const { namespace } = settings;
  return new Client({
    connection: Connection.lazy(temporalServer(settings)),
    namespace,
    dataConverter: dataConverter(ring),
  });
}
