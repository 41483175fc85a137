import {
  DataSourceApi,
  LoadingState,
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceGetTagKeysOptions,
  type DataSourceGetTagValuesOptions,
  type DataSourceInstanceSettings,
  type DataSourceWithLogsContextSupport,
  type DataSourceWithSupplementaryQueriesSupport,
  type DataSourceWithToggleableQueryFiltersSupport,
  type LogRowContextOptions,
  type LogRowModel,
  type MetricFindValue,
  type QueryFilterOptions,
  type ScopedVars,
  type SupplementaryQueryOptions,
  type SupplementaryQueryType,
  type TestDataSourceResponse,
  type ToggleFilterAction,
} from '@grafana/data';
import { config, getBackendSrv, getTemplateSrv } from '@grafana/runtime';
import { combineLatest, from, map, of, switchMap, type Observable } from 'rxjs';
import type { KpiDescription } from '@coditect/contracts';
import type {
  PanelCircumstances,
  PanelQuestions,
  ReportsClient,
  ReportsSource,
} from '@coditect/plugins-shared';
import { annotationSupport } from './annotations';
import { createMetricsClient, type MetricsClient } from './metrics-client';
import { defaultQuery, migrateQuery } from './migrations';
import { fromAdHocFilters } from './model/ad-hoc';
import { eventOnlyDimensions } from './model/event-dimensions';
import { eventLevels } from './model/event-frames';
import { classifyFailure } from './model/failure';
import { answeredHealth, failedHealth } from './model/health';
import { interpolateQuery } from './model/interpolate-query';
import { planQuestions } from './model/questions';
import { describeQuery, isAsked } from './model/saved-query';
import { interpolateNames, type Interpolate } from './model/template';
import { hasFilter, toggleFilter } from './model/toggle-filter';
import { findUnread } from './model/unread-parts';
import { dimensionChoices } from './model/variable-choices';
import { answerQuery } from './queries/answer-query';
import type { Asking, QueryResult } from './queries/asking';
import { readDimensionValues, type ValuesQuestion } from './queries/dimension-choices';
import { createStreamSlots, type LiveDeps } from './queries/live-answers';
import { readLogContext, toContextQuery } from './queries/log-context';
import { createReportsClient } from './reports-client';
import { supplementaryQuery, supplementaryRequest, supportedSupplements } from './supplementary';
import type { AnalyticsJsonData, AnalyticsQuery } from './types';
import { AnalyticsVariables } from './variables';

/** Streams at a time; the browser's other connections are for questions. */
const streamsMax = 3;

