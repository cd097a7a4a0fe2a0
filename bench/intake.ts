import { z } from 'zod';
import { type Caller, eventually, signIn } from '../dev/client.ts';
import { applicationBody } from '../dev/papers.ts';
import { people } from '../dev/people.ts';
import { tableRow, type TableRow, tableWorkbook } from '../dev/tables.ts';
import { wrongCells } from '../dev/wrong-rows.ts';
import { archiveOf, workbookParts } from '../test/console/archives.ts';
import type { Measured } from './figures.ts';
import { type Bench, onSystem, peakMemoryMb } from './system.ts';

/** Fixed by the issue. */
const rows = 5_000;
const wrongEach = 10;
const bombBytes = 300_000_000;
const halfAnHourMs = 1_800_000;

const batch = z.object({
  batchId: z.string(),
  handedOverAt: z.string().nullable(),
  progress: z.object({ wrong: z.number(), waiting: z.number(), filed: z.number(), refused: z.number() }),
  rows: z.array(z.object({ status: z.string(), errors: z.array(z.object({ message: z.string() })) })),
});
type Batch = z.infer<typeof batch>;
const anything = z.unknown();

/**
 * A table of 5,000 applications, 150 of them wrong in 15 ways: checked, filed through a kill -9 of the worker, explained,
 * sent again and handed over. Then a zip bomb of 300 MB and a macro workbook.
 */
export const run = (say: (line: string) => void): Promise<Measured> =>
  onSystem(say, async (bench) => {
    const { system } = bench;
    const source = people(71);
    const { employer } = source.next().value;
    const firm = await signIn(system, { sub: 'firm', roles: ['employer'], creditCode: employer.creditCode });
    const wrongRows = wrongCells.length * wrongEach;
    const table = Array.from({ length: rows }, (_, n): TableRow => {
      const row = tableRow(applicationBody(source.next().value, { channel: 'collective', employer }));
      const [title, text] = n < wrongRows ? (wrongCells[n % wrongCells.length] ?? []) : [];
      return title === undefined || text === undefined ? row : { ...row, [title]: text };
    });
    const content = await tableWorkbook(table);
    say('a zip bomb and a macro workbook');
    const zeros = Buffer.alloc(bombBytes);
    const bomb = archiveOf([
      ...workbookParts(''),
      { name: 'xl/sharedStrings.xml', content: zeros, declaredBytes: 1_000 },
    ]);
    const macros = archiveOf([...workbookParts(''), { name: 'xl/vbaProject.bin', content: 'x' }]);
    const beforeBombMb = memoryMb(bench);
    const bombed = await clocked(() => refused(firm, bomb));
    const macroed = await clocked(() => refused(firm, macros));
    const bombGrownMb = memoryMb(bench) - beforeBombMb;
    const memoryBefore = memoryMb(bench);
    say(`sending ${rows} rows (${(content.length / 1e6).toFixed(1)} MB)`);
    const checking = await clocked(() => send(firm, content));
    const memoryChecked = memoryMb(bench);
    const { batchId } = checking.result;
    const path = `/v1/application-batches/${batchId}`;
    const look = () => firm.get(path, batch);
    const began = performance.now();
    await eventually(
      'a thousand are filed',
      async () => ((await look()).progress.filed >= 1_000 ? true : undefined),
      halfAnHourMs,
    );
    say('kill -9 of the worker');
    system.kill('worker', 'SIGKILL');
    const last = await eventually(
      'no row waits',
      async () => {
        const now = await look();
        return now.progress.waiting === 0 ? now : undefined;
      },
      halfAnHourMs,
    );
    const filedMs = Math.round(performance.now() - began);
    say('the same file again');
    const again = await send(firm, content);
    const cases = await counted(bench, 'SELECT count(*)::int AS n FROM cases');
    const persons = await counted(bench, 'SELECT count(DISTINCT person_key)::int AS n FROM cases');
    const explained = last.rows.filter(({ status, errors }) => status === 'wrong' && errors.length > 0).length;
    expectThat(
      cases === rows - wrongRows && persons === cases,
      `${rows - wrongRows} cases of as many people: ${cases}`,
    );
    expectThat(explained === wrongRows, `${wrongRows} explanations: ${explained}`);
    expectThat(again.batchId === batchId, 'the same file is the same batch');
    say('HRSS accepts');
    const handing = await clocked(async () => {
      await bench.cast.hrss.post(`${path}/acceptance`, {}, anything);
      await eventually(
        'every case is with its agency',
        async () => ((await look()).handedOverAt === null ? undefined : true),
        halfAnHourMs,
      );
    });
    return {
      rows: [
        {
          what: 'checked',
          figures: { rows, ms: checking.ms, apiPeakMb: memoryChecked, grownMb: memoryChecked - memoryBefore },
        },
        { what: 'filed, through a kill -9', figures: { rows: cases, ms: filedMs } },
        { what: 'handed over', figures: { rows: cases, ms: handing.ms } },
        { what: 'explained', figures: { rows: explained } },
        {
          what: `zip bomb (${bombBytes / 1e6} MB in ${(bomb.length / 1e6).toFixed(1)})`,
          figures: { ms: bombed.ms, grownMb: bombGrownMb },
        },
        { what: 'macro workbook', figures: { ms: macroed.ms } },
      ],
      ratios: {},
    };
  });

function formOf(content: Buffer): FormData {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(content)]), 'table.xlsx');
  return form;
}

const send = (firm: Caller, content: Buffer): Promise<Batch> =>
  firm.upload('/v1/application-batches', formOf(content), batch);

/** @throws UnexpectedAnswer where it was not refused as a wrong form */
const refused = (firm: Caller, content: Buffer): Promise<unknown> =>
  firm.upload('/v1/application-batches', formOf(content), anything, { expect: [422] });

async function clocked<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly ms: number }> {
  const began = performance.now();
  const result = await work();
  return { result, ms: Math.round(performance.now() - began) };
}

const memoryMb = (bench: Bench): number => peakMemoryMb(bench, 'api');

async function counted({ database }: Bench, sql: string): Promise<number> {
  const { rows: found } = await database.query<{ n: number }>(sql);
  return found[0]?.n ?? 0;
}

function expectThat(holds: boolean, what: string): void {
  if (!holds) throw new Error(`not as it should be: ${what}`);
}
