import type { KpiDescription, MetricAnswer, MetricQueryInput } from '@coditect/contracts';
import { firstValueFrom, map, type Observable } from 'rxjs';
import { readDimensionValues, readKpis, readMetricAnswer } from './model/answers';

/** The part of Grafana's HTTP client that this plugin uses. */
export interface Fetcher {
  fetch<T>(request: {
    url: string;
    method?: string;
    data?: unknown;
    params?: Record<string, string>;
    headers?: Record<string, string>;
    requestId?: string;
    hideFromInspector?: boolean;
    showErrorAlert?: boolean;
  }): Observable<{ data: T }>;
}

/**
 * The metrics service behind Grafana's data proxy. Failures are what Grafana's client throws; read them with
 * `classifyFailure`. Unsubscribing from a query aborts its request.
 */
export interface MetricsClient {
  /** A later call with the same `requestId` cancels this one. */
  query(
    query: MetricQueryInput,
    requestId: string,
    headers: Record<string, string>,
  ): Observable<MetricAnswer>;
  /** The catalogue, remembered for a minute. A failure is not remembered. */
  kpis(): Promise<KpiDescription[]>;
  dimensionValues(dimension: string, prefix?: string): Promise<string[]>;
  status(): Promise<unknown>;
}

const catalogueMaxAgeMs = 60_000;

/** @param proxyUrl the data source's address at Grafana, without a slash at its end */
export function createMetricsClient(deps: {
  fetcher: () => Fetcher;
  proxyUrl: string;
  nowMs: () => number;
}): MetricsClient {
  const base = `${deps.proxyUrl}/metrics/v1`;
  let catalogue: { readAtMs: number; kpis: Promise<KpiDescription[]> } | undefined;

  const get = (path: string, params: Record<string, string> = {}) =>
    firstValueFrom(
      deps.fetcher().fetch<unknown>({ url: `${base}/${path}`, method: 'GET', params, showErrorAlert: false }),
    ).then(({ data }) => data);

  const kpis = () => {
    const now = deps.nowMs();
    if (catalogue && now - catalogue.readAtMs < catalogueMaxAgeMs) {
      return catalogue.kpis;
    }
    const asked = get('kpis').then(readKpis);
    catalogue = { readAtMs: now, kpis: asked };
    asked.catch(() => {
      catalogue = undefined;
    });
    return asked;
  };

  return {
    query: (query, requestId, headers) =>
      deps
        .fetcher()
        .fetch<unknown>({
          url: `${base}/query`,
          method: 'POST',
          data: query,
          requestId,
          headers,
          showErrorAlert: false,
        })
        .pipe(map(({ data }) => readMetricAnswer(data))),
    kpis,
    dimensionValues: (dimension, prefix) =>
      get(`dimensions/${encodeURIComponent(dimension)}/values`, prefix ? { prefix } : {}).then(
        readDimensionValues,
      ),
    status: () => get('status'),
  };
}
