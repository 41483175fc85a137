/** A day that is behind us. */
export interface PastDay {
  /** 0 is Monday. */
  readonly weekday: number;
  readonly cost: number;
}

/** A day to come, or what is left of today. */
export interface DayToCome {
  readonly weekday: number;
  /** 1 for a whole day. */
  readonly share: number;
}

/** What will have been spent at the end of a day. */
export interface Forecast {
  readonly expected: number;
  /** `null` where one day alone is known, which says nothing of how days differ. */
  readonly low: number | null;
  readonly high: number | null;
}

/** Four of five outcomes lie within so many standard deviations of the mean. */
const bandDeviations = 1.281_551_565_545;

interface Weekday {
  readonly mean: number;
  /** Of one day from the mean. */
  readonly variance: number | undefined;
  /** Days that the mean is of. */
  readonly days: number;
}

/**
 * What is spent so far, and the mean of like weekdays for each day to come. The band adds up, for each weekday, how much
 * single days differ from their mean and how uncertain that mean is of so few days: days are taken as independent, and
 * sums as normal. It never goes below what is spent. A weekday of which there is no day takes all of them; without a day
 * nothing can be said. Days before the first one with a cost are no history.
 */
export function forecastSpending(
  spent: number,
  past: readonly PastDay[],
  toCome: readonly DayToCome[],
): readonly Forecast[] | undefined {
  const first = past.findIndex(({ cost }) => cost > 0);
  if (first < 0) return undefined;
  const weekdays = describeWeekdays(past.slice(first));
  const asked = new Map<number, { sum: number; squares: number }>();
  let expected = spent;
  return toCome.map(({ share, weekday }) => {
    const before = asked.get(weekday) ?? { sum: 0, squares: 0 };
    asked.set(weekday, { sum: before.sum + share, squares: before.squares + share * share });
    expected += share * (weekdays[weekday]?.mean ?? 0);
    const deviation = deviationOf(asked, weekdays);
    if (deviation === undefined) return { expected, low: null, high: null };
    const width = bandDeviations * deviation;
    return { expected, low: Math.max(spent, expected - width), high: expected + width };
  });
}

function describeWeekdays(past: readonly PastDay[]): readonly Weekday[] {
  const all = past.map(({ cost }) => cost);
  return Array.from({ length: 7 }, (_unused, weekday) => {
    const like = past.filter((day) => day.weekday === weekday).map(({ cost }) => cost);
    const days = like.length === 0 ? all : like;
    return {
      mean: meanOf(days),
      variance: like.length < 2 ? varianceOf(all) : varianceOf(like),
      days: days.length,
    };
  });
}

/** Of the sum over all days asked for; `undefined` where it is not known of one of them. */
function deviationOf(
  asked: ReadonlyMap<number, { readonly sum: number; readonly squares: number }>,
  weekdays: readonly Weekday[],
): number | undefined {
  let variance = 0;
  for (const [index, { squares, sum }] of asked) {
    const weekday = weekdays[index];
    if (weekday?.variance === undefined) return undefined;
    variance += weekday.variance * (squares + (sum * sum) / weekday.days);
  }
  return Math.sqrt(variance);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the sample: divided by one less than there are. */
function varianceOf(values: readonly number[]): number | undefined {
  if (values.length < 2) return undefined;
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
