import { marketplaceDimensions } from '../dimension-sets.js';
import { eventTypes } from '../event-types.js';
import type { Kpi } from '../kpi.js';

const family = 'marketplace';
const owner = 'adoption';
const common = { family, owner, dimensions: marketplaceDimensions, smallestInterval: '1m' } as const;

export const marketplaceKpis: readonly Kpi[] = [
  {
    ...common,
    id: 'marketplace_views',
    title: 'Marketplace views',
    definition: 'Pages of agents that were viewed in the marketplace.',
    formula: 'count(marketplace.agent.viewed)',
    unit: 'count',
    direction: 'up',
    measure: { kind: 'count', where: { types: [eventTypes.marketplaceViewed] } },
  },
  {
    ...common,
    id: 'marketplace_installs',
    title: 'Marketplace installs',
    definition: 'Agents that were installed from the marketplace.',
    formula: 'count(marketplace.agent.installed)',
    unit: 'count',
    direction: 'up',
    measure: { kind: 'count', where: { types: [eventTypes.marketplaceInstalled] } },
  },
  {
    ...common,
    id: 'marketplace_uninstalls',
    title: 'Marketplace uninstalls',
    definition: 'Agents from the marketplace that were uninstalled.',
    formula: 'count(marketplace.agent.uninstalled)',
    unit: 'count',
    direction: 'down',
    measure: { kind: 'count', where: { types: [eventTypes.marketplaceUninstalled] } },
  },
  {
    ...common,
    id: 'marketplace_install_rate',
    title: 'Marketplace install rate',
    definition:
      'Agents installed from the marketplace, divided by the views of agents in the same period. Events are counted, not users.',
    formula: 'count(marketplace.agent.installed) / count(marketplace.agent.viewed)',
    unit: 'ratio',
    parts: { numerator: 'count', denominator: 'count' },
    direction: 'up',
    measure: {
      kind: 'ratio',
      of: 'events',
      numerator: { kind: 'count', where: { types: [eventTypes.marketplaceInstalled] } },
      denominator: { kind: 'count', where: { types: [eventTypes.marketplaceViewed] } },
    },
  },
];
