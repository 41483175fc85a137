import { z } from 'zod';
import { createEventWriter, formatEventRow } from '../../src/storage/clickhouse/event-writer.js';
import { rowPolicyStatements, tenantTables } from '../../src/storage/clickhouse/tenant-lock.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { openTestClickHouse, type TestClickHouse } from '../../src/testkit/embedded-clickhouse.js';

let world: TestClickHouse;
beforeAll(async () => {
  world = await openTestClickHouse();
  const events = ['acme', 'globex'].flatMap((tenantId) => [
    anEvent({ tenantId, type: 'ai.coditect.agent.run.finished.v1', agent: 'a', durationMs: 5, userId: 'u' }),
    anEvent({
      tenantId,
      type: 'ai.coditect.api.request.completed.v1',
      method: 'GET',
      route: '/',
      statusCode: 200,
    }),
    anEvent({ tenantId, type: 'ai.coditect.licence.seat.assigned.v1', userId: 'u' }),
  ]);
  const ndjson = Buffer.from(events.map((event) => formatEventRow(event)).join('\n'));
  await createEventWriter(world.clickHouse).insert({ token: 'one', ndjson });
});
afterAll(async () => {
  await world.close();
});

const tenantsRow = z.object({ tenants: z.array(z.string()) });

async function tenantsIn(sql: string, tenantId?: string): Promise<readonly string[]> {
  const lock = tenantId === undefined ? {} : { tenantId };
  const [row] = await world.clickHouse.query({ name: 'tenants', sql, row: tenantsRow, ...lock });
  return row?.tenants ?? [];
}

const inTable = (table: string): string =>
  `SELECT arraySort(groupUniqArray(toString(tenant_id))) AS tenants FROM ${table}`;

describe('the statements of the row policies', () => {
  it("are read by the engine's own parser, whatever the reader is called", async () => {
    const statements = rowPolicyStatements({ name: 'rea`der\\', password: "it's" });
    for (const statement of statements) {
      const [row] = await world.clickHouse.query({
        name: 'format-query',
        sql: 'SELECT formatQuery({statement:String}) AS text',
        params: { statement },
        row: z.object({ text: z.string() }),
      });
      expect(row?.text).toMatch(/^(CREATE USER IF NOT EXISTS|GRANT SELECT|CREATE ROW POLICY OR REPLACE) /);
    }
  });
});

describe('the lock of a tenant in the engine', () => {
  it('knows every table and view with rows of tenants', async () => {
    const found = await world.clickHouse.query({
      name: 'tables',
      sql: `SELECT DISTINCT table AS found FROM system.columns
        WHERE database = currentDatabase() AND name = 'tenant_id'
          AND table NOT IN (SELECT name FROM system.tables WHERE engine = 'MaterializedView') ORDER BY table`,
      row: z.object({ found: z.string() }),
    });
    expect(found.map((row) => row.found)).toEqual([...tenantTables].sort());
  });

  it('lets only the rows of its tenant out of a table, though the statement asks for all', async () => {
    const filled: string[] = [];
    for (const table of tenantTables) {
      const all = await tenantsIn(inTable(table));
      if (all.length === 2) filled.push(table);
      expect({ table, tenants: await tenantsIn(inTable(table), 'acme') }).toEqual({
        table,
        tenants: all.filter((tenant) => tenant === 'acme'),
      });
      expect(await tenantsIn(inTable(table), 'nobody')).toEqual([]);
    }
    // Of the others there is nothing to see in this test.
    expect(filled.length).toBeGreaterThan(9);
  });

  it.each([
    [
      'a subquery',
      `SELECT groupUniqArray(t) AS tenants FROM (SELECT toString(tenant_id) AS t FROM events_raw_v1)`,
    ],
    [
      'a WITH',
      `WITH x AS (SELECT toString(tenant_id) AS t FROM events_raw_v1) SELECT groupUniqArray(t) AS tenants FROM x`,
    ],
    [
      'a UNION',
      `SELECT groupUniqArray(t) AS tenants FROM (SELECT toString(tenant_id) AS t FROM event_ids_v1 UNION ALL SELECT toString(tenant_id) FROM user_days_v1)`,
    ],
    [
      'a JOIN under other names',
      `SELECT groupUniqArray(arrayJoin([toString(a.tenant_id), toString(b.tenant_id)])) AS tenants
       FROM events_raw_v1 AS a CROSS JOIN event_ids_v1 AS b`,
    ],
    [
      'an IN',
      `SELECT groupUniqArray(toString(tenant_id)) AS tenants FROM event_ids_v1 WHERE tenant_id IN (SELECT tenant_id FROM events_raw_v1)`,
    ],
    ['FINAL', `SELECT groupUniqArray(toString(tenant_id)) AS tenants FROM seat_changes_v1 FINAL`],
    [
      'another tenant by name',
      `SELECT groupUniqArray(toString(tenant_id)) AS tenants FROM events_raw_v1 WHERE tenant_id = 'globex' OR tenant_id = 'acme'`,
    ],
    [
      'the database before the table',
      `SELECT groupUniqArray(toString(tenant_id)) AS tenants FROM default.events_raw_v1`,
    ],
  ])('holds in %s', async (_name, sql) => {
    expect(await tenantsIn(sql, 'acme')).toEqual(['acme']);
    expect(await tenantsIn(sql, "acme' OR 1 = 1 --")).toEqual([]);
  });
});
