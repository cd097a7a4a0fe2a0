import { sandboxSettings } from '../config/settings.ts';
import { startSandbox } from './server.ts';

async function main(): Promise<void> {
  const {
    port,
    dataDir,
    clock,
    bankCallbackUrl: callbackUrl,
    bankCallbackKeys,
    bankFiles,
  } = sandboxSettings(process.env);
  const { active: id, keys } = bankCallbackKeys;
  const callbackKey = { id, secret: keys.get(id) ?? '' };
  const sandbox = await startSandbox({ port, dataDir, clock, callbackUrl, callbackKey, bankFiles }).catch(
    (error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
        throw new Error(`SANDBOX_PORT ${String(port)} is in use: stop what listens there or set another port`);
      }
      throw error;
    },
  );

  const stop = () => {
    sandbox.close().then(
      () => process.exit(0),
      (error: unknown) => {
        fail(error);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

main().catch(fail);
