import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { PipelineContext } from './pipeline.js';
import type { OnLimited } from './platform/limit-errors.js';
import { createQuotas, type Quotas } from './platform/quotas.js';
import {
  createTenantLimitsReader,
  toDefaultLimits,
  type ReadTenantLimits,
} from './platform/tenant-limits.js';
import type { ControlStore } from './platform/tenancy.js';
import { createUsageMeter } from './platform/usage-meter.js';
import type { UsageMeter, UsageStore } from './platform/usage.js';
import type { ClickHouse } from './storage/clickhouse/client.js';
import { countStoredEvents } from './storage/clickhouse/queries/count-stored-events.js';

/** How much tenants may do and have done, and who is told when one wants more. */
export interface Limits {
  readonly read: ReadTenantLimits;
  readonly quotas: Quotas;
  readonly meter: UsageMeter;
  readonly usage: UsageStore;
  readonly onLimited: OnLimited;
}

const loggedEveryMs = 60_000;
const loggedMax = 10_000;
/** What a tenant uses beyond its quota is at most what it can use in this time. */
const syncEveryMs = 5_000;
/** What a silent database does not take of it is not worth a wait. */
const lastWordsMs = 1_000;
const countEveryMs = 600_000;

/** Every refusal is counted; the log names each tenant and limit once a minute, however many there are. */
export async function openLimits(
  { config, lifecycle, logger, telemetry }: PipelineContext,
  { control, usage }: { readonly control: Pick<ControlStore, 'getSetting'>; readonly usage: UsageStore },
): Promise<Limits> {
  const logged = new LRUCache<string, true>({ max: loggedMax, ttl: loggedEveryMs });
  const onLimited: OnLimited = (tenantId, limit) => {
    telemetry.limited.inc({ limit });
    const key = `${limit} ${tenantId}`;
    if (logged.has(key)) return;
    logged.set(key, true);
    logger.warn({ tenantId, limit }, 'tenant over its limit');
  };
  const meter = createUsageMeter({
    store: usage,
    runId: randomUUID(),
    keptDays: config.retention.usageDays,
    now: Date.now,
    logger,
  });
  await meter.sync();
  const timer = setInterval(() => void meter.sync(), syncEveryMs);
  lifecycle.onClose(
    'usage of tenants',
    () => {
      clearInterval(timer);
      return meter.sync();
    },
    { leaveAfterMs: lastWordsMs },
  );
  const read = createTenantLimitsReader(control, toDefaultLimits(config.limits));
  return {
    read,
    meter,
    usage,
    onLimited,
    quotas: createQuotas({ readLimits: read, meter, onLimited, now: Date.now }),
  };
}

/** Counts what is kept of each tenant, now and then, unless another process just has. */
export function countStoredNowAndThen(
  { lifecycle, logger }: PipelineContext,
  usage: UsageStore,
  clickHouse: ClickHouse,
): void {
  async function count(): Promise<void> {
    const counted = [...(await usage.readStoredEvents()).values()];
    const lastMs = Math.max(0, ...counted.map(({ countedAt }) => countedAt.getTime()));
    if (Date.now() - lastMs < countEveryMs / 2) return;
    await usage.putStoredEvents(await countStoredEvents(clickHouse));
  }
  let counting = Promise.resolve();
  const countOrSay = (): void => {
    counting = count().catch((error: unknown) => {
      logger.warn({ err: error }, 'stored events of tenants not counted');
    });
  };
  countOrSay();
  const timer = setInterval(countOrSay, countEveryMs);
  lifecycle.onClose(
    'count of stored events',
    () => {
      clearInterval(timer);
      return counting;
    },
    { leaveAfterMs: lastWordsMs },
  );
}
