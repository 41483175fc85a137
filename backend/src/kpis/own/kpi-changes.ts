import type { AuditTrail } from '../../platform/audit-trail.js';
import type { ControlStore } from '../../platform/tenancy.js';
import { z } from 'zod';
import type { OwnKpis } from '../kpi-registry.js';

/** A tenant's own KPIs, as they were written down last: the revision of each by its id. */
const knownSchema = z.record(z.string(), z.string());
type Known = z.infer<typeof knownSchema>;
/** Ids that are told of one change. */
const idsMax = 50;

export interface KpiChangesOptions {
  readonly control: Pick<ControlStore, 'listTenants' | 'getSetting' | 'putSetting'>;
  readonly trail: Pick<AuditTrail, 'record'>;
}

/**
 * Writes into the audit log what has changed of tenants' own KPIs since it was written down last, by whichever process. Two that load
 * the same files in the same moment may both do so. Safe to repeat: what could not be written is found again.
 */
export async function recordKpiChanges(
  { control, trail }: KpiChangesOptions,
  own: ReadonlyMap<string, OwnKpis>,
): Promise<void> {
  for (const { id: tenantId } of await control.listTenants()) {
    const setting = `own-kpis/${tenantId}`;
    const text = await control.getSetting(setting);
    const before = text === undefined ? {} : knownSchema.parse(JSON.parse(text));
    const kpis = own.get(tenantId)?.kpis ?? [];
    const after: Known = Object.fromEntries(kpis.map(({ id, revision }) => [id, revision ?? ''] as const));
    const details = describeChange(before, after);
    if (details === undefined) continue;
    const actor = { kind: 'process', name: 'files of KPIs' } as const;
    await trail.record({ tenantId, actor, action: 'kpis.changed', details }, () =>
      control.putSetting(setting, JSON.stringify(after)),
    );
  }
}

/** `undefined` where nothing has changed. */
export function describeChange(
  before: Known,
  after: Known,
): Readonly<Record<string, string | number>> | undefined {
  const ids = {
    added: Object.keys(after).filter((id) => before[id] === undefined),
    changed: Object.keys(after).filter((id) => before[id] !== undefined && before[id] !== after[id]),
    removed: Object.keys(before).filter((id) => after[id] === undefined),
  };
  const told = Object.entries(ids).filter(([, some]) => some.length > 0);
  if (told.length === 0) return undefined;
  return Object.fromEntries(
    told.map(([what, some]) => {
      const more = some.length > idsMax ? ` and ${some.length - idsMax} more` : '';
      return [what, `${some.slice(0, idsMax).join(', ')}${more}`] as const;
    }),
  );
}
