import { z } from 'zod';
import { renderForCluster } from '../../src/storage/clickhouse/cluster-statements.js';
import { readMigrations } from '../../src/storage/clickhouse/migrate.js';
import { openTestClickHouse, type TestClickHouse } from '../../src/testkit/embedded-clickhouse.js';

let world: TestClickHouse;
beforeAll(async () => {
  world = await openTestClickHouse();
});
afterAll(() => world.close());

/** What the engine's own parser makes of a statement; rejects with the engine's words where it can't read it. */
async function parseByEngine(statement: string): Promise<string> {
  const [row] = await world.clickHouse.query({
    name: 'format-query',
    sql: 'SELECT formatQuery({statement:String}) AS text',
    params: { statement },
    row: z.object({ text: z.string() }),
  });
  return row?.text ?? '';
}

describe('statements for a cluster', () => {
  const statements = readMigrations()
    .flatMap((migration) => migration.statements)
    .flatMap((statement) => renderForCluster(statement, 'analytics'));

  it('are read by the engine, and say to it what they say to us', async () => {
    for (const statement of statements) {
      const text = await parseByEngine(statement);
      expect([statement.slice(0, 80), /ON CLUSTER/.test(text)]).toEqual([
        statement.slice(0, 80),
        !statement.startsWith('INSERT'),
      ]);
    }
  });

  it('would not pass with a mistake', async () => {
    await expect(parseByEngine("DROP VIEW IF EXISTS a SYNC ON CLUSTER 'analytics' TO")).rejects.toThrow(
      'Syntax',
    );
  });
});
