import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';
import type { ReportStart } from '../../../platform/reports.js';
import {
  erasedText,
  findableId,
  mayBeName,
  type ControlSubjects,
  type Subject,
  type Traces,
} from '../../../platform/subjects.js';
import { userRoleSetting } from '../../../platform/user-roles.js';
import { listNames } from '../../postgres/list-names.js';
import { compactTables, listPersonTables, type PersonTable } from '../../postgres/person-texts.js';
import type { SqlDatabase, SqlExecutor } from '../../postgres/sql-executor.js';
import { eraseInLetter, eventsOf, findInLetter, listLetters, readLetterTexts } from './letters-of-person.js';

export interface ControlSubjectsOptions {
  readonly database: SqlDatabase;
  /** Where files are elsewhere, whoever has them removes those without a report. */
  readonly removeReportFile?: (start: ReportStart) => Promise<void>;
}

const schema = 'control';
/** What an operator has to change: it says to whom reports go. */
const schedules = 'schedules';
/** Chained by hashes, so that nothing can be changed; it names people who were erased by their jobs. */
const isChangeable = ({ name }: PersonTable): boolean =>
  !name.startsWith('audit') && !['suppressions', 'subject_jobs', 'tenants', 'keys'].includes(name);

const countRow = z.object({ rows: z.int() });
const reportRow = z.object({ report_id: z.string(), attempt: z.int(), request: z.instanceof(Uint8Array) });
const startRow = z.object({ report_id: z.string(), attempt: z.int() });

/** People in dead letters, in what reports and schedules were asked for, in goals. */
export function createControlSubjects(options: ControlSubjectsOptions): ControlSubjects {
  const { database, removeReportFile = () => Promise.resolve() } = options;
  const remove = async (tenantId: string, { id, attempt }: Omit<ReportStart, 'tenantId'>): Promise<void> => {
    await removeReportFile({ tenantId, id, attempt });
    await database.query('DELETE FROM control.reports WHERE tenant_id = $1 AND report_id = $2', [
      tenantId,
      id,
    ]);
  };
  return {
    findTraces: async (subject) => collect(database, subject),
    async erase(subject) {
      const found = await collect(database, subject);
      for (const report of await findReports(database, subject)) await remove(subject.tenantId, report);
      await database.query('DELETE FROM control.settings WHERE name = $1', [roleOf(subject)]);
      for (const id of await listLetters(database, subject))
        await database.transaction((executor) => eraseInLetter(executor, subject, id));
      for (const table of await listSearchedTables(database)) {
        if (table.name in found && table.name !== schedules) await eraseTexts(database, subject, table);
      }
      return found;
    },
    async readRecords(subject) {
      const records = [];
      for (const id of await listLetters(database, subject)) {
        const found = await findInLetter(database, subject, id);
        const events = found === undefined ? [] : eventsOf(found, subject);
        records.push(...events.map((event) => ({ table: 'dead_letters', record: { ...event } })));
      }
      return { records, next: undefined };
    },
    listNames: (tenantId) => listAllNames(database, tenantId),
    compact: () => compactTables(database, [schema]),
    async removeReports(tenantId) {
      const rows = await database.query(
        'SELECT report_id, attempt FROM control.reports WHERE tenant_id = $1',
        [tenantId],
      );
      for (const row of rows) {
        const { attempt, report_id: id } = startRow.parse(row);
        await remove(tenantId, { id, attempt });
      }
      return rows.length;
    },
  };
}

/** Tables of control data into whose texts erasing looks. */
export async function listSearchedTables(executor: SqlExecutor): Promise<readonly PersonTable[]> {
  return (await listPersonTables(executor, schema)).filter(isChangeable);
}

/** Texts of control data are words, or JSON in which an id is a text of its own. */
function valuesOf(subject: Subject): readonly string[] {
  const id = findableId(subject) ?? '';
  return [subject.tenantId, subject.pseudonym, id, id === '' ? '' : JSON.stringify(id)];
}

function namedIn(texts: readonly string[]): string {
  const named = texts.map(
    (text) =>
      `position($2::text in ${text}) > 0 OR ($3::text <> '' AND (${text} = $3::text OR position($4::text in ${text}) > 0))`,
  );
  return `tenant_id = $1::text AND (${named.join(' OR ')})`;
}

