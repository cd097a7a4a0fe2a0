import { orExit, settingsOrExit } from '../config/setting.ts';
import { storeSettings } from '../config/settings.ts';
import { payloadRing } from '../crypto/key-source.ts';
import { openDatabase } from './database.ts';
import { rewrapKeys } from './rewrap.ts';

/** `npm run keys:rewrap`: the second step of a rotation (docs/security.md). */
const { databaseUrl, payloadKeys: keys } = settingsOrExit(storeSettings);
const payloadKeys = await orExit(payloadRing(keys));
const db = openDatabase({ url: databaseUrl, role: 'owner', max: 1 });
try {
  const { rewrapped, kept } = await rewrapKeys(db, payloadKeys);
  process.stdout.write(`${rewrapped} keys wrapped by ${payloadKeys.active} now, ${kept} were before\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'failed'}\n`);
  process.exitCode = 1;
} finally {
  await db.end();
}
