import {
  DataSourceApi,
  DataQueryErrorType,
  FieldType,
  LoadingState,
  type DataFrame,
  type DataQueryError,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceGetTagKeysOptions,
  type DataSourceGetTagValuesOptions,
  type DataSourceInstanceSettings,
  type MetricFindValue,
  type ScopedVars,
  type TestDataSourceResponse,
} from '@grafana/data';
import { getBackendSrv, getTemplateSrv } from '@grafana/runtime';
import { catchError, forkJoin, from, map, of, switchMap, type Observable } from 'rxjs';
import type { KpiDescription } from '@coditect/contracts';
import type {
  PanelCircumstances,
  PanelQuestions,
  ReportsClient,
  ReportsSource,
} from '@coditect/plugins-shared';
import { createMetricsClient, type MetricsClient } from './metrics-client';
import { defaultQuery, migrateQuery, migrateVariableQuery } from './migrations';
import { classifyFailure, describeFailure } from './model/failure';
import { toSeriesFrames, toTableFrame } from './model/frames';
import { answeredHealth, failedHealth } from './model/health';
import { planQuestions } from './model/questions';
import { planQuery, type PlannedQuery } from './model/request';
import { interpolateFilter, interpolateList, type Interpolate } from './model/template';
import { createReportsClient } from './reports-client';
import type { AnalyticsJsonData, AnalyticsQuery, KpiQuery, UnreadableQuery } from './types';
import { AnalyticsVariables } from './variables';

interface QueryResult {
  frames: DataFrame[];
  error?: DataQueryError;
}

