import { createServer, request as ask, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands between the worker and its partners and keeps every address that was asked, as a proxy's log would. */
export interface Listening {
  readonly url: string;
  readonly addresses: readonly string[];
  /** Where the partners really are. */
  passTo(url: string): void;
  close(): Promise<void>;
}

export async function listenToAddresses(): Promise<Listening> {
  const addresses: string[] = [];
  let target = '';
  const server: Server = createServer((incoming, outgoing) => {
    addresses.push(`${incoming.method ?? ''} ${incoming.url ?? ''}`);
    const { method, headers } = incoming;
    const onward = ask(new URL(incoming.url ?? '/', target), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      // A partner that breaks off in the middle is passed on as such.
      answer.once('error', () => outgoing.destroy());
      answer.once('aborted', () => outgoing.destroy());
    });
    onward.once('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    addresses,
    passTo(url) {
      target = url;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}
