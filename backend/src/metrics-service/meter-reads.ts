import type { UsageMeter } from '../platform/usage.js';
import type { ClickHouse, NamedQuery } from '../storage/clickhouse/client.js';

export interface MeterReadsOptions {
  readonly meter: Pick<UsageMeter, 'note'>;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** How long a tenant that asked something is reckoned with. */
const presentMs = 5_000;
const rankMax = 10;

/**
 * The same store; what it reads for a tenant is noted, as soon as the engine has told. While several tenants ask, the engine is told
 * whose statements come first: those of the tenant that has the fewest under way. The others pause meanwhile, a second at a time at
 * most. A tenant that is alone has all of the engine at once.
 */
export function meterReads(clickHouse: ClickHouse, { meter, now }: MeterReadsOptions): ClickHouse {
  const underWay = new Map<string, number>();
  const lastAskedMs = new Map<string, number>();

  function isAlone(tenantId: string): boolean {
    const sinceMs = now() - presentMs;
    for (const [other, atMs] of lastAskedMs) if (atMs < sinceMs) lastAskedMs.delete(other);
    lastAskedMs.set(tenantId, now());
    return lastAskedMs.size === 1;
  }

  function count(tenantId: string, change: 1 | -1): void {
    const left = (underWay.get(tenantId) ?? 0) + change;
    if (left === 0) underWay.delete(tenantId);
    else underWay.set(tenantId, left);
  }

  return {
    command: (sql) => clickHouse.command(sql),
    insert: (request) => clickHouse.insert(request),
    close: () => clickHouse.close(),
    async query<Row>(query: NamedQuery<Row>) {
      const { tenantId } = query;
      if (tenantId === undefined) return clickHouse.query(query);
      const rank = isAlone(tenantId) ? undefined : Math.min(rankMax, 1 + (underWay.get(tenantId) ?? 0));
      count(tenantId, 1);
      try {
        return await clickHouse.query({
          ...query,
          ...(rank !== undefined && { rank }),
          onRead: (rowsRead) => {
            meter.note(tenantId, { rowsRead });
          },
        });
      } finally {
        count(tenantId, -1);
      }
    },
  };
}
