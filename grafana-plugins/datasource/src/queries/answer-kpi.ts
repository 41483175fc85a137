import type { MetricAnswer, MetricQueryInput, PanelQueryInput } from '@coditect/contracts';
import type { DataFrame } from '@grafana/data';
import { catchError, combineLatest, forkJoin, map, of, scan, switchMap, type Observable } from 'rxjs';
import { askedKpis } from '../model/asked-kpis';
import { toSeriesFrames } from '../model/frames';
import type { FrameContext } from '../model/kpi-frame-meta';
import { liveRangeOf } from '../model/live-range';
import { planQuery, type PlannedQuery } from '../model/request';
import { toTableFrame } from '../model/table-frame';
import type { KpiQuery } from '../types';
import { toQueryError, type Asking, type QueryResult } from './asking';
import { liveAnswers, type LiveUpdate } from './live-answers';

const everyMsDefault = 1_000;
const everyMsRange = { min: 500, max: 60_000 };

/** Answers a query for a KPI, or for each of several, once or for as long as somebody listens. */
export function answerKpi(query: KpiQuery, asking: Asking): Observable<QueryResult> {
  const ids = askedKpis(query.metric, asking.panel.interpolate);
  const [only] = ids;
  if (only !== undefined && ids.length === 1) {
    return answerOne({ ...query, metric: only }, asking, false);
  }
  const results = ids.map((metric) => {
    const originOf = (part: string) => asking.originOf(`${part}-${metric}`);
    return answerOne({ ...query, metric }, { ...asking, originOf }, true).pipe(
      catchError((error: unknown) => of({ frames: [], error: toQueryError(error, query.refId) })),
    );
  });
  return combineLatest(results).pipe(map(joinResults));
}

/** Of several errors the first is shown. */
function joinResults(results: readonly QueryResult[]): QueryResult {
  const error = results.find((result) => result.error !== undefined)?.error;
  return {
    frames: results.flatMap(({ frames }) => frames),
    isLive: results.some(({ isLive }) => isLive),
    ...(error && { error }),
  };
}

function answerOne(query: KpiQuery, asking: Asking, isOneOfSeveral: boolean): Observable<QueryResult> {
  const { panel } = asking;
  const { metric } = query;
  const kpi = asking.kpis.find(({ id }) => id === metric);
  const plan = planQuery(query, {
    ...panel,
    maxDataPoints: asking.maxDataPoints,
    panelPluginId: asking.panelPluginId,
    kpi,
  });
  const { datasource } = asking;
  const base = { refId: query.refId, legend: plan.legend, datasource, kpi, isOneOfSeveral };
  const isLive = query.live === true || asking.isLiveView;
  const range = isLive ? liveRangeOf(asking.rawRange, panel.fromMs, panel.toMs) : undefined;
  if (range === undefined) {
    const hints = isLive ? ['Live answers need a range that ends with now.'] : [];
    const context = { ...base, question: plan.main, notices: plan.unused, hints };
    return forkJoin({
      main: asking.client.query(questionOf(plan), asking.originOf(query.refId)),
      totals: askTotals(plan, query, asking, plan.main.range),
    }).pipe(map(({ main, totals }) => ({ frames: toFrames(query, plan, context, main, totals) })));
  }
  const question = {
    query: questionOf(plan),
    range,
    everyMs: everyMsOf(query),
    origin: asking.originOf(query.refId),
  };
  return liveAnswers(question, asking.live).pipe(
    switchMap((update) => showUpdate(update, query, plan, base, asking)),
    // What was on the screen stays there while an update fails.
    scan((before: QueryResult, now) => (now.error ? { ...now, frames: before.frames } : now)),
  );
}

function showUpdate(
  update: LiveUpdate,
  query: KpiQuery,
  plan: PlannedQuery,
  base: Omit<FrameContext, 'question' | 'notices' | 'hints'>,
  asking: Asking,
): Observable<QueryResult> {
  if (update.kind === 'failed') {
    return of({ frames: [], error: toQueryError(update.error, query.refId), isLive: !update.isOver });
  }
  const { answer, range, notice } = update;
  const hints = notice === undefined ? [] : [notice];
  const context = { ...base, question: { ...plan.main, range }, notices: plan.unused, hints };
  return askTotals(plan, query, asking, range).pipe(
    map((totals): QueryResult => ({ frames: toFrames(query, plan, context, answer, totals), isLive: true })),
    catchError((error: unknown) => of({ frames: [], error: toQueryError(error, query.refId), isLive: true })),
  );
}

/** A series comes with the value of its whole range. */
function questionOf({ main, total }: PlannedQuery): PanelQueryInput {
  return total === undefined ? main : { ...main, withTotal: true };
}

/** What a table shows below its groups. */
function askTotals(
  { totals }: PlannedQuery,
  { refId }: KpiQuery,
  asking: Asking,
  range: MetricQueryInput['range'],
): Observable<MetricAnswer | undefined> {
  return totals
    ? asking.client.query({ ...totals, range }, asking.originOf(`${refId}-totals`))
    : of(undefined);
}

function toFrames(
  query: KpiQuery,
  { order, rowsMax }: PlannedQuery,
  context: FrameContext,
  answer: MetricAnswer,
  totals: MetricAnswer | undefined,
): DataFrame[] {
  return query.format === 'table'
    ? [toTableFrame(answer, context, { order, rowsMax, totals })]
    : toSeriesFrames(answer, context);
}

function everyMsOf({ liveEveryMs }: KpiQuery): number {
  return Math.min(Math.max(liveEveryMs ?? everyMsDefault, everyMsRange.min), everyMsRange.max);
}
