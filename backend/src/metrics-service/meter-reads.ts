import type { UsageMeter } from '../platform/usage.js';
import type { ClickHouse, NamedQuery } from '../storage/clickhouse/client.js';

export interface MeterReadsOptions {
  readonly meter: Pick<UsageMeter, 'note'>;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** How long a tenant that asked something is reckoned with. */
const presentMs = 5_000;
/** After so long, work counts for half. */
const halfLifeMs = 2_000;

/** Statements of those who have less than their part of the work, and of those who have more. */
const ranks = { less: 1, more: 2 } as const;

interface Asker {
  workMs: number;
  atMs: number;
}

/**
 * The same store; what it reads for a tenant is noted, as soon as the engine has told. While several tenants ask, the engine is told
 * whose statements come first: those of tenants whose statements took less time of late than an equal part. The others pause
 * meanwhile, a second at a time at most. All statements of a tenant have the same rank: one of its own never waits for those
 * of somebody who asks more.
 */
export function meterReads(clickHouse: ClickHouse, { meter, now }: MeterReadsOptions): ClickHouse {
  const askers = new Map<string, Asker>();

  function note(tenantId: string, workMs: number): void {
    const atMs = now();
    const before = askers.get(tenantId) ?? { workMs: 0, atMs };
    const left = before.workMs * 0.5 ** ((atMs - before.atMs) / halfLifeMs);
    askers.set(tenantId, { workMs: left + workMs, atMs });
  }

  /** None while the tenant is alone. */
  function findRank(tenantId: string): number | undefined {
    note(tenantId, 0);
    const sinceMs = now() - presentMs;
    for (const [other, { atMs }] of askers) if (atMs < sinceMs) askers.delete(other);
    if (askers.size === 1) return undefined;
    const works = [...askers.values()].map(({ workMs }) => workMs);
    const part = works.reduce((sum, workMs) => sum + workMs, 0) / works.length;
    return (askers.get(tenantId)?.workMs ?? 0) > part ? ranks.more : ranks.less;
  }

  return {
    command: (sql) => clickHouse.command(sql),
    insert: (request) => clickHouse.insert(request),
    close: () => clickHouse.close(),
    async query<Row>(query: NamedQuery<Row>) {
      const { tenantId } = query;
      if (tenantId === undefined) return clickHouse.query(query);
      const rank = findRank(tenantId);
      const startedMs = now();
      try {
        return await clickHouse.query({
          ...query,
          ...(rank !== undefined && { rank }),
          onRead: (rowsRead) => {
            meter.note(tenantId, { rowsRead });
          },
        });
      } finally {
        note(tenantId, now() - startedMs);
      }
    },
  };
}
