// npm run fuzz [-- <options of schemathesis>]: schemathesis over the whole OpenAPI of a throw-away system, signed in as
// staff of the whole province, then as an applicant; positive, negative and stateful. Exit code 1 when it finds something.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { castOf, ORG } from './cast.ts';
import { cutOffRound, fileApplication, handle, publishRound, readCase, review } from './calls.ts';
import { wallClock } from './business-clock.ts';
import { eventually } from './client.ts';
import { issueDevToken } from './dev-token.ts';
import { applicationBody } from './papers.ts';
import { people, type Person } from './people.ts';
import { tellPartners } from './sandbox-client.ts';
import { uploadScans } from './scans.ts';
import { reasonOf } from './start-error.ts';
import { startSystem, type System } from './system.ts';
import { removeFolder, throwAwayFolder } from './throw-away-folder.ts';

/** `pip install schemathesis`; another place by the environment. */
const command = process.env['SCHEMATHESIS'] ?? 'schemathesis';
const usual = ['--max-examples', '30', '--workers', '2', '--request-timeout', '15', '--continue-on-failure'];
/** Not a fault of the API: a body of the right form may still be refused by what it says (a checksum, a state). */
const excluded = 'positive_data_acceptance';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** A case under review and one on a notice, so that addresses can be about something. */
async function something(system: System) {
  const cast = await castOf(system);
  const source = people(77);
  const clock = wallClock(system);
  const file = async (person: Person) => {
    const application = applicationBody(person, { insuredAt: ORG, commitment: { signedOn: clock.today() } });
    await tellPartners(system.sandboxUrl, application);
    const applicant = await cast.applicant(person);
    const documents = await uploadScans(applicant);
    const { caseNo } = await fileApplication(applicant, { ...application, documents });
    await eventually(
      `${caseNo} is in review`,
      async () => (await readCase(cast.supervisor, caseNo)).state === 'review' || undefined,
      30_000,
    );
    return { caseNo, documentId: documents[0] ?? '' };
  };
  const person = source.next().value;
  const open = await file(person);
  const listed = await file(source.next().value);
  await handle(cast.wang, listed.caseNo, { decision: 'approve' });
  await review(cast.li, listed.caseNo, 'approve');
  const { roundId } = await cutOffRound(cast.wang, ORG);
  await publishRound(cast.hrss, roundId);
  const known = {
    caseNo: open.caseNo,
    documentId: open.documentId,
    roundId,
    noticeId: roundId,
    org: ORG,
    entryId: '1',
  };
  return { person, known };
}

/** Options for a run: who asks, and what there is. */
function configured(folder: string, name: string, token: string, known: Readonly<Record<string, string>>): string {
  const path = join(folder, `schemathesis-${name}.toml`);
  const parameters = Object.entries(known).map(([key, value]) => `"path.${key}" = ${JSON.stringify(value)}`);
  writeFileSync(
    path,
    `[headers]\nAuthorization = ${JSON.stringify(`Bearer ${token}`)}\n\n[parameters]\n${parameters.join('\n')}\n`,
    { mode: 0o600 },
  );
  return path;
}

function run(config: string, url: string): Promise<number> {
  const own = process.argv.slice(2);
  const args = ['--config-file', config, 'run', `${url}/openapi.json`, '--exclude-checks', excluded, ...usual, ...own];
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', cwd: dirname(config) });
    child.once('error', () => {
      reject(new Error(`${command} is not there: pip install schemathesis, or name it by SCHEMATHESIS`));
    });
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}

async function main(): Promise<number> {
  const dataDir = await throwAwayFolder('skill-subsidy-fuzz-');
  let system: System | undefined;
  try {
    system = await startSystem({ dataDir, env: { CLOCK_ANCHOR: '2017-09-04T09:00:00+08:00' }, quiet: true });
    const { person, known } = await something(system);
    const staff = {
      sub: 'fuzz',
      org: '220000',
      roles: ['handler', 'reviewer', 'hrss', 'finance', 'supervisor', 'auditor', 'policy-admin'] as const,
    };
    const applicant = { sub: 'citizen', roles: ['applicant'] as const, name: person.name, idNumber: person.idNumber };
    const codes: number[] = [];
    for (const [name, who] of Object.entries({ staff, applicant })) {
      say(`schemathesis as ${name}`);
      const token = await issueDevToken(dataDir, who);
      codes.push(await run(configured(dataDir, name, token, known), system.url));
    }
    return Math.max(...codes);
  } finally {
    await system?.stop();
    removeFolder(dataDir);
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${reasonOf(error)}\n`);
    process.exit(1);
  },
);
