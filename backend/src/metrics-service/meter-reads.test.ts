import type { ClickHouse, NamedQuery } from '../storage/clickhouse/client.js';
import { z } from 'zod';
import { meterReads } from './meter-reads.js';

function setUp() {
  const asked: (number | undefined)[] = [];
  const noted: string[] = [];
  const ends: (() => void)[] = [];
  let nowMs = 0;
  const never = (): Promise<never> => Promise.reject(new Error('not asked for'));
  const inner: ClickHouse = {
    async query<Row>({ onRead, rank }: NamedQuery<Row>): Promise<readonly Row[]> {
      asked.push(rank);
      await new Promise<void>((resolve) => ends.push(resolve));
      onRead?.(7);
      return [];
    },
    command: never,
    insert: never,
    close: never,
  };
  const clickHouse = meterReads(inner, {
    meter: { note: (tenantId, { rowsRead }) => noted.push(`${tenantId} ${rowsRead ?? 0}`) },
    now: () => nowMs,
  });
  return {
    asked,
    noted,
    ask: (tenantId?: string) =>
      clickHouse.query({
        name: 'q',
        sql: 'SELECT 1',
        row: z.unknown(),
        ...(tenantId !== undefined && { tenantId }),
      }),
    endAll: () => ends.splice(0).forEach((end) => end()),
    pass: (ms: number) => (nowMs += ms),
  };
}

describe('meterReads', () => {
  it('notes what was read for a tenant, and nothing for nobody', async () => {
    const { ask, endAll, noted } = setUp();
    const asking = [ask('acme'), ask('globex'), ask()];
    await Promise.resolve();
    endAll();
    await Promise.all(asking);
    expect(noted).toEqual(['acme 7', 'globex 7']);
  });

  it('puts the tenant first that has the fewest statements under way, and no order into those of one that is alone', async () => {
    const { ask, asked, endAll, pass } = setUp();
    const asking = [ask('acme'), ask('acme'), ask('acme'), ask('globex'), ask('acme'), ask('globex')];
    expect(asked).toEqual([undefined, undefined, undefined, 1, 4, 2]);
    endAll();
    await Promise.all(asking);
    const next = ask('acme');
    expect(asked.at(-1)).toBe(1);
    pass(5_001);
    const later = ask('acme');
    expect(asked.at(-1)).toBeUndefined();
    endAll();
    await Promise.all([next, later]);
  });
});
