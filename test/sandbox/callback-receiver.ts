import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const callbackSchema = z.object({
  orderNo: z.string(),
  outcome: z.enum(['paid', 'failed', 'returned']),
  code: z.string(),
  amountFen: z.int(),
  at: z.string(),
});

export interface ReceivedCallback extends z.infer<typeof callbackSchema> {
  readonly headers: IncomingHttpHeaders;
  readonly rawBody: string;
}

/** A stand-in for our API's callback route: keeps what the bank sends, answers with `status` (changeable). */
export interface CallbackReceiver {
  readonly url: string;
  readonly received: ReceivedCallback[];
  status: number;
  readonly close: () => Promise<void>;
}

export async function receiveCallbacks(): Promise<CallbackReceiver> {
  const received: ReceivedCallback[] = [];
  const server = createServer((request, response) => {
    let rawBody = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (rawBody += chunk));
    request.on('end', () => {
      received.push({ ...callbackSchema.parse(JSON.parse(rawBody)), headers: request.headers, rawBody });
      response.writeHead(receiver.status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: CallbackReceiver = {
    url: `http://127.0.0.1:${String(portOf(server.address()))}/bank/v1/callbacks`,
    received,
    status: 204,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
  return receiver;
}

export function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a TCP port');
  return address.port;
}
