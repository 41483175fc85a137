import type {
  AnalysisAnswer,
  Annotations,
  DimensionValues,
  EventVolume,
  FoundEvents,
  KpiDescription,
  KpiList,
  MetricAnswer,
} from '@coditect/contracts';

// The service validates what it sends; these guards only tell our service's answer from somebody else's
// (a login page, another API), without carrying a schema library into the browser.

/** Reads the answer of `POST /v1/query`; throws when the body is not one. */
export function readMetricAnswer(body: unknown): MetricAnswer {
  return readTable<MetricAnswer>(body);
}

/** Reads the answer of `POST /v1/analyses/{kind}`; throws when the body is not one. */
export function readAnalysisAnswer(body: unknown): AnalysisAnswer {
  return readTable<AnalysisAnswer>(body);
}

/** Reads the answer of `POST /v1/events/search`; throws when the body is not one. */
export function readFoundEvents(body: unknown): FoundEvents {
  if (!hasKeys<FoundEvents>(body, ['events', 'meta']) || !Array.isArray(body.events)) {
    throw new Error(notOurs);
  }
  return body;
}

/** Reads the answer of `POST /v1/events/volume`; throws when the body is not one. */
export function readEventVolume(body: unknown): EventVolume {
  if (!hasKeys<EventVolume>(body, ['buckets', 'meta']) || !Array.isArray(body.buckets)) {
    throw new Error(notOurs);
  }
  return body;
}

/** Reads the answer of `POST /v1/annotations`; throws when the body is not one. */
export function readAnnotationList(body: unknown): Annotations {
  if (!hasKeys<Annotations>(body, ['annotations', 'meta']) || !Array.isArray(body.annotations)) {
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
export function readDimensionValues(body: unknown): DimensionValues {
  if (!hasKeys<DimensionValues>(body, ['values']) || !Array.isArray(body.values)) {
    throw new Error(notOurs);
  }
  return body;
}

const notOurs = 'The answer does not come from the metrics service. Check the metrics URL.';

function readTable<T extends { columns: unknown; rows: unknown; meta: unknown }>(body: unknown): T {
  if (!hasKeys<T>(body, ['columns', 'rows', 'meta']) || !Array.isArray(body.rows)) {
    throw new Error(notOurs);
  }
  return body;
}

function hasKeys<T>(body: unknown, keys: readonly (keyof T & string)[]): body is T {
  return typeof body === 'object' && body !== null && keys.every((key) => key in body);
}
