import type { TenantLimits } from '../platform/tenant-limits.js';

/** Of a tenant that may do what it likes. */
export const noLimits: TenantLimits = {
  eventsPerSecond: null,
  eventsBurst: 1,
  eventsPerDay: null,
  storedEvents: null,
  queriesInFlight: null,
  rowsReadPerDay: null,
  reportMinutesPerDay: null,
};
