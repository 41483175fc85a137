import type { Notice, SeatPrice } from '@coditect/contracts';
import type { SeatCounts } from '../storage/metric-reads.js';
import { checkRows, groupsAmong, keyOf } from './group-rows.js';
import type {
  CohortSpan,
  CohortsPlan,
  LifecyclePlan,
  LifecycleSpan,
  SeatSpan,
  SeatsPlan,
  StatesPlan,
} from './query-plan.js';
import { keepGreatest } from './read-active-users.js';
import { readDepth, readFirsts } from './read-first-uses.js';
import { tooManyGroups, type ReadOptions, type ReadSpans } from './read-measures.js';
import { createReadingsBuilder, type Readings } from './readings.js';
import { findSeatPriceAt, noPrice, purchasesOfAll } from './seat-prices.js';

export interface StatesOptions extends ReadOptions {
  /** Epoch milliseconds: everything accepted that happened before is stored. */
  readonly watermarkMs: number;
  readonly readSeatPrices: () => Promise<readonly SeatPrice[]>;
}

/** What was read, and what has to be known about it. */
interface StatesRead extends ReadSpans {
  readonly notices: readonly Notice[];
}

/** Reads both spans of a plan. Throws 422 `too_many_groups` or `too_many_points`. */
export async function readStates(plan: StatesPlan, options: StatesOptions): Promise<StatesRead> {
  const { current, previous, notices } = await readSpans(plan, options);
  const { limit } = plan;
  const { groupsMax } = options.limits;
  if (limit === undefined && current.groups.size > groupsMax)
    throw tooManyGroups(groupsMax, current.groups.size);
  if (limit === undefined) return { current, previous, notices };
  const rankedBy = await readRanks(plan, current, options);
  return { current: keepGreatest(current, limit, rankedBy), previous, notices };
}

/** What is told at the end of a bucket is told of the range by the last one; medians can't be added; the others can. */
async function readRanks(plan: StatesPlan, current: Readings, options: StatesOptions): Promise<Readings> {
  if (plan.kind === 'seats') return current;
  if (plan.kind !== 'firsts') return addBuckets(current);
  const { buckets, range } = plan.current;
  const whole = { range, buckets: { startsMs: buckets.startsMs.slice(0, 1), endMs: buckets.endMs } };
  return readFirsts({ ...plan, interval: undefined }, whole, options);
}

async function readSpans(plan: StatesPlan, options: StatesOptions): Promise<StatesRead> {
  switch (plan.kind) {
    case 'seats':
      return readSeats(plan, options);
    case 'lifecycle':
      return readBoth(plan.current, plan.previous, (span) => readLifecycle(plan, span, options));
    case 'cohorts':
      return readBoth(plan.current, plan.previous, (span) => readCohorts(plan, span, options));
    case 'firsts':
      return readBoth(plan.current, plan.previous, (span) => readFirsts(plan, span, options));
    case 'depth':
      return readBoth(plan.current, plan.previous, (span) => readDepth(plan, span, options));
  }
}

async function readBoth<S>(
  current: S,
  previous: S | undefined,
  read: (span: S) => Promise<Readings>,
): Promise<StatesRead> {
  const [now, before] = await Promise.all([read(current), previous && read(previous)]);
  return { current: now, previous: before, notices: [] };
}

async function readSeats(plan: SeatsPlan, options: StatesOptions): Promise<StatesRead> {
  const isPriced = plan.terms.includes('idleCost');
  const prices = isPriced ? await options.readSeatPrices() : [];
  const read = await readBoth(plan.current, plan.previous, (span) =>
    readSeatsOf(plan, span, prices, options),
  );
  const notices = [
    ...(isPriced && isOfPart(plan) ? [purchasesOfAll] : []),
    ...(isPriced && prices.length === 0 ? [noPrice] : []),
  ];
  return { ...read, notices };
}

/** Seats are bought for all. */
function isOfPart({ filters, groupBy }: SeatsPlan): boolean {
  return filters.length > 0 || groupBy.length > 0;
}

const noSeats = { purchased: 0, assigned: 0, active: 0, idle: 0, users: 0, activeUsers: 0 };

