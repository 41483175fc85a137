import { apiDimensions, apiOutcomeDimensions } from '../dimension-sets.js';
import { eventTypes } from '../event-types.js';
import type { Kpi, QuantileMeasure } from '../kpi.js';
import { durationKpi } from './duration-kpi.js';

const family = 'api';
const owner = 'platform';
const requests = [eventTypes.apiRequest];

function latency(id: string, title: string, level: QuantileMeasure['level'], words: string): Kpi {
  return durationKpi({
    ...{ id, title, family, owner, level },
    definition: `Time within which ${words}.`,
    type: eventTypes.apiRequest,
    event: 'api.request.completed',
    dimensions: apiDimensions,
  });
}

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
    id: 'api_availability',
    title: 'API availability',
    family,
    definition: 'Share of API requests that ended with a status code below 500.',
    formula: 'count(api.request.completed, statusCode <= 499) / count(api.request.completed)',
    unit: 'ratio',
    parts: { numerator: 'count', denominator: 'count' },
    direction: 'up',
    owner,
    dimensions: apiOutcomeDimensions,
    smallestInterval: '1m',
    measure: {
      kind: 'ratio',
      of: 'events',
      numerator: { kind: 'count', where: { types: requests, statusCodeMax: 499 } },
      denominator: { kind: 'count', where: { types: requests } },
    },
  },
  latency('api_latency_p50', 'API latency, median', 0.5, 'half of the API requests were completed'),
  latency(
    'api_latency_p95',
    'API latency, p95',
    0.95,
    'all but the slowest 5 % of API requests were completed',
  ),
  latency(
    'api_latency_p99',
    'API latency, p99',
    0.99,
    'all but the slowest 1 % of API requests were completed',
  ),
  {
    id: 'response_bytes',
    title: 'Response bytes',
    family,
    definition: 'Bytes in the bodies of the responses of the backend API.',
    formula: 'sum(responseBytes) of api.request.completed',
    unit: 'bytes',
    direction: 'neutral',
    owner,
    dimensions: apiDimensions,
    smallestInterval: '1m',
    measure: { kind: 'sum', columns: ['responseBytes'], where: { types: requests } },
  },
];