/** Asks the metrics service through Grafana's data proxy, so that the API key never reaches the browser. */
export class AnalyticsDataSource
  extends DataSourceApi<AnalyticsQuery, AnalyticsJsonData>
  implements ReportsSource
{
  readonly client: MetricsClient;
  readonly reports: ReportsClient | undefined;

  constructor(settings: DataSourceInstanceSettings<AnalyticsJsonData>) {
    super(settings);
    const proxyUrl = settings.url ?? `/api/datasources/proxy/uid/${settings.uid}`;
    this.client = createMetricsClient({ fetcher: getBackendSrv, proxyUrl, nowMs: Date.now });
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
    const read = migrateQuery(query);
    if (read.kind !== 'kpi') {
      return read.kind;
    }
    const { metric, groupBy } = read;
    return groupBy.length > 0 ? `${metric} by ${groupBy.join(', ')}` : metric;
  }

  /** Queries fail one by one: a refused one carries its own error and leaves the others their frames. */
  override query(request: DataQueryRequest<AnalyticsQuery>): Observable<DataQueryResponse> {
    const queries = request.targets
      .filter((query) => this.filterQuery(query))
      .map((query) => migrateQuery(query));
    if (queries.length === 0) {
      return of({ data: [], state: LoadingState.Done });
    }
    return from(this.findKpis()).pipe(
      switchMap((kpis) => forkJoin(queries.map((query) => this.askReadable(query, request, kpis)))),
      map((results) => {
        const errors = results.flatMap(({ error }) => error ?? []);
        return {
          data: results.flatMap(({ frames }) => frames),
          state: errors.length > 0 ? LoadingState.Error : LoadingState.Done,
          ...(errors.length > 0 && { errors }),
        };
      }),
    );
  }

  override async testDatasource(): Promise<TestDataSourceResponse> {
    const startedAt = performance.now();
    try {
      return answeredHealth(await this.client.status(), performance.now() - startedAt);
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
      if (query.kind !== 'kpi') {
        return saved;
      }
      return {
        ...query,
        metric: interpolate(query.metric),
        groupBy: interpolateList(query.groupBy, interpolate),
        filters: query.filters.flatMap((filter) => interpolateFilter(filter, interpolate) ?? []),
        timeZone: interpolate(query.timeZone),
        ...(query.legend !== undefined && { legend: interpolate(query.legend) }),
      };
    });
  }

  kpis(): Promise<KpiDescription[]> {
    return this.client.kpis();
  }

  async planQuestions(
    targets: readonly unknown[],
    circumstances: PanelCircumstances,
  ): Promise<PanelQuestions[]> {
    const queries = targets
      .map(migrateQuery)
      .filter((query) => query.kind === 'kpi')
      .filter((query) => this.filterQuery(query));
    const { scopedVars, ...panel } = circumstances;
    return planQuestions(queries, {
      ...panel,
      kpis: await this.findKpis(),
      browserTimeZone: browserTimeZone(),
      interpolate: interpolateWith(knownVars(scopedVars)),
    });
  }

  /** Dimensions of the catalogue; no look-up of stored events. */
  override async getTagKeys(
    _options?: DataSourceGetTagKeysOptions<AnalyticsQuery>,
  ): Promise<MetricFindValue[]> {
    const kpis = await this.client.kpis();
    return [...new Set(kpis.flatMap(({ dimensions }) => dimensions))].sort().map((text) => ({ text }));
  }

  /** Served by the service from its own list of values, not from events. */
  override async getTagValues(
    options: DataSourceGetTagValuesOptions<AnalyticsQuery>,
  ): Promise<MetricFindValue[]> {
    const values = await this.client.dimensionValues(options.key);
    return values.map((text) => ({ text }));
  }

  /** The choices of a dashboard variable, as a frame with `text` and `value`. */
  async variableValues(saved: unknown, scopedVars: ScopedVars): Promise<DataFrame> {
    const query = migrateVariableQuery(saved);
    const choices =
      query.kind === 'kpis'
        ? (await this.client.kpis()).map(({ id, title }) => ({ text: title, value: id }))
        : await this.dimensionChoices(
            query.kind === 'dimensionValues' ? query : { dimension: 'team' },
            interpolateWith(scopedVars),
          );
    return {
      refId: query.refId,
      fields: [
        { name: 'text', type: FieldType.string, config: {}, values: choices.map(({ text }) => text) },
        { name: 'value', type: FieldType.string, config: {}, values: choices.map(({ value }) => value) },
      ],
      length: choices.length,
    };
  }

  private async dimensionChoices(
    { dimension, prefix }: { dimension: string; prefix?: string },
    interpolate: Interpolate,
  ) {
    const name = interpolate(dimension).trim();
    const values = name === '' ? [] : await this.client.dimensionValues(name, interpolate(prefix ?? ''));
    return values.map((value) => ({ text: value, value }));
  }

  /** Without the catalogue a query can still be asked, and tells by itself what is wrong. */
  private findKpis(): Promise<KpiDescription[]> {
    return this.client.kpis().catch(() => []);
  }

  private askReadable(
    query: AnalyticsQuery | UnreadableQuery,
    request: DataQueryRequest<AnalyticsQuery>,
    kpis: readonly KpiDescription[],
  ): Observable<QueryResult> {
    if (query.kind === 'kpi') {
      return this.ask(query, request, kpis);
    }
    const message = query.kind === 'unreadable' ? query.reason : 'This kind of query is not answered yet.';
    return of({ frames: [], error: { refId: query.refId, message } });
  }

  private ask(
    query: KpiQuery,
    request: DataQueryRequest<AnalyticsQuery>,
    kpis: readonly KpiDescription[],
  ): Observable<QueryResult> {
    const interpolate = interpolateWith(request.scopedVars);
    const metric = interpolate(query.metric).trim();
    const plan = planQuery(query, {
      fromMs: request.range.from.valueOf(),
      toMs: request.range.to.valueOf(),
      maxDataPoints: request.maxDataPoints,
      dashboardTimeZone: request.timezone,
      browserTimeZone: browserTimeZone(),
      panelPluginId: request.panelPluginId,
      adHocFilters: request.filters ?? [],
      kpi: kpis.find(({ id }) => id === metric),
      interpolate,
    });
    return this.send(plan, query, request).pipe(
      map((frames): QueryResult => ({ frames })),
      catchError((error: unknown) => of({ frames: [], error: toQueryError(error, query.refId) })),
    );
  }

  private send(
    plan: PlannedQuery,
    query: KpiQuery,
    request: DataQueryRequest<AnalyticsQuery>,
  ): Observable<DataFrame[]> {
    const requestId = `${request.requestId}-${query.refId}`;
    const headers = originOf(request);
    const main = this.client.query(plan.main, requestId, headers);
    const total = plan.total ? this.client.query(plan.total, `${requestId}-total`, headers) : of(undefined);
    const context = {
      refId: query.refId,
      legend: plan.legend,
      compareTo: plan.main.compareTo,
      interval: plan.main.interval,
      notices: plan.unused,
    };
    return forkJoin([main, total]).pipe(
      map(([answer, answerTotal]) =>
        query.format === 'table'
          ? [toTableFrame(answer, context)]
          : toSeriesFrames(answer, context, answerTotal),
      ),
    );
  }
}

function isAsked(query: AnalyticsQuery | UnreadableQuery): boolean {
  return query.kind !== 'kpi' || query.metric !== '';
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
    ...(dashboardUID !== undefined && dashboardUID !== '' && { 'X-Dashboard-Uid': dashboardUID }),
    ...(panelId !== undefined && { 'X-Panel-Id': String(panelId) }),
  };
}

function toQueryError(error: unknown, refId: string): DataQueryError {
  const failure = classifyFailure(error);
  return {
    refId,
    message: describeFailure(failure),
    ...(failure.status !== undefined && { status: failure.status }),
    ...(failure.kind === 'cancelled' && { type: DataQueryErrorType.Cancelled }),
    ...(failure.kind === 'timeout' && { type: DataQueryErrorType.Timeout }),
  };
}
