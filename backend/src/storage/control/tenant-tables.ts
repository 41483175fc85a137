import type { TenantTable } from '../postgres/tenant-role.js';

/**
 * What a tenant asks for and changes over its keys. Queues, deliveries and keys are nobody's in particular and stay with the
 * owner of the tables; so do dead letters, a single one of which may hold events of many tenants.
 */
export const tenantTables: readonly TenantTable[] = [
  // Its salt is for nobody.
  { name: 'control.tenants', rights: 'read', columns: ['tenant_id', 'name', 'time_zone'] },
  { name: 'control.reports', rights: 'write' },
  { name: 'control.schedules', rights: 'write' },
  { name: 'control.schedule_runs', rights: 'write' },
  { name: 'control.schedule_deliveries', rights: 'write' },
  { name: 'control.branding', rights: 'write' },
  { name: 'control.goals', rights: 'write' },
];
