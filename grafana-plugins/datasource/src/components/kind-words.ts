import type { QueryKind } from '../types';

/** How the kinds of queries are called, and what each of them answers. */
export const kindWords: Readonly<Record<QueryKind, { label: string; description: string }>> = {
  kpi: { label: 'KPI', description: 'A KPI over time, or as a table' },
  funnel: { label: 'Funnel', description: 'How many users took steps in order' },
  retention: { label: 'Retention', description: 'Which share of a cohort came back' },
  lifecycle: { label: 'Lifecycle', description: 'New, returning, resurrected and dormant users' },
  paths: { label: 'Paths', description: 'The most frequent sequences of events' },
  seats: { label: 'Seats', description: 'Bought, assigned, active and idle seats' },
  seatTransitions: {
    label: 'Seat transitions',
    description: 'What became of each seat since the period before',
  },
  budget: { label: 'Budget', description: 'Cost of the month against its budget, with a forecast' },
  events: { label: 'Events', description: 'Single events, as logs or as a table' },
  annotations: { label: 'Annotations', description: 'Releases, outages, licence changes, budgets' },
};