async function eraseTexts(
  executor: SqlExecutor,
  subject: Subject,
  { name, texts }: PersonTable,
): Promise<void> {
  const changes = texts.map(
    (text) => `${text} = CASE WHEN $3::text = '' THEN replace(${text}, $2::text, '${erasedText}')
      WHEN ${text} = $3::text THEN '${erasedText}'
      ELSE replace(replace(${text}, $2::text, '${erasedText}'), $4::text, '"${erasedText}"') END`,
  );
  await executor.query(
    `UPDATE ${schema}.${name} SET ${changes.join(', ')} WHERE ${namedIn(texts)}`,
    valuesOf(subject),
  );
}

async function collect(database: SqlDatabase, subject: Subject): Promise<Traces> {
  const traces: Record<string, number> = {};
  for (const { name, texts } of await listSearchedTables(database)) {
    const [row] = await database.query(
      `SELECT count(*)::integer AS rows FROM ${schema}.${name} WHERE ${namedIn(texts)}`,
      valuesOf(subject),
    );
    traces[name] = countRow.parse(row).rows;
  }
  const [given] = await database.query(
    'SELECT count(*)::integer AS rows FROM control.settings WHERE name = $1',
    [roleOf(subject)],
  );
  traces['settings'] = countRow.parse(given).rows;
  traces['dead_letters'] = 0;
  for (const id of await listLetters(database, subject)) {
    const found = await findInLetter(database, subject, id);
    traces['dead_letters'] += found === undefined ? 0 : found.named + Number(found.isInRaw);
  }
  traces['reports'] = Math.max(traces['reports'] ?? 0, (await findReports(database, subject)).length);
  return Object.fromEntries(Object.entries(traces).filter(([, rows]) => rows > 0));
}

/** Who uses Grafana under the id that producers send may have been given a role by it. */
function roleOf({ tenantId, userId }: Subject): string {
  return userRoleSetting(tenantId, userId);
}

/** Reports that were asked for with the person in the question, or of panels that showed them. */
async function findReports(
  executor: SqlExecutor,
  subject: Subject,
): Promise<readonly Omit<ReportStart, 'tenantId'>[]> {
  const rows = await executor.query(
    'SELECT report_id, attempt, request FROM control.reports WHERE tenant_id = $1',
    [subject.tenantId],
  );
  const id = findableId(subject);
  const found: Omit<ReportStart, 'tenantId'>[] = [];
  for (const row of rows) {
    const { attempt, report_id: reportId, request } = reportRow.parse(row);
    const text = (await promisify(gunzip)(request)).toString('utf8');
    const isNamed =
      text.includes(subject.pseudonym) || (id !== undefined && text.includes(JSON.stringify(id)));
    if (isNamed) found.push({ id: reportId, attempt });
  }
  return found;
}

/** Of tables, of what reports were asked for, and of dead letters with what nobody could read. */
async function* listAllNames(executor: SqlExecutor, tenantId: string): AsyncGenerator<string> {
  yield* listNames(executor, schema, tenantId);
  yield* await readRoleNames(executor, tenantId);
  for await (const text of readRequests(executor, tenantId)) yield* namesIn(text);
  for await (const text of readLetterTexts(executor, tenantId)) yield* namesIn(text);
}

const nameRow = z.object({ name: z.string() });

async function readRoleNames(executor: SqlExecutor, tenantId: string): Promise<readonly string[]> {
  const rows = await executor.query(
    'SELECT substr(name, length($1::text) + 1) AS name FROM control.settings WHERE starts_with(name, $1::text)',
    [userRoleSetting(tenantId, '')],
  );
  return rows.map((row) => nameRow.parse(row).name).filter(mayBeName);
}

/** Whatever stands in quotes or between blanks and signs, and every pseudonym. */
function namesIn(text: string): readonly string[] {
  const found = text.matchAll(/u_[0-9a-f]{16}|"([^"\\]{5,254})"|[^\s",;:<>()[\]{}\\]{5,254}/g);
  return [...found].map(([whole, quoted]) => quoted ?? whole).filter(mayBeName);
}

async function* readRequests(executor: SqlExecutor, tenantId: string): AsyncGenerator<string> {
  const rows = await executor.query(
    'SELECT report_id, attempt, request FROM control.reports WHERE tenant_id = $1',
    [tenantId],
  );
  for (const row of rows) yield (await promisify(gunzip)(reportRow.parse(row).request)).toString('utf8');
}
