import { asyncScheduler, catchError, defer, map, of, subscribeOn, type Observable } from 'rxjs';
import { toAnalysisFrame } from '../model/analysis-frame';
import { planAnalysis, type AnalysisQuery } from '../model/analysis-request';
import type { Loss } from '../model/losses';
import { explainSteps } from '../model/saved-query';
import { refuseUnknownOperators } from '../model/unknown-operators';
import { explainUnread } from '../model/unread-parts';
import type { AnalyticsQuery, UnreadableQuery } from '../types';
import { answerAnnotations, answerEvents } from './answer-events';
import { answerKpi } from './answer-kpi';
import { toQueryError, type Asking, type QueryResult } from './asking';

/** A query as it was read, and what of it could not be. */
export interface AskedQuery {
  query: AnalyticsQuery | UnreadableQuery;
  unread: readonly Loss[];
}

/**
 * Answers one query of any kind. Never fails: what goes wrong is in the result, at the query's letter. Never at once: what
 * is refused here would reach Explore of Grafana 12 before it has drawn the question, and it would ask again without end.
 */
export function answerQuery({ query, unread }: AskedQuery, asking: Asking): Observable<QueryResult> {
  return defer(() => answer(query, asking)).pipe(
    subscribeOn(asyncScheduler),
    map((result) => (unread.length === 0 ? result : withNotice(result, explainUnread(unread)))),
    catchError((error: unknown) => of({ frames: [], error: toQueryError(error, query.refId) })),
  );
}

/** Once for a query: its frames stand side by side. */
function withNotice(result: QueryResult, text: string): QueryResult {
  const [first, ...others] = result.frames;
  if (first === undefined) {
    return result;
  }
  const notices = [...(first.meta?.notices ?? []), { severity: 'warning' as const, text }];
  return { ...result, frames: [{ ...first, meta: { ...first.meta, notices } }, ...others] };
}

function answer(query: AnalyticsQuery | UnreadableQuery, asking: Asking): Observable<QueryResult> {
  refuseUnknownOperators(query);
  switch (query.kind) {
    case 'kpi':
      return answerKpi(query, asking);
    case 'events':
      return answerEvents(query, asking);
    case 'annotations':
      return answerAnnotations(query, asking);
    case 'unreadable':
      throw new Error(query.reason);
    default:
      return answerAnalysis(query, asking);
  }
}

function answerAnalysis(query: AnalysisQuery, asking: Asking): Observable<QueryResult> {
  const lack = query.kind === 'funnel' ? explainSteps(query.funnel.steps) : undefined;
  if (lack !== undefined) {
    throw new Error(lack);
  }
  const costDimensions = asking.kpis.find(({ id }) => id === 'cost')?.dimensions;
  const plan = planAnalysis(query, { ...asking.panel, costDimensions });
  return asking.client
    .analyse(plan.kind, plan.question, asking.originOf(query.refId))
    .pipe(map((analysis) => ({ frames: [toAnalysisFrame(analysis, plan, query.refId)] })));
}
