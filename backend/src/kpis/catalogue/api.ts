import { apiDimensions, apiOutcomeDimensions } from '../dimension-sets.js';
import { eventTypes } from '../event-types.js';
import type { Kpi } from '../kpi.js';

const family = 'api';
const owner = 'platform';
const requests = [eventTypes.apiRequest];

export const apiKpis: readonly Kpi[] = [
  {
    id: 'api_requests',
    title: 'API requests',
    family,
    definition: 'Requests that the backend API has completed, whatever their status code.',
    formula: 'count(api.request.completed)',
    unit: 'count',
    direction: 'neutral',
    owner,
    dimensions: apiDimensions,
    smallestInterval: '1m',
    measure: { kind: 'count', where: { types: requests } },
  },
  {
    id: 'api_error_rate',
    title: 'API error rate',
    family,
    definition: 'Share of API requests that ended with a status code of 500 or above.',
    formula: 'count(api.request.completed, statusCode >= 500) / count(api.request.completed)',
    unit: 'ratio',
    parts: { numerator: 'count', denominator: 'count' },
    direction: 'down',
    owner,
    dimensions: apiOutcomeDimensions,
    smallestInterval: '1m',
    measure: {
      kind: 'ratio',
      of: 'events',
      numerator: { kind: 'count', where: { types: requests, statusCodeMin: 500 } },
      denominator: { kind: 'count', where: { types: requests } },
    },
  },
  {
    id: 'api_latency_p95',
    title: 'API latency, p95',
    family,
    definition: 'Time within which all but the slowest 5 % of API requests were completed.',
    formula: 'quantile(0.95, durationMs) of api.request.completed, within 0.5 % of the exact value',
    unit: 'milliseconds',
    direction: 'down',
    owner,
    dimensions: apiDimensions,
    smallestInterval: '1m',
    measure: { kind: 'quantile', column: 'durationMs', level: 0.95, where: { types: requests } },
  },
];
