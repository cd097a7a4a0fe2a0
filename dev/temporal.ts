import { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { SEARCH_ATTRIBUTES } from '../config/search-attributes.ts';
import type { Part } from './supervise.ts';

/** A Temporal development server on this machine's loopback, its state in the SQLite file `file`. */
export type TemporalServer = {
  readonly binary: string;
  readonly file: string;
  readonly port: number;
  readonly uiPort: number;
  readonly namespace: string;
  /** Where the UI has payloads decoded. */
  readonly codecPort: number;
};

/** The server as a part to be supervised; ready when our search attributes are known. */
export function temporalPart({ binary, file, port, uiPort, namespace, codecPort }: TemporalServer): Part {
  return {
    name: 'temporal',
    command: binary,
    args: [
      ...['server', 'start-dev', '--db-filename', file, '--sqlite-pragma', 'journal_mode=wal'],
      ...['--ip', '127.0.0.1', '--namespace', namespace],
      ...['--port', String(port), '--ui-port', String(uiPort), '--log-level', 'error'],
      ...['--ui-codec-endpoint', `http://127.0.0.1:${codecPort}`],
    ],
    env: process.env,
    mark: file,
    async isReady() {
      await registerSearchAttributes(`127.0.0.1:${port}`, namespace);
      return true;
    },
  };
}

const { IndexedValueType } = proto.temporal.api.enums.v1;
const types = { KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD };

/** Makes the search attributes that the namespace lacks: `start-dev` takes new names at a file's first start only. */
export async function registerSearchAttributes(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: '2s' });
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => !(name in customAttributes));
    if (missing.length === 0) return;
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, types[type]])),
    });
  } finally {
    await connection.close();
  }
}
