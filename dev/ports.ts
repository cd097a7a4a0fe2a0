import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { readIfThere, writePrivateFile } from './data-folder.ts';
import { StartError } from './start-error.ts';

/** Listens there as a server of ours would, on loopback only; null: somebody else does. */
function listenOn(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer((caller) => caller.destroy()); // who is early is sent away
    server.once('error', () => {
      resolve(null);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      resolve(server);
    });
  });
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });

async function isPortFree(port: number): Promise<boolean> {
  const probe = await listenOn(port);
  if (probe) await closed(probe);
  return probe !== null;
}

/** Ports that nobody else on this machine can take until the process that each is meant for is started. */
export interface HeldPorts {
  /** False: it is in use. */
  hold: (port: number) => Promise<boolean>;
  /** Frees them; a port that is not held is free already. */
  letGo: (...ports: readonly number[]) => Promise<void>;
  letAllGo: () => Promise<void>;
}

/** Several systems may start at once, and minutes can lie between the choice of a port and the process that listens. */
export function heldPorts(): HeldPorts {
  const held = new Map<number, Server>();
  const letGo = async (...ports: readonly number[]): Promise<void> => {
    for (const port of ports) {
      const server = held.get(port);
      held.delete(port);
      if (server) await closed(server);
    }
  };
  return {
    async hold(port) {
      const server = await listenOn(port);
      if (server === null) return false;
      server.unref();
      held.set(port, server);
      return true;
    },
    letGo,
    letAllGo: () => letGo(...held.keys()),
  };
}

/** A free port below those that the system hands out for outgoing connections, so that it stays free. */
export async function freePort(taken: readonly number[] = []): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (!taken.includes(port) && (await isPortFree(port))) return port;
  }
}

/** Holds the port of a setting. Throws a StartError that names it when the port is taken. */
export async function holdSetPort(held: HeldPorts, name: string, port: number): Promise<void> {
  if (await held.hold(port)) return;
  throw new StartError(`${name} ${port} is in use: stop what listens there, or set ${name} to another port`);
}

const portsSchema = z.object({ postgres: z.number(), temporal: z.number(), temporalUi: z.number(), codec: z.number() });
export type ServerPorts = z.output<typeof portsSchema>;

/**
 * The servers' ports of last time where they are free still, else other free ones: held, and kept in DATA_DIR for the next
 * time.
 */
export async function keptPorts(dataDir: string, held: HeldPorts): Promise<ServerPorts> {
  const path = join(dataDir, 'ports.json');
  const last = portsSchema.partial().safeParse(JSON.parse(readIfThere(path) ?? '{}')).data ?? {};
  const choose = async (lastOne: number | undefined): Promise<number> => {
    if (lastOne !== undefined && (await held.hold(lastOne))) return lastOne;
    for (;;) {
      const port = await freePort();
      if (await held.hold(port)) return port;
    }
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
