import type { AnalysisAnswer } from '@coditect/contracts';
import { analysisFrameKind, type AnalysisFrameMeta } from '@coditect/plugins-shared';
import type { DataFrame } from '@grafana/data';
import { executedQuery, toField, toNotices } from './frame-parts';
import type { PlannedAnalysis } from './analysis-request';

/**
 * One frame with the columns of the answer, under their names and in their order. Which panel draws it is left to the
 * dashboard; Explore shows as a chart what goes on over time.
 */
export function toAnalysisFrame(answer: AnalysisAnswer, plan: PlannedAnalysis, refId: string): DataFrame {
  const { title, definition, asOf, completeUntil, source, timeZone, notices } = answer.meta;
  const custom: AnalysisFrameMeta = {
    kind: analysisFrameKind,
    analysis: plan.kind,
    ...{ title, definition, asOf, completeUntil, source, timeZone },
    range: plan.question.range,
    question: plan.question,
  };
  return {
    refId,
    name: title,
    fields: answer.columns.map((column, index) =>
      toField(
        column,
        answer.rows.map((row) => row[index] ?? null),
      ),
    ),
    length: answer.rows.length,
    meta: {
      preferredVisualisationType: overTime.has(plan.kind) ? 'graph' : 'table',
      custom: { ...custom },
      ...toNotices(notices, plan.unused),
      ...executedQuery(`analyses/${plan.kind}`, plan.question),
    },
  };
}

/** Cohorts have a time, too, but many rows of each. */
const overTime: ReadonlySet<PlannedAnalysis['kind']> = new Set(['lifecycle', 'seats', 'budget']);
