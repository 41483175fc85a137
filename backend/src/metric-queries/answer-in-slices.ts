import type { AnswerCell, AnswerColumn, MetricAnswer } from '@coditect/contracts';
import { answerPlan, checkPatterns, type AnswerOptions } from './answer-query.js';
import { columnsOf, listGroups, metaOf, seriesRows } from './build-answer.js';
import { cutSlices } from './cut-slices.js';
import type { MeasurePlan, QueryPlan } from './query-plan.js';
import { readGroups, readSeriesOf } from './read-measures.js';

export interface SliceOptions extends AnswerOptions {
  /** Rows that are in memory at once, unless one bucket alone has more. */
  readonly sliceRowsMax: number;
}

/** An answer whose rows are read as they are asked for. */
export interface SlicedAnswer {
  readonly columns: readonly AnswerColumn[];
  readonly meta: MetricAnswer['meta'];
  /** How many rows there will be. */
  readonly rowCount: number;
  /** To be read once. In the order of the whole answer. */
  readonly rows: AsyncIterable<readonly AnswerCell[][]>;
}

/**
 * Answers a plan like `answerPlan`; a series is read a few buckets at a time, so that memory does not grow with its
 * length. What comes in meanwhile may be in later slices and not in earlier ones: only what `meta.completeUntil` covers
 * is sure to be the same.
 */
export async function answerInSlices(
  tenantId: string,
  plan: QueryPlan,
  signal: AbortSignal,
  options: SliceOptions,
): Promise<SlicedAnswer> {
  if (plan.kind !== 'measures' || plan.interval === undefined) {
    const { columns, rows, meta } = await answerPlan(tenantId, plan, signal, options);
    return { columns, meta, rowCount: rows.length, rows: inParts(rows, options.sliceRowsMax) };
  }
  await checkPatterns(plan, options.engine, signal);
  const asOfMs = options.now();
  const watermarkMs = await options.watermark();
  const reader = await options.engine.open(tenantId, plan, asOfMs, signal);
  const reading = { reader, limits: options.limits, signal };
  const spans = await readGroups(plan, reading);
  const groups = listGroups(plan, spans);
  const { current } = spans;
  async function* readRows(series: MeasurePlan): AsyncGenerator<readonly AnswerCell[][]> {
    if (groups.length === 0) return;
    const bucketsMax = Math.max(1, Math.floor(options.sliceRowsMax / groups.length));
    for (const slice of cutSlices(series, bucketsMax)) {
      signal.throwIfAborted();
      yield seriesRows(slice, await readSeriesOf(current, slice, reading), groups, asOfMs);
    }
  }
  return {
    columns: columnsOf(plan),
    meta: metaOf(plan, current, { asOfMs, watermarkMs, reader }),
    rowCount: groups.length * plan.current.buckets.startsMs.length,
    rows: readRows(plan),
  };
}

async function* inParts(
  rows: readonly AnswerCell[][],
  rowsMax: number,
): AsyncGenerator<readonly AnswerCell[][]> {
  for (let from = 0; from < rows.length; from += rowsMax) yield rows.slice(from, from + rowsMax);
}
