import type { AnalysisAnswer } from '@coditect/contracts';
import { analysisFrameKind, type AnalysisFrameMeta } from '@coditect/plugins-shared';
import type { DataFrame } from '@grafana/data';
import { executedQuery, toField, toNotices } from './frame-parts';
import type { PlannedAnalysis } from './analysis-request';

/**
 * One frame with the columns of the answer, under their names and in their order. Which panel draws it is left to the
 * dashboard: as it is, it is a table.
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
      custom: { ...custom },
      ...toNotices(notices, plan.unused),
      ...executedQuery(`analyses/${plan.kind}`, plan.question),
    },
  };
}
