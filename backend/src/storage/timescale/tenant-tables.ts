import type { TenantTable } from '../postgres/tenant-role.js';

/** What reports read. */
export const tenantTables: readonly TenantTable[] = [
  { name: 'analytics.events_landing_v1', rights: 'read', isCompressed: true },
  { name: 'analytics.event_ids_v1', rights: 'read' },
  { name: 'analytics.rollup_marks_v1', rights: 'read' },
  { name: 'analytics.rollups_v1', rights: 'read' },
  { name: 'analytics.rollup_durations_v1', rights: 'read' },
  { name: 'analytics.user_days_v1', rights: 'read' },
  { name: 'analytics.rollup_tenants_v1', rights: 'read' },
  { name: 'analytics.rollup_days_v1', rights: 'read' },
  { name: 'analytics.rollup_zones_v1', rights: 'read' },
  { name: 'analytics.reconciliation_v1', rights: 'read' },
  { name: 'analytics.seat_changes_v1', rights: 'read' },
  { name: 'analytics.user_firsts_v1', rights: 'read' },
  { name: 'analytics.seat_history_v1', rights: 'read', isShared: true },
];
