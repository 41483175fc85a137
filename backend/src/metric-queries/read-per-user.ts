import type { MeasurePlan, PerUserPlan } from './query-plan.js';
import { keepGreatest, readActiveUsers, toTotal } from './read-active-users.js';
import { readMeasures, tooManyGroups, type ReadOptions, type ReadSpans } from './read-measures.js';
import { joinReadings } from './readings.js';

/** Reads both sides of a plan, each for both spans. Throws 422 `too_many_groups` or `too_many_points`. */
export async function readPerUser(plan: PerUserPlan, options: ReadOptions): Promise<ReadSpans> {
  const { limit } = plan;
  const { groupsMax, rowsMax } = options.limits;
  // Which groups are the greatest is known only when both sides of all of them are.
  const reading = { ...options, limits: { ...options.limits, groupsMax: rowsMax } };
  const unlimited = withoutLimit(plan);
  const isRankedApart = limit !== undefined && plan.interval !== undefined;
  const [all, total] = await Promise.all([
    readSides(unlimited, reading),
    isRankedApart ? readSides(totalOf(unlimited), reading) : undefined,
  ]);
  if (limit !== undefined) return { ...all, current: keepGreatest(all.current, limit, total?.current) };
  const groups = all.current.groups.size;
  if (groups > groupsMax) throw tooManyGroups(groupsMax, groups);
  return all;
}

type Sides = Pick<PerUserPlan, 'numerator' | 'denominator'>;

async function readSides({ numerator, denominator }: Sides, options: ReadOptions): Promise<ReadSpans> {
  const [above, below] = await Promise.all([
    readMeasures(numerator, options),
    readActiveUsers(denominator, options),
  ]);
  return {
    current: joinReadings(above.current, below.current),
    previous: above.previous && below.previous && joinReadings(above.previous, below.previous),
  };
}

function withoutLimit({ numerator, denominator }: PerUserPlan): Sides {
  return { numerator: { ...numerator, limit: undefined }, denominator: { ...denominator, limit: undefined } };
}

/** The whole range as one bucket, without what it is compared with. */
function totalOf({ numerator, denominator }: Sides): Sides {
  const whole = { interval: undefined, previous: undefined };
  const { range } = numerator.current;
  const current: MeasurePlan['current'] = { range, buckets: { startsMs: [range.fromMs], endMs: range.toMs } };
  return {
    numerator: { ...numerator, ...whole, current },
    denominator: { ...denominator, ...whole, current: toTotal(denominator.current) },
  };
}
