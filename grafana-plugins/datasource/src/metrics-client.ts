import type {
  AnalysisAnswer,
  AnalysisKind,
  AnnotationQueryInput,
  Annotations,
  EventSearchInput,
  EventVolume,
  EventVolumeQueryInput,
  FoundEvents,
  KpiDescription,
  LiveQueryInput,
  MetricAnswer,
  PanelQueryInput,
} from '@coditect/contracts';
import { firstValueFrom, map, type Observable } from 'rxjs';
import {
  readAnalysisAnswer,
  readAnnotationList,
  readDimensionValues,
  readEventVolume,
  readFoundEvents,
  readKpis,
  readMetricAnswer,
} from './model/answers';
import { openEventStream, type ChunkedFetcher, type StreamEvent } from './event-stream-client';

/** The part of Grafana's HTTP client that this plugin uses. */
export interface Fetcher extends Partial<ChunkedFetcher> {
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

/** Who asks: a later call with the same `requestId` cancels this one. */
export interface Origin {
  requestId: string;
  headers: Record<string, string>;
}

/**
 * The metrics service behind Grafana's data proxy. Failures are what Grafana's client throws; read them with
 * `classifyFailure`. Unsubscribing aborts the request.
 */
export interface MetricsClient {
  query(query: PanelQueryInput, origin: Origin): Observable<MetricAnswer>;
  /** `undefined` where the host cannot read an answer while it is coming. */
  live(query: LiveQueryInput, origin: Origin): Observable<StreamEvent> | undefined;
  analyse(kind: AnalysisKind, question: object, origin: Origin): Observable<AnalysisAnswer>;
  searchEvents(search: EventSearchInput, origin: Origin): Observable<FoundEvents>;
  eventVolume(query: EventVolumeQueryInput, origin: Origin): Observable<EventVolume>;
  annotations(query: AnnotationQueryInput, origin: Origin): Observable<Annotations>;
  /** The catalogue, remembered for a minute. A failure is not remembered. */
  kpis(): Promise<KpiDescription[]>;
  /** The catalogue as it was read last, empty before; for what cannot wait. */
  knownKpis(): readonly KpiDescription[];
  dimensionValues(dimension: string, prefix?: string, limit?: number): Promise<string[]>;
  status(): Promise<unknown>;
}

const catalogueMaxAgeMs = 60_000;

/**
 * @param proxyUrl the data source's address at Grafana, without a slash at its end
 * @param host where Grafana itself is, such as `/grafana`, and the headers that its client adds to everything but streams
 */
export function createMetricsClient(deps: {
  fetcher: () => Fetcher;
  proxyUrl: string;
  host?: { url: string; headers: Record<string, string> };
  nowMs: () => number;
}): MetricsClient {
  const base = `${deps.proxyUrl}/metrics/v1`;

  const get = (path: string, params: Record<string, string> = {}) =>
    firstValueFrom(
      deps.fetcher().fetch<unknown>({ url: `${base}/${path}`, method: 'GET', params, showErrorAlert: false }),
    ).then(({ data }) => data);
  const post = <T>(path: string, data: unknown, origin: Origin, read: (body: unknown) => T) =>
    deps
      .fetcher()
      .fetch<unknown>({ url: `${base}/${path}`, method: 'POST', data, ...origin, showErrorAlert: false })
      .pipe(map(({ data: body }) => read(body)));

  return {
    query: (query, origin) => post('query', query, origin, readMetricAnswer),
    live: (query, { headers }) => {
      const url = `${deps.host?.url ?? ''}${base}/query/live`;
      return openEventStream(deps.fetcher(), url, query, { ...deps.host?.headers, ...headers });
    },
    analyse: (kind, question, origin) => post(`analyses/${kind}`, question, origin, readAnalysisAnswer),
    searchEvents: (search, origin) => post('events/search', search, origin, readFoundEvents),
    eventVolume: (query, origin) => post('events/volume', query, origin, readEventVolume),
    annotations: (query, origin) => post('annotations', query, origin, readAnnotationList),
    ...rememberedCatalogue(() => get('kpis').then(readKpis), deps.nowMs),
    dimensionValues: (dimension, prefix, limit) =>
      get(`dimensions/${encodeURIComponent(dimension)}/values`, {
        ...(prefix && { prefix }),
        ...(limit !== undefined && { limit: String(limit) }),
      })
        .then(readDimensionValues)
        .then(({ values }) => values.map(({ value }) => value)),
    status: () => get('status'),
  };
}

function rememberedCatalogue(
  read: () => Promise<KpiDescription[]>,
  nowMs: () => number,
): Pick<MetricsClient, 'kpis' | 'knownKpis'> {
  let catalogue: { readAtMs: number; kpis: Promise<KpiDescription[]> } | undefined;
  let known: readonly KpiDescription[] = [];
  return {
    kpis: () => {
      const now = nowMs();
      if (catalogue && now - catalogue.readAtMs < catalogueMaxAgeMs) {
        return catalogue.kpis;
      }
      const asked = read();
      catalogue = { readAtMs: now, kpis: asked };
      asked.then(
        (kpis) => {
          known = kpis;
        },
        () => {
          catalogue = undefined;
        },
      );
      return asked;
    },
    knownKpis: () => known,
  };
}
