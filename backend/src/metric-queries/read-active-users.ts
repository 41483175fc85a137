import type { ActiveUsersRow } from '../storage/metric-reads.js';
import type { ActiveUsersPlan, UserSpan } from './query-plan.js';
import { createReadingsBuilder, keyOfGroup, noReadings, type Readings } from './readings.js';
import { tooManyGroups, tooManyRows, type ReadOptions, type ReadSpans } from './read-measures.js';

/** Reads both spans of a plan. Throws 422 `too_many_groups` or `too_many_points`. */
export async function readActiveUsers(plan: ActiveUsersPlan, options: ReadOptions): Promise<ReadSpans> {
  const [all, previous] = await Promise.all([
    readSpan(plan, plan.current, options),
    plan.previous && readSpan(plan, plan.previous, options),
  ]);
  const { groupsMax } = options.limits;
  if (plan.limit === undefined && all.groups.size > groupsMax)
    throw tooManyGroups(groupsMax, all.groups.size);
  return { current: plan.limit === undefined ? all : keepGreatest(all, plan.limit), previous };
}

async function readSpan(
  plan: ActiveUsersPlan,
  span: UserSpan,
  { reader, limits, signal }: ReadOptions,
): Promise<Readings> {
  if (span.range.fromMs < 0) return noReadings;
  const { days, endMs } = span;
  const rows = await reader.readActiveUsers(
    {
      windows: [...new Set(plan.windows)],
      firstUtcDay: days.firstUtcDay,
      cuts: days.cuts,
      localDays: days.localDays,
      firstLocalDay: days.firstLocalDay,
      dayStartsMs: days.dayStartsMs,
      endMs,
      groupBy: plan.groupBy,
      filters: plan.filters,
      rowsMax: limits.rowsMax,
    },
    signal,
  );
  if (rows.length > limits.rowsMax) throw tooManyRows(limits.rowsMax);
  return sumChanges(rows, plan.windows, days.answerDays);
}

/** Running sums of the changes, looked at on the days that answer. */
export function sumChanges(
  rows: readonly ActiveUsersRow[],
  windows: readonly number[],
  answerDays: readonly number[],
): Readings {
  const groups = new Map<string, { group: readonly string[]; changes: Map<string, number> }>();
  for (const row of rows) {
    const key = keyOfGroup(row.group);
    const known = groups.get(key) ?? { group: row.group, changes: new Map<string, number>() };
    groups.set(key, known);
    known.changes.set(`${row.window}/${row.localDay}`, row.change);
  }
  const builder = createReadingsBuilder();
  for (const { group, changes } of groups.values()) {
    const active = windows.map(() => 0);
    let day = 0;
    answerDays.forEach((answerDay, bucket) => {
      for (; day <= answerDay; day += 1) {
        windows.forEach((window, index) => {
          active[index] = (active[index] ?? 0) + (changes.get(`${window}/${day}`) ?? 0);
        });
      }
      builder.add(group, bucket, [...active]);
    });
  }
  return builder.build();
}

function keepGreatest(all: Readings, limit: number): Readings {
  const valueOf = (buckets: readonly (readonly (number | null)[] | undefined)[]): number => {
    const [numerator, denominator] = buckets.at(-1) ?? [];
    if (numerator === undefined || numerator === null) return -1;
    if (denominator === undefined) return numerator;
    return denominator === null || denominator === 0 ? -1 : numerator / denominator;
  };
  const ranked = [...all.groups].sort(([leftKey, left], [rightKey, right]) => {
    const difference = valueOf(right.buckets) - valueOf(left.buckets);
    return difference === 0 ? leftKey.localeCompare(rightKey) : difference;
  });
  return { groups: new Map(ranked.slice(0, limit)), groupsFound: all.groups.size };
}
