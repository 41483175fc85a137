import type { DimensionValues, KpiDescription, KpiList, MetricAnswer } from '@coditect/contracts';

// The service validates what it sends; these guards only tell our service's answer from somebody else's
// (a login page, another API), without carrying a schema library into the browser.

/** Reads the answer of `POST /v1/query`; throws when the body is not one. */
export function readMetricAnswer(body: unknown): MetricAnswer {
  if (!hasKeys<MetricAnswer>(body, ['columns', 'rows', 'meta']) || !Array.isArray(body.rows)) {
    throw new Error(notOurs);
  }
  return body;
}

/** Reads the answer of `GET /v1/kpis`; throws when the body is not one. */
export function readKpis(body: unknown): KpiDescription[] {
  if (!hasKeys<KpiList>(body, ['kpis']) || !Array.isArray(body.kpis)) {
    throw new Error(notOurs);
  }
  return body.kpis;
}

/** Reads the answer of `GET /v1/dimensions/{name}/values`; throws when the body is not one. */
export function readDimensionValues(body: unknown): string[] {
  if (!hasKeys<DimensionValues>(body, ['values']) || !Array.isArray(body.values)) {
    throw new Error(notOurs);
  }
  return body.values.map(({ value }) => value);
}

const notOurs = 'The answer does not come from the metrics service. Check the metrics URL.';

function hasKeys<T>(body: unknown, keys: readonly (keyof T & string)[]): body is T {
  return typeof body === 'object' && body !== null && keys.every((key) => key in body);
}