/** Asks the metrics service through Grafana's data proxy, so that the API key never reaches the browser. */
export class AnalyticsDataSource
  extends DataSourceApi<AnalyticsQuery, AnalyticsJsonData>
  implements
    ReportsSource,
    DataSourceWithLogsContextSupport<AnalyticsQuery>,
    DataSourceWithSupplementaryQueriesSupport<AnalyticsQuery>,
    DataSourceWithToggleableQueryFiltersSupport<AnalyticsQuery>
{
  readonly client: MetricsClient;
  readonly reports: ReportsClient | undefined;
  override annotations = annotationSupport;
  private readonly live: LiveDeps;

  constructor(settings: DataSourceInstanceSettings<AnalyticsJsonData>) {
    super(settings);
    const proxyUrl = settings.url ?? `/api/datasources/proxy/uid/${settings.uid}`;
    this.client = createMetricsClient({ fetcher: getBackendSrv, proxyUrl, host: hostOf(), nowMs: Date.now });
    this.live = {
      client: this.client,
      slots: createStreamSlots(streamsMax),
      nowMs: Date.now,
      random: Math.random,
    };
    this.reports = settings.jsonData.reportingUrl
      ? createReportsClient({ fetcher: getBackendSrv, proxyUrl })
      : undefined;
    this.variables = new AnalyticsVariables(this);
  }

  override getDefaultQuery(): Partial<AnalyticsQuery> {
    return { ...defaultQuery };
  }

  override filterQuery(query: AnalyticsQuery): boolean {
    return query.hide !== true && isAsked(migrateQuery(query));
  }

  override getQueryDisplayText(query: AnalyticsQuery): string {
    return describeQuery(migrateQuery(query));
  }

  /** Queries fail one by one: a refused one carries its own error and leaves the others their frames. */
  override query(request: DataQueryRequest<AnalyticsQuery>): Observable<DataQueryResponse> {
    const queries = request.targets
      .filter((query) => this.filterQuery(query))
      .map((saved) => {
        const query = migrateQuery(saved);
        return { query, unread: findUnread(saved, query) };
      });
    if (queries.length === 0) {
      return of({ data: [], state: LoadingState.Done });
    }
    // Only KPIs, and filters that may not fit, have to wait for the catalogue.
    const isCatalogueNeeded =
      queries.some(({ query }) => query.kind === 'kpi') || (request.filters ?? []).length > 0;
    return from(isCatalogueNeeded ? this.findKpis() : Promise.resolve([])).pipe(
      map((kpis) => this.askingOf(request, kpis)),
      switchMap((asking) => combineLatest(queries.map((each) => answerQuery(each, asking)))),
      map((results) => toResponse(results, request.requestId)),
    );
  }

  override async testDatasource(): Promise<TestDataSourceResponse> {
    const startedAt = performance.now();
    try {
      const status = await this.client.status();
      return answeredHealth(status, performance.now() - startedAt, this.meta?.info.version);
    } catch (error) {
      return failedHealth(classifyFailure(error));
    }
  }

  override interpolateVariablesInQueries(
    queries: AnalyticsQuery[],
    scopedVars: ScopedVars,
  ): AnalyticsQuery[] {
    const interpolate = interpolateWith(scopedVars);
    return queries.map((saved) => {
      const query = migrateQuery(saved);
      if (query.kind === 'unreadable') return saved;
      try {
        return interpolateQuery(query, interpolate);
      } catch {
        // Several values where there is room for one: where it is asked, it says so.
        return query;
      }
    });
  }

  kpis(): Promise<KpiDescription[]> {
    return this.client.kpis();
  }

  async planQuestions(
    targets: readonly unknown[],
    circumstances: PanelCircumstances,
  ): Promise<PanelQuestions[]> {
    const queries = targets.map(migrateQuery).filter((query) => query.hide !== true && isAsked(query));
    const { scopedVars, ...panel } = circumstances;
    return planQuestions(queries, {
      ...panel,
      kpis: await this.findKpis(),
      browserTimeZone: browserTimeZone(),
      interpolate: interpolateWith(knownVars(scopedVars)),
    });
  }

  /** Only what the KPIs of the panels can be filtered by; everything where they are not known, or events are shown. */
  override async getTagKeys(
    options?: DataSourceGetTagKeysOptions<AnalyticsQuery>,
  ): Promise<MetricFindValue[]> {
    const kpis = await this.client.kpis();
    const interpolate = interpolateWith({});
    const queries = (options?.queries ?? []).map(migrateQuery);
    const metrics = queries.flatMap((query) =>
      query.kind === 'kpi' ? interpolateNames(query.metric, interpolate) : [],
    );
    const asked = kpis.filter(({ id }) => metrics.includes(id));
    const isOfEvents = queries.some(({ kind }) => kind === 'events' || kind === 'annotations');
    const offered = dimensionChoices(asked.length > 0 && !isOfEvents ? asked : kpis, []);
    return [...offered.map(({ text }) => text), ...(isOfEvents ? eventOnlyDimensions : [])].map((text) => ({
      text,
    }));
  }

  /** From the service's own list of values; with other filters set, only the values that go with them. */
  override async getTagValues(
    options: DataSourceGetTagValuesOptions<AnalyticsQuery>,
  ): Promise<MetricFindValue[]> {
    if (options.key === 'level') {
      return eventLevels.map((text) => ({ text }));
    }
    const { filters } = fromAdHocFilters(options.filters ?? [], undefined);
    const range = options.timeRange && {
      fromMs: options.timeRange.from.valueOf(),
      toMs: options.timeRange.to.valueOf(),
    };
    const values = await this.valuesOf({ dimension: options.key, filters, range });
    return values.map((text) => ({ text }));
  }

  async valuesOf(question: ValuesQuestion): Promise<string[]> {
    const origin = { requestId: `coditect-values-${question.dimension}`, headers: {} };
    const kpis = question.filters.length > 0 ? await this.findKpis() : [];
    const values = readDimensionValues(question, this.client, kpis, origin);
    // Panels wait for the values of their variables, and then for the catalogue: it comes meanwhile.
    void this.findKpis();
    return values;
  }

  async getLogRowContext(
    row: LogRowModel,
    options: LogRowContextOptions = {},
  ): Promise<{ data: DataFrame[] }> {
    const origin = { requestId: `coditect-context-${String(options.direction)}`, headers: {} };
    return { data: [await readLogContext(this.client, row, options, origin)] };
  }

  async getLogRowContextQuery(row: LogRowModel): Promise<AnalyticsQuery> {
    return toContextQuery(row);
  }

  getSupportedSupplementaryQueryTypes(): SupplementaryQueryType[] {
    return supportedSupplements();
  }

  getSupplementaryQuery(
    options: SupplementaryQueryOptions,
    original: AnalyticsQuery,
  ): AnalyticsQuery | undefined {
    return supplementaryQuery(options, original, this.client.knownKpis());
  }

  getSupplementaryRequest(
    type: SupplementaryQueryType,
    request: DataQueryRequest<AnalyticsQuery>,
    options?: SupplementaryQueryOptions,
  ): DataQueryRequest<AnalyticsQuery> | undefined {
    return supplementaryRequest(type, request, this.client.knownKpis(), options);
  }

  /** In the details of a log line: look for its labels, or for everything else. */
  toggleQueryFilter(saved: AnalyticsQuery, action: ToggleFilterAction): AnalyticsQuery {
    const query = migrateQuery(saved);
    return query.kind === 'unreadable' ? saved : toggleFilter(query, action);
  }

  queryHasFilter(saved: AnalyticsQuery, label: QueryFilterOptions): boolean {
    const query = migrateQuery(saved);
    return query.kind !== 'unreadable' && hasFilter(query, label);
  }

  /** Without the catalogue a query can still be asked, and tells by itself what is wrong. */
  private findKpis(): Promise<KpiDescription[]> {
    return this.client.kpis().catch(() => []);
  }

  private askingOf(request: DataQueryRequest<AnalyticsQuery>, kpis: readonly KpiDescription[]): Asking {
    const headers = originOf(request);
    return {
      client: this.client,
      live: this.live,
      kpis,
      panel: {
        fromMs: request.range.from.valueOf(),
        toMs: request.range.to.valueOf(),
        dashboardTimeZone: request.timezone,
        browserTimeZone: browserTimeZone(),
        adHocFilters: request.filters ?? [],
        dimensions: kpis.length > 0 ? [...new Set(kpis.flatMap(({ dimensions }) => dimensions))] : undefined,
        interpolate: interpolateWith(request.scopedVars),
      },
      maxDataPoints: request.maxDataPoints,
      panelPluginId: request.panelPluginId,
      rawRange: request.range.raw,
      isLiveView: request.liveStreaming === true,
      datasource: { uid: this.uid, name: this.name },
      originOf: (part) => ({ requestId: `${request.requestId}-${part}`, headers }),
    };
  }
}

