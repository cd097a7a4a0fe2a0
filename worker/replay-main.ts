import { auditMain, say } from './audit-tools.ts';
import { bundleWorkflows } from './bundle.ts';
import { dataConverter } from './connection.ts';
import { allCaseNos, replayCases } from './replay.ts';

/** `npm run replay -- <caseNo…>` or `--all`: one line per case, exit 1 on any difference or unknown case. */
const asked = process.argv.slice(2);
const isAll = asked.length === 1 && asked[0] === '--all';
if (asked.length === 0 || (!isAll && asked.some((one) => one.startsWith('-')))) {
  process.stderr.write('usage: npm run replay -- <caseNo…> | --all\n');
  process.exit(1);
}

await auditMain('replay', async ({ store, client }) => {
  const caseNos = isAll ? await allCaseNos(store) : [...new Set(asked)];
  const { workflowBundle } = await bundleWorkflows();
  const tools = { store, client, workflowBundle, dataConverter: dataConverter(store.vault.payloadRing) };
  let differing = 0;
  for await (const { line, agrees } of replayCases(tools, caseNos)) {
    say(line);
    if (!agrees) differing += 1;
  }
  say(`${caseNos.length} cases, ${differing} differ`);
  return differing === 0;
});
