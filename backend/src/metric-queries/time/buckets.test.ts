import type { Interval } from '@coditect/contracts';
import { estimateBuckets, findStep, lastFinished, layOutBuckets, type Buckets } from './buckets.js';
import { findZone } from './zone.js';

function layOut(from: string, to: string, interval: Interval, timeZone: string): Buckets {
  const zone = findZone(timeZone);
  if (zone === undefined) throw new Error(`no zone ${timeZone}`);
  return layOutBuckets({ fromMs: Date.parse(from), toMs: Date.parse(to) }, interval, zone);
}

const isoStarts = ({ startsMs }: Buckets): string[] =>
  startsMs.map((start) => new Date(start).toISOString().slice(0, 16));
const widthsInMinutes = ({ startsMs, endMs }: Buckets): number[] =>
  startsMs.map((start, index) => ((startsMs[index + 1] ?? endMs) - start) / 60_000);

describe('layOutBuckets', () => {
  it('begins with the bucket that contains the start of the range', () => {
    const buckets = layOut('2026-03-10T10:07:31.250Z', '2026-03-10T10:31:00Z', '15m', 'UTC');
    expect(isoStarts(buckets)).toEqual(['2026-03-10T10:00', '2026-03-10T10:15', '2026-03-10T10:30']);
  });

  it('has no bucket for an end that only touches it', () => {
    expect(layOut('2026-03-10T10:00:00Z', '2026-03-10T11:00:00Z', '1h', 'UTC').startsMs).toHaveLength(1);
  });

  it.each([
    ['Asia/Kolkata', '2026-03-10T09:30'],
    ['Asia/Kathmandu', '2026-03-10T09:15'],
    ['Europe/Berlin', '2026-03-10T10:00'],
  ])('aligns hours with the clocks of %s', (zone, first) => {
    const buckets = layOut('2026-03-10T10:05:00Z', '2026-03-10T12:00:00Z', '1h', zone);
    expect(isoStarts(buckets)[0]).toBe(first);
    expect(new Set(widthsInMinutes(buckets))).toEqual(new Set([60]));
  });

  it.each([
    ['Europe/Berlin', '2026-03-28T23:00:00Z', 23 * 60],
    ['Europe/Berlin', '2026-10-24T22:00:00Z', 25 * 60],
    ['America/New_York', '2026-03-08T05:00:00Z', 23 * 60],
    ['America/New_York', '2026-11-01T04:00:00Z', 25 * 60],
    ['Australia/Lord_Howe', '2026-04-04T13:00:00Z', 24.5 * 60],
    ['Australia/Lord_Howe', '2026-10-03T13:30:00Z', 23.5 * 60],
  ])('gives a day in %s from %s the minutes that it has', (zone, from, minutes) => {
    const buckets = layOut(from, new Date(Date.parse(from) + 1).toISOString(), '1d', zone);
    expect(widthsInMinutes(buckets)).toEqual([minutes]);
    expect(buckets.startsMs).toEqual([Date.parse(from)]);
  });

  it('keeps the two hours of an autumn night apart', () => {
    // 02:00 comes twice in Berlin: at 00:00Z and at 01:00Z.
    const buckets = layOut('2026-10-25T00:00:00Z', '2026-10-25T02:00:00Z', '1h', 'Europe/Berlin');
    expect(isoStarts(buckets)).toEqual(['2026-10-25T00:00', '2026-10-25T01:00']);
  });

  it('cuts an hour where the clock jumps by half of one', () => {
    // At 02:00 the clock of Lord Howe Island goes back to 01:30; at 02:00 in October it goes on to 02:30.
    const autumn = layOut('2026-04-04T14:00:00Z', '2026-04-04T17:30:00Z', '1h', 'Australia/Lord_Howe');
    expect(isoStarts(autumn)).toEqual([
      '2026-04-04T14:00',
      '2026-04-04T15:00',
      '2026-04-04T15:30',
      '2026-04-04T16:30',
    ]);
    const spring = layOut('2026-10-03T14:30:00Z', '2026-10-03T17:00:00Z', '1h', 'Australia/Lord_Howe');
    expect(isoStarts(spring)).toEqual(['2026-10-03T14:30', '2026-10-03T15:30', '2026-10-03T16:00']);
  });

  it('begins with the jump when the range begins in the half hour after it', () => {
    const buckets = layOut('2026-04-04T15:10:00Z', '2026-04-04T16:00:00Z', '1h', 'Australia/Lord_Howe');
    expect(isoStarts(buckets)).toEqual(['2026-04-04T15:00', '2026-04-04T15:30']);
  });

  it('begins weeks on Monday and months on the first, in the zone', () => {
    expect(isoStarts(layOut('2026-03-10T00:00:00Z', '2026-03-20T00:00:00Z', '1w', 'Asia/Kolkata'))).toEqual([
      '2026-03-08T18:30',
      '2026-03-15T18:30',
    ]);
    expect(isoStarts(layOut('2026-01-31T23:30:00Z', '2026-03-01T00:00:00Z', '1M', 'Europe/Berlin'))).toEqual([
      '2026-01-31T23:00',
      '2026-02-28T23:00',
    ]);
  });

  it('has no bucket for a day that a zone skipped', () => {
    const buckets = layOut('2011-12-29T12:00:00Z', '2012-01-01T00:00:00Z', '1d', 'Pacific/Apia');
    expect(isoStarts(buckets)).toEqual(['2011-12-29T10:00', '2011-12-30T10:00', '2011-12-31T10:00']);
  });

  it('covers the range without gap or overlap, whatever the interval and the zone', () => {
    const intervals: readonly Interval[] = ['5m', '15m', '1h', '1d', '1w', '1M'];
    for (const zone of [
      'UTC',
      'Europe/Berlin',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
    ]) {
      for (const interval of intervals) {
        const buckets = layOut('2026-03-27T03:04:05Z', '2026-04-06T01:02:03Z', interval, zone);
        const [first = Infinity] = buckets.startsMs;
        expect(first).toBeLessThanOrEqual(Date.parse('2026-03-27T03:04:05Z'));
        expect(buckets.endMs).toBeGreaterThanOrEqual(Date.parse('2026-04-06T01:02:03Z'));
        expect(Math.min(...widthsInMinutes(buckets))).toBeGreaterThan(0);
      }
    }
  });
});

describe('findStep', () => {
  it('finds one for equal buckets and none across a change of the clock', () => {
    expect(findStep(layOut('2026-03-01T00:00:00Z', '2026-03-05T00:00:00Z', '1d', 'UTC'))).toBe(86_400_000);
    expect(
      findStep(layOut('2026-03-28T00:00:00Z', '2026-03-31T00:00:00Z', '1d', 'Europe/Berlin')),
    ).toBeUndefined();
  });
});

describe('lastFinished', () => {
  const buckets = layOut('2026-03-10T00:00:00Z', '2026-03-10T04:00:00Z', '1h', 'UTC');
  it('is the end of the last bucket that is over', () => {
    expect(lastFinished(buckets, Date.parse('2026-03-10T02:59:59Z'))).toBe(
      Date.parse('2026-03-10T02:00:00Z'),
    );
    expect(lastFinished(buckets, Date.parse('2026-03-10T04:00:00Z'))).toBe(
      Date.parse('2026-03-10T04:00:00Z'),
    );
  });
});

describe('estimateBuckets', () => {
  it('refuses a range of years in minutes without laying it out', () => {
    expect(estimateBuckets({ fromMs: 0, toMs: 3_660 * 86_400_000 }, '1m')).toBeGreaterThan(5_000_000);
  });
});
