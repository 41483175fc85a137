import { activationKpis } from './catalogue/activation.js';
import { adoptionKpis } from './catalogue/adoption.js';
import { agentKpis } from './catalogue/agents.js';
import { apiKpis } from './catalogue/api.js';
import { consumptionKpis } from './catalogue/consumption.js';
import { deliveryKpis } from './catalogue/delivery.js';
import { lifecycleKpis } from './catalogue/lifecycle.js';
import { marketplaceKpis } from './catalogue/marketplace.js';
import { platformKpis } from './catalogue/platform.js';
import { qualityKpis } from './catalogue/quality.js';
import { seatKpis } from './catalogue/seats.js';
import { suggestionKpis } from './catalogue/suggestions.js';
import { usageDepthKpis } from './catalogue/usage-depth.js';
import { workflowKpis } from './catalogue/workflows.js';
import type { Kpi } from './kpi.js';

/** Every KPI that is shipped, in the order in which pickers show them. */
export const kpiCatalogue: readonly Kpi[] = [
  ...adoptionKpis,
  ...usageDepthKpis,
  ...lifecycleKpis,
  ...activationKpis,
  ...seatKpis,
  ...agentKpis,
  ...suggestionKpis,
  ...consumptionKpis,
  ...apiKpis,
  ...workflowKpis,
  ...deliveryKpis,
  ...marketplaceKpis,
  ...platformKpis,
  ...qualityKpis,
];

const kpiById = new Map(kpiCatalogue.map((kpi) => [kpi.id, kpi]));

export function findKpi(id: string): Kpi | undefined {
  return kpiById.get(id);
}
