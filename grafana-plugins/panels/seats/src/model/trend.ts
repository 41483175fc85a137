import { dateTimeFormat, type TimeZone } from '@grafana/data';
import type { SeatCounts } from './read-seats';

export type TrendKind = 'purchased' | 'assigned' | 'active';
export const trendKinds: readonly TrendKind[] = ['purchased', 'assigned', 'active'];

export interface TrendShape {
  lines: Record<TrendKind, string>;
  area: string;
  /** Where each time lies, and how wide the strip around it is. */
  places: { x: number; width: number }[];
  topY: number;
}

export interface TrendBox {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Lines from zero to the most seats, over equal steps of time. A value that isn't known is a gap. */
export function shapeTrend(
  counts: readonly SeatCounts[],
  { left, right, top, bottom }: TrendBox,
): TrendShape {
  const most = mostOf(counts);
  const times = counts.map(({ time }) => time ?? 0);
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const x = (time: number) =>
    last > first ? left + ((time - first) / (last - first)) * (right - left) : (left + right) / 2;
  const y = (value: number) => bottom - (most > 0 ? value / most : 0) * (bottom - top);
  const lineOf = (kind: TrendKind) =>
    counts
      .map(({ [kind]: value }, index) => {
        const isStart = index === 0 || counts[index - 1]?.[kind] === null;
        return value === null
          ? ''
          : `${isStart ? 'M' : 'L'}${x(times[index] ?? 0).toFixed(1)},${y(value).toFixed(1)}`;
      })
      .join('');
  const active = lineOf('active');
  const isWhole = counts.every(({ active: value }) => value !== null);
  return {
    lines: { purchased: lineOf('purchased'), assigned: lineOf('assigned'), active },
    area:
      isWhole && counts.length > 1
        ? `${active}L${right.toFixed(1)},${bottom}L${left.toFixed(1)},${bottom}Z`
        : '',
    places: times.map((time) => ({ x: x(time), width: (right - left) / Math.max(times.length, 1) })),
    topY: y(most),
  };
}

/** The largest value of the trend: what its axis ends with. */
export function mostOf(counts: readonly SeatCounts[]): number {
  return counts.reduce(
    (most, count) => trendKinds.reduce((largest, kind) => Math.max(largest, count[kind] ?? 0), most),
    0,
  );
}

/** A day where the trend is made of days, else with the time of day. */
export function timeText(time: number | null, counts: readonly SeatCounts[], timeZone: TimeZone): string {
  if (time === null) {
    return '';
  }
  const clock = (value: number | null) => dateTimeFormat(value ?? 0, { timeZone, format: 'HH:mm' });
  const isDaily = counts.every(({ time: value }) => clock(value) === '00:00');
  return dateTimeFormat(time, { timeZone, format: isDaily ? 'YYYY-MM-DD' : 'YYYY-MM-DD HH:mm' });
}
