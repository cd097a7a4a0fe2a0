import { setImmediate as breathe } from 'node:timers/promises';
import type { Application } from '../domain/application.ts';
import { canonicalOccupation } from '../domain/policy/occupations.ts';
import type { OrgCode } from '../domain/ids.ts';
import { currentOrgCode, orgUnit } from '../domain/reference/org-units.ts';
import type { Role } from '../domain/actor.ts';
import type { CivilDate } from '../domain/time.ts';
import type { CheckedRow, RowError } from '../store/intake.ts';
import type { Store } from '../store/store.ts';
import { applicationForm } from './application-form.ts';
import type { Caller } from './auth.ts';
import { columnAt, columns, exampleMark, formOf } from './batch-columns.ts';
import type { Table } from './batch-file.ts';
import { documentProblems, referencesIn } from './documents.ts';
import { formProblems } from './form-rules.ts';
import { firstOfEach, parseForm } from './input.ts';
import type { FieldError } from './problems.ts';

/** Who files the table, and when. */
export interface RowsFiler {
  readonly caller: Caller;
  readonly role: Extract<Role, 'employer' | 'hrss'>;
  readonly today: CivilDate;
}

interface Read {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
  readonly form: object;
  readonly errors: FieldError[];
}

/** Rows that are checked before others get their turn. */
const breatheAfter = 50;

/**
 * Every row of a table, checked by the same rules as the form in JSON before any is filed: read, held against itself, its
 * documents, and the rows above it.
 */
export async function checkRows(store: Store, table: Table, filer: RowsFiler): Promise<readonly CheckedRow[]> {
  const { caller, role, today } = filer;
  const checked: CheckedRow[] = [];
  const read: { row: Read; application: Application | null }[] = [];
  for (const [index, { line, cells }] of table.rows.entries()) {
    if (index % breatheAfter === 0) await breathe();
    const number = table.numberAt === null ? '' : cells[table.numberAt];
    if (typeof number === 'string' && number.startsWith(exampleMark)) {
      checked.push({ line, status: 'example', content: null });
      continue;
    }
    const row = readRow(line, cells, table, role === 'employer' ? caller.creditCode : null);
    const parsed = parseForm(applicationForm, row.form);
    if (!parsed.ok) row.errors.push(...withoutDerived(parsed.errors, row));
    row.errors.push(...formProblems(row.form, { role, org: caller.org, creditCode: caller.creditCode, today }));
    read.push({ row, application: parsed.ok ? parsed.value : null });
  }
  await addDocumentProblems(
    store,
    caller,
    read.map(({ row }) => row),
  );
  addRepeats(read);
  for (const { row, application } of read) {
    const { line, cells } = row;
    const errors = firstOfEach(row.errors);
    if (application && errors.length === 0) checked.push({ line, status: 'waiting', content: { application } });
    else checked.push({ line, status: 'wrong', content: { cells, errors: errors.map((one) => placed(one, table)) } });
  }
  return checked.sort((one, other) => one.line - other.line);
}

function readRow(line: number, cells: Table['rows'][number]['cells'], table: Table, creditCode: string | null): Read {
  const values = new Map<string, unknown>();
  const asWritten: Record<string, string> = {};
  const errors: FieldError[] = [];
  for (const { title, path, read } of columns) {
    const cell = cells[table.places.get(path) ?? -1] ?? '';
    if (typeof cell !== 'string') {
      asWritten[title] = cell.lossy;
      errors.push({
        path,
        code: 'digits-lost',
        message: '数字超过15位，已被表格软件改动：请将该列设为“文本”格式后重新填写。',
      });
      continue;
    }
    if (cell.trim() === '') continue;
    asWritten[title] = cell;
    const reading = read(cell);
    if ('problem' in reading) errors.push({ path, code: 'not-a-choice', message: reading.problem });
    else values.set(path, reading.value);
  }
  const defaults = creditCode === null ? {} : { 'employer.creditCode': creditCode };
  return { line, cells: asWritten, form: formOf(values, defaults), errors };
}

const saidByIdNumber = new Set(['applicant.gender', 'applicant.birthDate']);

/** What was left to the ID number to say is not missing besides, where the number itself is wrong: one error, not three. */
function withoutDerived(errors: readonly FieldError[], { cells }: Read): readonly FieldError[] {
  if (!errors.some(({ path }) => path === 'applicant.idNumber')) return errors;
  const isLeftOut = (path: string): boolean => cells[columnAt(path)?.title ?? ''] === undefined;
  return errors.filter(({ path }) => !saidByIdNumber.has(path) || !isLeftOut(path));
}

/** All documents that the rows name are looked up at once. */
async function addDocumentProblems(store: Store, caller: Caller, rows: readonly Read[]): Promise<void> {
  const named = rows.flatMap((row) => referencesIn(row.form).map((reference) => ({ row, reference })));
  const references = named.map(({ reference }, at) => ({ ...reference, path: String(at) }));
  for (const { path, ...problem } of await documentProblems(store, caller, null, references)) {
    const found = named[Number(path)];
    found?.row.errors.push({ ...problem, path: found.reference.path });
  }
}

/** One person, occupation and level once in a table (N4.3). */
function addRepeats(read: readonly { readonly row: Read; readonly application: Application | null }[]): void {
  const first = new Map<string, number>();
  for (const { row, application } of read) {
    if (!application) continue;
    const { idNumber } = application.applicant;
    const { occupation, level } = application.certificate;
    const claim = `${idNumber} ${canonicalOccupation(occupation).name} ${level}`;
    const earlier = first.get(claim);
    if (earlier === undefined) first.set(claim, row.line);
    else
      row.errors.push({
        path: 'applicant.idNumber',
        code: 'repeated',
        message: `与第${earlier}行是同一人的同一职业（工种）同一等级，不能重复申请。`,
      });
  }
}

function placed({ path, code, message }: FieldError, { places }: Table): RowError {
  const column = columnAt(path);
  const at = column && places.get(column.path);
  return { column: at === undefined ? null : columnName(at), title: column?.title ?? null, path, code, message };
}

/** A, B … Z, AA …, as spreadsheet programs name columns. */
function columnName(at: number): string {
  const letter = String.fromCharCode(65 + (at % 26));
  return at < 26 ? letter : columnName(Math.floor(at / 26) - 1) + letter;
}

/** The least unit above the agencies of all good rows; its HRSS receives them (N2.5, 省直 → the province's own). */
export function receiverOf(rows: readonly CheckedRow[], fallback: OrgCode): OrgCode {
  const agencies = new Set(
    rows.flatMap((row) => (row.status === 'waiting' ? [row.content.application.insuredAt] : [])),
  );
  const [first, ...others] = [...agencies].map(unitsAbove);
  if (!first) return fallback;
  return first.find((unit) => others.every((above) => above.includes(unit))) ?? fallback;
}

/** A unit and those above it, the nearest first. */
function unitsAbove(org: OrgCode): readonly OrgCode[] {
  const { parent } = orgUnit(org);
  return parent === null ? [org] : [org, ...unitsAbove(parent)];
}

/** Where nothing can be filed, nobody has to receive it. */
export const nowhere: OrgCode = currentOrgCode('220000') ?? orgUnit('220000' as OrgCode).code;
