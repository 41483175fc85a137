import type { KpiDescription } from '@coditect/contracts';
import type { PanelCircumstances, PanelQuestions } from '@coditect/plugins-shared';
import type { AnalyticsQuery, KpiQuery, UnreadableQuery } from '../types';
import { askedKpis } from './asked-kpis';
import { planQuery, type RequestContext } from './request';
import { describeQuery } from './saved-query';
import type { Interpolate } from './template';
import { refuseUnknownOperators } from './unknown-operators';

interface QuestionsContext extends Omit<PanelCircumstances, 'scopedVars'> {
  kpis: readonly KpiDescription[];
  browserTimeZone: string | undefined;
  interpolate: Interpolate;
}

/** What each saved query asks, in the same words in which the panel asks. Reports have the words for KPIs only. */
export function planQuestions(
  queries: readonly (AnalyticsQuery | UnreadableQuery)[],
  context: QuestionsContext,
): PanelQuestions[] {
  return queries.flatMap((query) => {
    if (query.kind !== 'kpi') {
      return leftOut(query, 'export it as shown; reports ask for KPIs.');
    }
    try {
      refuseUnknownOperators(query);
      const ids = askedKpis(query.metric, context.interpolate);
      return ids.map((metric) => planKpi({ ...query, metric }, context));
    } catch (error) {
      return leftOut(query, error instanceof Error ? error.message : String(error));
    }
  });
}

function leftOut(query: AnalyticsQuery | UnreadableQuery, reason: string): PanelQuestions {
  return { refId: query.refId, unused: [`${describeQuery(query)}: ${reason}`] };
}

function planKpi(query: KpiQuery, context: QuestionsContext): PanelQuestions {
  const request: RequestContext = {
    fromMs: context.fromMs,
    toMs: context.toMs,
    maxDataPoints: context.maxDataPoints,
    dashboardTimeZone: context.timeZone,
    browserTimeZone: context.browserTimeZone,
    panelPluginId: context.panelPluginId,
    adHocFilters: context.adHocFilters,
    kpi: context.kpis.find(({ id }) => id === query.metric),
    interpolate: context.interpolate,
  };
  const { main, total, unused } = planQuery(query, request);
  const isTotal = 'total' in main && main.total === true;
  return {
    refId: query.refId,
    unused,
    ...(isTotal ? { total: main } : { series: main }),
    ...(total !== undefined && { total }),
  };
}
