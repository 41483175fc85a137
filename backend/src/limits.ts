import { LRUCache } from 'lru-cache';
import type { PipelineContext } from './pipeline.js';
import type { OnLimited } from './platform/limit-errors.js';
import {
  createTenantLimitsReader,
  toDefaultLimits,
  type ReadTenantLimits,
} from './platform/tenant-limits.js';
import type { ControlStore } from './platform/tenancy.js';

/** How much tenants may do, and who is told when one wants more. */
export interface Limits {
  readonly read: ReadTenantLimits;
  readonly onLimited: OnLimited;
}

const loggedEveryMs = 60_000;
const loggedMax = 10_000;

/** Every refusal is counted; the log names each tenant and limit once a minute, however many there are. */
export function openLimits(
  { config, logger, telemetry }: Pick<PipelineContext, 'config' | 'logger' | 'telemetry'>,
  control: Pick<ControlStore, 'getSetting'>,
): Limits {
  const logged = new LRUCache<string, true>({ max: loggedMax, ttl: loggedEveryMs });
  return {
    read: createTenantLimitsReader(control, toDefaultLimits(config.limits)),
    onLimited(tenantId, limit) {
      telemetry.limited.inc({ limit });
      const key = `${limit} ${tenantId}`;
      if (logged.has(key)) return;
      logged.set(key, true);
      logger.warn({ tenantId, limit }, 'tenant over its limit');
    },
  };
}
