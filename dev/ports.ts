import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { readIfThere, writePrivateFile } from './data-folder.ts';
import { StartError } from './start-error.ts';

/** Can a server of ours listen there? On loopback only, as all of ours do. */
function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}

/** A free port below those that the system hands out for outgoing connections, so that it stays free. */
export async function freePort(taken: readonly number[] = []): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (!taken.includes(port) && (await isPortFree(port))) return port;
  }
}

/** Throws a StartError that names the setting when the port is taken. */
export async function checkPort(name: string, port: number): Promise<void> {
  if (await isPortFree(port)) return;
  throw new StartError(`${name} ${port} is in use: stop what listens there, or set ${name} to another port`);
}

const portsSchema = z.object({ postgres: z.number(), temporal: z.number(), temporalUi: z.number(), codec: z.number() });
export type ServerPorts = z.output<typeof portsSchema>;

/** The servers' ports of last time where they are free still, else other free ones; kept in DATA_DIR for the next time. */
export async function keptPorts(dataDir: string, taken: readonly number[]): Promise<ServerPorts> {
  const path = join(dataDir, 'ports.json');
  const last = portsSchema.partial().safeParse(JSON.parse(readIfThere(path) ?? '{}')).data ?? {};
  const inUse = [...taken];
  const choose = async (lastOne: number | undefined) => {
    const keep = lastOne !== undefined && !inUse.includes(lastOne) && (await isPortFree(lastOne));
    const chosen = keep ? lastOne : await freePort(inUse);
    inUse.push(chosen);
    return chosen;
  };
  const ports = {
    postgres: await choose(last.postgres),
    temporal: await choose(last.temporal),
    temporalUi: await choose(last.temporalUi),
    codec: await choose(last.codec),
  };
  writePrivateFile(path, JSON.stringify(ports, null, 2));
  return ports;
}
