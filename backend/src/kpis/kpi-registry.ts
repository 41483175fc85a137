import type { KpiList, KpiProblem } from '@coditect/contracts';
import { findKpi, kpiCatalogue } from './catalogue.js';
import { describeKpi, type Kpi } from './kpi.js';

/** The KPIs of one tenant: those that are shipped, then its own. */
export interface TenantKpis {
  readonly list: readonly Kpi[];
  find(id: string): Kpi | undefined;
  /** What is wrong with its own. */
  readonly problems: readonly KpiProblem[];
}

/** Which KPIs there are, by tenant: those of one are unknown to every other. */
export interface KpiRegistry {
  of(tenantId: string): TenantKpis;
}

/** What a tenant has of its own. None has the id of a shipped one. */
export interface OwnKpis {
  readonly kpis: readonly Kpi[];
  readonly problems: readonly KpiProblem[];
}

const shipped: TenantKpis = { list: kpiCatalogue, find: findKpi, problems: [] };

/** Where no tenant has any of its own. */
export const shippedKpis: KpiRegistry = { of: () => shipped };

export interface ChangeableKpiRegistry extends KpiRegistry {
  /** Puts these in the place of all tenants' own. A question that is being answered keeps what it has. */
  replaceOwn(own: ReadonlyMap<string, OwnKpis>): void;
}

export function createKpiRegistry(): ChangeableKpiRegistry {
  let byTenant: ReadonlyMap<string, TenantKpis> = new Map();
  return {
    of: (tenantId) => byTenant.get(tenantId) ?? shipped,
    replaceOwn(own) {
      byTenant = new Map([...own].map(([tenantId, { kpis, problems }]) => [tenantId, join(kpis, problems)]));
    },
  };
}

function join(own: readonly Kpi[], problems: readonly KpiProblem[]): TenantKpis {
  const byId = new Map(own.map((kpi) => [kpi.id, kpi]));
  return { list: [...kpiCatalogue, ...own], find: (id) => findKpi(id) ?? byId.get(id), problems };
}

/** What a tenant is told of its KPIs. */
export function describeKpis({ list, problems }: TenantKpis): KpiList {
  return { kpis: list.map(describeKpi), ...(problems.length > 0 && { problems: [...problems] }) };
}