/** All results of a panel, each time that one of them changes. */
function toResponse(results: readonly QueryResult[], key: string): DataQueryResponse {
  const errors = results.flatMap(({ error }) => error ?? []);
  const state = results.some(({ isLive }) => isLive) ? LoadingState.Streaming : LoadingState.Done;
  return {
    key,
    data: results.flatMap(({ frames }) => frames),
    state: errors.length > 0 ? LoadingState.Error : state,
    ...(errors.length > 0 && { errors }),
  };
}

/** Of two organisations in two tabs, each page asks as its own. */
function hostOf(): { url: string; headers: Record<string, string> } {
  const orgId = config.bootData?.user?.orgId;
  return {
    url: config.appSubUrl ?? '',
    headers: orgId === undefined ? {} : { 'X-Grafana-Org-Id': String(orgId) },
  };
}

function interpolateWith(scopedVars: ScopedVars): Interpolate {
  return (text, format) => getTemplateSrv().replace(text, scopedVars, format);
}

function browserTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function knownVars(scopedVars: PanelCircumstances['scopedVars']): ScopedVars {
  return Object.fromEntries(
    Object.entries(scopedVars).flatMap(([name, variable]) =>
      variable === undefined ? [] : [[name, { text: variable.text, value: variable.value }]],
    ),
  );
}

/** The service logs which dashboard and panel asked, so that a slow query can be found. */
function originOf({ dashboardUID, panelId }: DataQueryRequest<AnalyticsQuery>): Record<string, string> {
  return {
    // Before its first save a dashboard has null, whatever the type says.
    ...(typeof dashboardUID === 'string' && dashboardUID !== '' && { 'X-Dashboard-Uid': dashboardUID }),
    ...(panelId !== undefined && { 'X-Panel-Id': String(panelId) }),
  };
}
