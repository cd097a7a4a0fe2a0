import { migrateSettings } from '../config/settings.ts';
import { settingsOrExit } from '../config/setting.ts';
import { ClockMismatch } from './clock.ts';
import { migrate, MigrationRefused } from './migrate.ts';

/** `npm run migrate`: one line and exit 1 when it can't. */
try {
  await migrate(settingsOrExit(migrateSettings));
} catch (error) {
  if (!(error instanceof ClockMismatch || error instanceof MigrationRefused || isConnectionError(error))) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

function isConnectionError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^(ECONN|ENOTFOUND|28|3D)/.test(String(error.code));
}
