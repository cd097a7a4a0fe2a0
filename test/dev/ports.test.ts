import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { freePort, heldPorts, holdSetPort, keptPorts } from '../../dev/ports.ts';
import { testFolder } from '../setup/run-folder.ts';

/** As the process that a port is meant for, which tells when it can't. */
function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host: '127.0.0.1' }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

test('a port that was chosen is nobody else’s until its process is started', async () => {
  const folder = testFolder();
  const [held, others] = [heldPorts(), heldPorts()];
  const ports = Object.values(await keptPorts(folder, held));
  expect(new Set(ports).size).toBe(4);
  // Another start that comes upon the same numbers takes others.
  for (const port of ports) expect(await others.hold(port)).toBe(false);
  const [port = 0] = ports;
  await held.letGo(port);
  expect(await listens(port)).toBe(true);
  await held.letAllGo();
  expect(Object.values(await keptPorts(folder, others))).toEqual(ports);
  await others.letAllGo();
});

test('a start does not take its own port for a server, and names the setting of one that is in use', async () => {
  const held = heldPorts();
  const port = await freePort();
  await holdSetPort(held, 'PORT', port);
  await expect(holdSetPort(heldPorts(), 'SANDBOX_PORT', port)).rejects.toThrow(`SANDBOX_PORT ${port} is in use`);
  await held.letAllGo();
});
