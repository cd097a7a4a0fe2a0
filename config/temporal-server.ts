import { readFileSync } from 'node:fs';
import { SettingError } from './setting.ts';
import type { TemporalSettings } from './settings.ts';

/**
 * How a connection to the Temporal server is opened: its address, and TLS wherever it is not this machine.
 * @throws SettingError naming the file that can't be read
 */
export function temporalServer({ address, tls }: TemporalSettings) {
  if (!tls) return { address };
  const { ca, client } = tls;
  return {
    address,
    tls: {
      serverRootCACertificate: pem('TEMPORAL_TLS_CA', ca),
      ...(client
        ? { clientCertPair: { crt: pem('TEMPORAL_TLS_CERT', client.cert), key: pem('TEMPORAL_TLS_KEY', client.key) } }
        : {}),
    },
  };
}

function pem(name: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw new SettingError(`${name} is wrong: the file cannot be read`);
  }
}
