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

  it('puts the tenant first whose statements took less time, with all of them, and no order into those of one that is alone', async () => {
    const { ask, asked, endAll, pass } = setUp();
    const first = [ask('acme'), ask('acme'), ask('acme')];
    pass(100);
    endAll();
    await Promise.all(first);
    const asking = [ask('globex'), ask('acme'), ask('globex'), ask('acme'), ask('globex')];
    expect(asked).toEqual([undefined, undefined, undefined, 1, 2, 1, 2, 1]);
    endAll();
    await Promise.all(asking);
    pass(5_001);
    const later = ask('acme');
    expect(asked.at(-1)).toBeUndefined();
    endAll();
    await later;
  });
});
