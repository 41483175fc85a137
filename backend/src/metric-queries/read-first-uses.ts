import type { FirstsCount, UsageDepth } from '../storage/metric-reads.js';
import type { DepthPlan, DepthSpan, FirstsPlan, Span } from './query-plan.js';
import { checkRows, groupsAmong, keyOf } from './group-rows.js';
import type { ReadOptions } from './read-measures.js';
import { createReadingsBuilder, type Readings } from './readings.js';

interface FirstUsesOptions extends ReadOptions {
  /** Epoch milliseconds: everything accepted that happened before is stored. */
  readonly watermarkMs: number;
}

const dayMs = 86_400_000;

/** Nothing is told of a bucket whose users may still come in time. Of a total such users are left out. */
export async function readFirsts(
  plan: FirstsPlan,
  { buckets, range }: Span,
  { limits: { rowsMax }, reader, signal, watermarkMs }: FirstUsesOptions,
): Promise<Readings> {
  const { days, filters, groupBy, interval, terms } = plan;
  const withinMs = days * dayMs;
  const isTotal = interval === undefined;
  const toldMs = watermarkMs - withinMs;
  const told =
    range.fromMs < 0
      ? []
      : buckets.startsMs.filter(
          (_start, index) => isTotal || (buckets.startsMs[index + 1] ?? buckets.endMs) <= toldMs,
        );
  const endMs = isTotal ? Math.min(buckets.endMs, toldMs) : (buckets.startsMs[told.length] ?? buckets.endMs);
  const builder = createReadingsBuilder();
  const [fromMs = endMs] = told;
  if (fromMs >= endMs) return builder.build();
  const request = { startsMs: told, endMs, withinMs, groupBy, filters, rowsMax };
  const rows = await reader.readFirsts(request, signal);
  checkRows(rows, rowsMax);
  const counted = new Map(rows.map((row) => [keyOf(row.group, row.cohort), row]));
  for (const group of groupsAmong(rows, groupBy)) {
    for (const cohort of told.keys()) {
      const counts = counted.get(keyOf(group, cohort)) ?? nobody;
      builder.add(
        group,
        cohort,
        terms.map((term) => counts[term]),
        [counts.users, counts.inTime],
      );
    }
  }
  return builder.build();
}

const nobody: Pick<FirstsCount, 'users' | 'inTime' | 'medianMs'> = { users: 0, inTime: 0, medianMs: null };

/** Who has not come to the rest of a bucket may still do so; a total is told as of now. */
export async function readDepth(
  plan: DepthPlan,
  { begun, buckets, reading }: DepthSpan,
  { limits: { rowsMax }, reader, signal, watermarkMs }: FirstUsesOptions,
): Promise<Readings> {
  const builder = createReadingsBuilder();
  if (reading === undefined) return builder.build();
  const { filters, groupBy, interval, terms } = plan;
  const rows = await reader.readUsageDepth({ ...reading, groupBy, filters, rowsMax }, signal);
  checkRows(rows, rowsMax);
  const counted = new Map(rows.map((row) => [keyOf(row.group, `${row.period}/${row.depth}`), row.users]));
  for (const group of groupsAmong(rows, groupBy)) {
    for (let bucket = 0; bucket < begun; bucket += 1) {
      if (interval !== undefined && (buckets.startsMs[bucket + 1] ?? buckets.endMs) > watermarkMs) continue;
      const usersOf = (depth: UsageDepth): number => counted.get(keyOf(group, `${bucket + 1}/${depth}`)) ?? 0;
      const all = depths.reduce((sum, depth) => sum + usersOf(depth), 0);
      builder.add(
        group,
        bucket,
        terms.map((term) => (term === 'all' ? all : usersOf(term))),
      );
    }
  }
  return builder.build();
}

const depths = ['none', 'light', 'moderate', 'heavy'] as const satisfies readonly UsageDepth[];
