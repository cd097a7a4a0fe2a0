import { auditMain, say } from './audit-tools.ts';
import { findDrift } from './drift.ts';

/** `npm run drift`: one line per difference between events, rows and runs; exit 1 on any. */
await auditMain('drift', async ({ store, client }) => {
  let differences = 0;
  const streams = await findDrift(store, client, ({ stream, seq, what }) => {
    differences += 1;
    say(`${stream} at ${seq}: ${what}`);
  });
  say(`${streams} streams, ${differences} differences`);
  return differences === 0;
});
