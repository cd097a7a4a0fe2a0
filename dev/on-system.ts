// node --import tsx dev/on-system.ts <entry> [arguments]: runs a command with the settings of the system that runs on
// DATA_DIR. A DATABASE_URL in the environment means another system: then nothing is added.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { settingsOrExit } from '../config/setting.ts';
import { dataDirSetting } from '../config/settings.ts';
import { keptEnvironment } from './kept-environment.ts';

const [entry] = process.argv.splice(2, 1);
if (entry === undefined) throw new Error('usage: on-system.ts <entry> [arguments]');
if (!process.env['DATABASE_URL']) {
  const dataDir = settingsOrExit(dataDirSetting);
  const kept = keptEnvironment(dataDir);
  if (kept === undefined) {
    process.stderr.write(
      `DATABASE_URL is missing, and no system runs on ${dataDir}: set it, or run "npm start" first\n`,
    );
    process.exit(1);
  }
  for (const [name, value] of Object.entries(kept)) process.env[name] ||= value;
}
process.argv[1] = resolve(entry);
await import(pathToFileURL(resolve(entry)).href);