async function readSeatsOf(
  plan: SeatsPlan,
  { moments, days }: SeatSpan,
  prices: readonly SeatPrice[],
  { limits: { rowsMax }, reader, signal }: StatesOptions,
): Promise<Readings> {
  const { activeDays, filters, groupBy, terms, zone } = plan;
  const rows =
    days === undefined
      ? []
      : await reader.readSeats({ moments, days, activeDays, groupBy, filters, rowsMax }, signal);
  checkRows(rows, rowsMax);
  const counted = new Map(rows.map((row) => [keyOf(row.group, row.moment), row]));
  const priceAt = moments.map(({ atMs }) => findSeatPriceAt(prices, atMs - 1, zone));
  const builder = createReadingsBuilder();
  for (const group of groupsAmong(rows, groupBy)) {
    for (const index of moments.keys()) {
      const counts = counted.get(keyOf(group, index)) ?? noSeats;
      const value = (term: SeatsPlan['terms'][number]): number | null =>
        term === 'idleCost' ? costOfIdle(counts, priceAt[index], isOfPart(plan)) : counts[term];
      // What idle seats cost tells how many there are.
      const people = terms
        .filter((term) => term !== 'purchased')
        .map((term) => counts[term === 'idleCost' ? 'idle' : term]);
      builder.add(group, index, terms.map(value), people);
    }
  }
  return builder.build();
}

function costOfIdle(
  { assigned, idle, purchased }: Pick<SeatCounts, 'assigned' | 'idle' | 'purchased'>,
  price: number | undefined,
  isOfPart: boolean,
): number | null {
  // More can be given out than was told to be bought.
  const unassigned = isOfPart ? 0 : Math.max(0, purchased - assigned);
  return price === undefined ? null : (idle + unassigned) * price;
}

async function readLifecycle(
  plan: LifecyclePlan,
  { begun, buckets, periods }: LifecycleSpan,
  { limits: { rowsMax }, reader, signal, watermarkMs }: StatesOptions,
): Promise<Readings> {
  if (periods === undefined) return createReadingsBuilder().build();
  const { filters, groupBy, interval, state } = plan;
  const rows = await reader.readLifecycle({ periods, groupBy, filters, rowsMax }, signal);
  checkRows(rows, rowsMax);
  const counted = new Map(
    rows
      .filter((row) => row.state === state)
      .map(({ group, period, users }) => [keyOf(group, period), users]),
  );
  const builder = createReadingsBuilder();
  for (const group of groupsAmong(rows, groupBy)) {
    for (let bucket = 0; bucket < begun; bucket += 1) {
      const endMs = buckets.startsMs[bucket + 1] ?? buckets.endMs;
      // Who has not come to the rest of a bucket may still do so; a total is told as of now.
      const isOpen = state === 'dormant' && interval !== undefined && endMs > watermarkMs;
      builder.add(group, bucket, [isOpen ? null : (counted.get(keyOf(group, bucket + 1)) ?? 0)]);
    }
  }
  return builder.build();
}

async function readCohorts(
  plan: CohortsPlan,
  { periods, weeks }: CohortSpan,
  { limits: { rowsMax }, reader, signal, watermarkMs }: StatesOptions,
): Promise<Readings> {
  if (periods === undefined) return createReadingsBuilder().build();
  const { filters, groupBy, terms, weeksAfter } = plan;
  const request = { periods, cohorts: weeks.length, periodsAfter: weeksAfter, groupBy, filters, rowsMax };
  const rows = await reader.readCohorts(request, signal);
  checkRows(rows, rowsMax);
  const counted = new Map(
    rows.map(({ after, cohort, group, users }) => [keyOf(group, `${cohort}/${after}`), users]),
  );
  const builder = createReadingsBuilder();
  for (const group of groupsAmong(rows, groupBy)) {
    const sums = new Map<number, { size: number; returned: number }>();
    weeks.forEach(({ bucket, followedUntilMs }, week) => {
      if (bucket < 0 || followedUntilMs > watermarkMs) return;
      const sum = sums.get(bucket) ?? { size: 0, returned: 0 };
      sum.size += counted.get(keyOf(group, `${week}/-1`)) ?? 0;
      sum.returned += counted.get(keyOf(group, `${week}/${weeksAfter}`)) ?? 0;
      sums.set(bucket, sum);
    });
    for (const [bucket, sum] of sums)
      builder.add(
        group,
        bucket,
        terms.map((term) => sum[term]),
      );
  }
  return builder.build();
}

/** Each group with the sums of its buckets as its only one. */
function addBuckets({ groups, groupsFound }: Readings): Readings {
  const builder = createReadingsBuilder();
  for (const { group, buckets } of groups.values()) {
    const sums: number[] = [];
    for (const terms of buckets) {
      terms?.forEach((term, index) => {
        sums[index] = (sums[index] ?? 0) + (term ?? 0);
      });
    }
    builder.add(group, 0, sums);
  }
  return builder.build(groupsFound);
}
