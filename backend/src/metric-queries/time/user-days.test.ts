import type { Interval } from '@coditect/contracts';
import { layOutBuckets } from './buckets.js';
import { layOutUserDays, layOutUserPeriods, type UserDays } from './user-days.js';
import { findZone } from './zone.js';

function layOut(from: string, to: string, window: number, timeZone: string): UserDays | undefined {
  const zone = findZone(timeZone);
  if (zone === undefined) throw new Error(`no zone ${timeZone}`);
  const range = { fromMs: Date.parse(from), toMs: Date.parse(to) };
  return layOutUserDays(layOutBuckets(range, '1d', zone), range.toMs, window, zone);
}

const dayOf = (text: string): number => Date.parse(`${text}T00:00:00Z`) / 86_400_000;

describe('layOutUserDays', () => {
  it('reaches back for the whole window, and answers for the days asked', () => {
    const days = layOut('2026-03-10T00:00:00Z', '2026-03-12T00:00:00Z', 7, 'UTC');
    expect(days).toMatchObject({ firstUtcDay: dayOf('2026-03-04'), localDays: 8, answerDays: [6, 7] });
    expect(days?.cuts).toHaveLength(8);
    expect(days?.cuts[0]).toEqual({ before: 0, after: 0, quarters: 96 });
  });

  it('cuts UTC days where local days begin', () => {
    // A day in Kolkata begins at 18:30 UTC: after 74 quarter hours.
    const days = layOut('2026-03-09T18:30:00Z', '2026-03-10T18:30:00Z', 1, 'Asia/Kolkata');
    expect(days).toEqual({
      firstUtcDay: dayOf('2026-03-09'),
      cuts: [
        { before: -1, after: 0, quarters: 74 },
        { before: 0, after: 1, quarters: 74 },
      ],
      localDays: 1,
      firstLocalDay: dayOf('2026-03-10'),
      dayStartsMs: [Date.parse('2026-03-09T18:30:00Z'), Date.parse('2026-03-10T18:30:00Z')],
      answerDays: [0],
    });
  });

  it('moves the cut when the clock changes', () => {
    const days = layOut('2026-03-27T23:00:00Z', '2026-03-30T22:00:00Z', 1, 'Europe/Berlin');
    expect(days?.cuts.map((cut) => cut.quarters)).toEqual([92, 92, 88, 88]);
  });

  it('knows a day of 23 hours that begins and ends in one UTC day', () => {
    const days = layOut('2026-03-28T00:00:00Z', '2026-03-30T23:00:00Z', 1, 'Europe/London');
    expect(days?.cuts).toEqual([
      { before: 0, after: 0, quarters: 96 },
      { before: 1, after: 2, quarters: 92 },
      { before: 2, after: 3, quarters: 92 },
    ]);
  });

  it('gives the hours around a skipped day to the days that were lived', () => {
    const days = layOut('2011-12-29T10:00:00Z', '2012-01-01T10:00:00Z', 1, 'Pacific/Apia');
    // 29, (30), 31 December and 1 January: the day without hours keeps its number and nobody's events.
    expect(days?.cuts.map(({ before, after }) => [before, after])).toEqual([
      [-1, 0],
      [0, 2],
      [2, 3],
      [3, 4],
    ]);
    expect(days?.answerDays).toEqual([0, 2, 3]);
  });

  it('knows that it can not cut a day that begins between quarter hours', () => {
    expect(layOut('1971-06-01T00:00:00Z', '1971-06-02T00:00:00Z', 1, 'Africa/Monrovia')).toBeUndefined();
  });
});

describe('layOutUserPeriods', () => {
  function layOutPeriods(
    from: string,
    to: string,
    interval: Interval,
    timeZone: string,
  ): UserDays | undefined {
    const zone = findZone(timeZone);
    if (zone === undefined) throw new Error(`no zone ${timeZone}`);
    const range = { fromMs: Date.parse(from), toMs: Date.parse(to) };
    return layOutUserPeriods(layOutBuckets(range, interval, zone), range, zone);
  }

  it('gives each local day of the range to its bucket, and reaches back for none', () => {
    // From Friday noon to Tuesday noon.
    const weeks = layOutPeriods('2026-03-27T12:00:00Z', '2026-03-31T12:00:00Z', '1w', 'Europe/Berlin');
    expect(weeks).toMatchObject({
      firstLocalDay: dayOf('2026-03-27'),
      localDays: 5,
      periodOfDay: [0, 0, 0, 1, 1],
      answerDays: [0, 1],
    });
    const days = layOutPeriods('2026-03-27T12:00:00Z', '2026-03-29T12:00:00Z', '1d', 'Europe/Berlin');
    expect(days).toMatchObject({ periodOfDay: [0, 1, 2], answerDays: [0, 1, 2] });
  });

  it('gives a day that a zone skipped nobody', () => {
    const days = layOutPeriods('2011-12-29T10:00:00Z', '2012-01-01T10:00:00Z', '1d', 'Pacific/Apia');
    expect(days?.answerDays).toEqual([0, 1, 2]);
    expect(days?.periodOfDay).toEqual([0, 0, 1, 2]);
  });
});
