import type { QueryPlan } from './query-plan.js';
import type { ReadSpans } from './read-measures.js';
import { createReadingsBuilder, type Readings } from './readings.js';

/** Costs are kept to a billionth of a dollar; counts, tokens and milliseconds are coarser. */
const parts = 1_000_000_000;

/** Whether a total is the sum of the buckets of a series, in both spans. Calendar periods may be compared with other ones. */
export function isSumOf(series: QueryPlan, total: QueryPlan): boolean {
  const [shown, whole] = [series.previous?.range, total.previous?.range];
  const isSameSpan = shown?.fromMs === whole?.fromMs && shown?.toMs === whole?.toMs;
  return isSameSpan && series.kind === 'measures' && series.terms.every(({ kind }) => kind !== 'quantile');
}

/** The whole of each span as one bucket. */
export function sumSpans({ current, previous }: ReadSpans): ReadSpans {
  return { current: sumBuckets(current), previous: previous && sumBuckets(previous) };
}

function sumBuckets({ groups, groupsFound }: Readings): Readings {
  const builder = createReadingsBuilder();
  for (const { group, buckets } of groups.values()) {
    const sums: number[] = [];
    // Buckets without anything are holes.
    for (const terms of buckets) {
      terms?.forEach((value, index) => (sums[index] = (sums[index] ?? 0) + (value ?? 0)));
    }
    builder.add(group, 0, sums.map(roundOff));
  }
  return builder.build(groupsFound);
}

/** What binary fractions leave of 0.1 + 0.2. */
function roundOff(sum: number): number {
  const whole = sum * parts;
  return Number.isSafeInteger(Math.round(whole)) ? Math.round(whole) / parts : sum;
}
