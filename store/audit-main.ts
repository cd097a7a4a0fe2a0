import { orExit, settingsOrExit } from '../config/setting.ts';
import { storeSettings } from '../config/settings.ts';
import { payloadRing } from '../crypto/key-source.ts';
import { verifyAudit } from './audit-verify.ts';
import { openStore } from './store.ts';

/** `npm run audit:verify`: every chain and root from the stored bytes; exit 1 on any difference. */
const { databaseUrl, payloadKeys } = settingsOrExit(storeSettings);
const store = await openStore({ url: databaseUrl }, await orExit(payloadRing(payloadKeys)));
let differences = 0;
const { events, accesses, roots, lastRoot } = await verifyAudit(store, ({ place, what }) => {
  differences += 1;
  process.stdout.write(`${place}: ${what}\n`);
});
await store.db.end();
process.stdout.write(`${events} events, ${accesses} accesses, ${roots} roots, ${differences} differences\n`);
if (lastRoot !== null) process.stdout.write(`last root ${lastRoot}\n`);
process.exitCode = differences === 0 ? 0 : 1;
