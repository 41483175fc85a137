import type { ActiveUsersRow } from '../storage/metric-reads.js';
import type { ActiveUsersPlan, UserSpan, UserTerm } from './query-plan.js';
import { createReadingsBuilder, joinReadings, keyOfGroup, noReadings, type Readings } from './readings.js';
import { tooManyGroups, tooManyRows, type ReadOptions, type ReadSpans } from './read-measures.js';

/** Reads both spans of a plan. Throws 422 `too_many_groups` or `too_many_points`. */
export async function readActiveUsers(plan: ActiveUsersPlan, options: ReadOptions): Promise<ReadSpans> {
  const { limit, current } = plan;
  const isRankedApart = limit !== undefined && plan.interval !== undefined && isOfPeriods(current);
  const [all, previous, total] = await Promise.all([
    readSpan(plan, current, options),
    plan.previous && readSpan(plan, plan.previous, options),
    isRankedApart ? readSpan(plan, toTotal(current), options) : undefined,
  ]);
  const { groupsMax } = options.limits;
  if (limit === undefined && all.groups.size > groupsMax) throw tooManyGroups(groupsMax, all.groups.size);
  return { current: limit === undefined ? all : keepGreatest(all, limit, total), previous };
}

/** The value of the last day tells of the range where windows reach back over it; periods stand for themselves. */
function isOfPeriods({ days }: UserSpan): boolean {
  return days.periodOfDay !== undefined;
}

/** The same range as one period. */
export function toTotal(span: UserSpan): UserSpan {
  const { range, days } = span;
  return {
    ...span,
    buckets: { startsMs: [range.fromMs], endMs: range.toMs },
    days: { ...days, periodOfDay: days.dayStartsMs.slice(1).map(() => 0), answerDays: [0] },
  };
}

async function readSpan(plan: ActiveUsersPlan, span: UserSpan, options: ReadOptions): Promise<Readings> {
  if (span.range.fromMs < 0) return noReadings;
  const [first, second] = plan.terms;
  if (second === undefined || first.domain === second.domain)
    return readTerms(plan.terms, plan, span, options);
  // One after the other: what comes in meanwhile is in the denominator at least.
  const numerator = await readTerms([first], plan, span, options);
  return joinReadings(numerator, await readTerms([second], plan, span, options));
}

/** Terms of one domain, or of all. */
async function readTerms(
  terms: readonly UserTerm[],
  plan: ActiveUsersPlan,
  span: UserSpan,
  { reader, limits, signal }: ReadOptions,
): Promise<Readings> {
  const { days, startMs, endMs } = span;
  const windows = terms.map(({ window }) => window);
  const domain = terms[0]?.domain;
  const rows = await reader.readActiveUsers(
    {
      windows: [...new Set(windows)],
      firstUtcDay: days.firstUtcDay,
      cuts: days.cuts,
      localDays: days.localDays,
      firstLocalDay: days.firstLocalDay,
      dayStartsMs: days.dayStartsMs,
      ...(days.periodOfDay !== undefined && { periodOfDay: days.periodOfDay }),
      ...(startMs !== undefined && { startMs }),
      endMs,
      groupBy: plan.groupBy,
      filters: [
        ...plan.filters,
        ...(domain === undefined ? [] : [{ dimension: 'domain', operator: '=', value: domain } as const]),
      ],
      rowsMax: limits.rowsMax,
    },
    signal,
  );
  if (rows.length > limits.rowsMax) throw tooManyRows(limits.rowsMax);
  return sumChanges(rows, windows, days.answerDays);
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

/** The groups with the greatest values in the last bucket of what they are ranked by. */
export function keepGreatest(all: Readings, limit: number, rankedBy: Readings = all): Readings {
  const values = new Map([...rankedBy.groups].map(([key, { buckets }]) => [key, valueOf(buckets.at(-1))]));
  const rankOf = (key: string): number => values.get(key) ?? -1;
  const ranked = [...all.groups].sort(
    ([left], [right]) => rankOf(right) - rankOf(left) || left.localeCompare(right),
  );
  return { groups: new Map(ranked.slice(0, limit)), groupsFound: all.groups.size };
}

function valueOf([numerator, denominator]: readonly (number | null)[] = []): number {
  if (numerator === undefined || numerator === null) return -1;
  if (denominator === undefined) return numerator;
  return denominator === null || denominator === 0 ? -1 : numerator / denominator;
}
