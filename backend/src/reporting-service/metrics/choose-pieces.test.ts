import { layOutBuckets, type Range } from '../../metric-queries/time/buckets.js';
import { findZone, type Zone } from '../../metric-queries/time/zone.js';
import type { Piece } from '../../storage/timescale/queries/pieces.js';
import { choosePieces, type Rolled } from './choose-pieces.js';

const dayMs = 86_400_000;
const hourMs = 3_600_000;

function zoneOf(name: string): Zone {
  const zone = findZone(name);
  if (zone === undefined) throw new Error(name);
  return zone;
}

const at = (text: string): number => Date.parse(text);
const dayOf = (text: string): number => at(`${text}T00:00:00Z`) / dayMs;

function rolled(own: Partial<Rolled> = {}): Rolled {
  return {
    zone: zoneOf('UTC'),
    closedUntilDay: dayOf('2026-03-20'),
    zoneSinceDay: 0,
    pastZones: [],
    keptFromDay: undefined,
    open: [],
    ...own,
  };
}

function tablesOf(from: string, to: string, own?: Partial<Rolled>, boundariesMs: number[] = []): string[] {
  const pieces = choosePieces({ fromMs: at(from), toMs: at(to), boundariesMs, rolled: rolled(own) });
  return pieces.map(({ table, fromMs, toMs }) => `${table} ${toText(fromMs)} ${toText(toMs)}`);
}

const toText = (ms: number): string => new Date(ms).toISOString().slice(5, 16);

describe('the pieces of a range', () => {
  it('are months, then days, then hours, then single events', () => {
    expect(tablesOf('2026-01-30T22:30:00Z', '2026-03-21T02:10:00Z')).toEqual([
      'landing 01-30T22:30 01-30T23:00',
      'hour 01-30T23:00 01-31T00:00',
      'day 01-31T00:00 02-01T00:00',
      'month 02-01T00:00 03-01T00:00',
      'day 03-01T00:00 03-20T00:00',
      'hour 03-20T00:00 03-21T02:00',
      'landing 03-21T02:00 03-21T02:10',
    ]);
  });

  it('are weeks where weeks are asked for', () => {
    const weeks = ['2026-02-23', '2026-03-02', '2026-03-09'].map((day) => at(`${day}T00:00:00Z`));
    expect(tablesOf('2026-02-25T00:00:00Z', '2026-03-16T00:00:00Z', {}, weeks)).toEqual([
      'day 02-25T00:00 03-02T00:00',
      'week 03-02T00:00 03-16T00:00',
    ]);
  });

  it('are events in the hours that are not rolled up yet, and hours around them', () => {
    const open = [{ fromMs: at('2026-03-10T07:00:00Z'), toMs: at('2026-03-10T08:00:00Z') }];
    expect(tablesOf('2026-03-09T00:00:00Z', '2026-03-12T00:00:00Z', { open })).toEqual([
      'day 03-09T00:00 03-10T00:00',
      'hour 03-10T00:00 03-10T07:00',
      'landing 03-10T07:00 03-10T08:00',
      'hour 03-10T08:00 03-11T00:00',
      'day 03-11T00:00 03-12T00:00',
    ]);
  });

  it('are hours where days were cut in another zone', () => {
    const zoneSinceDay = dayOf('2026-03-11');
    expect(tablesOf('2026-03-10T00:00:00Z', '2026-03-12T00:00:00Z', { zoneSinceDay })).toEqual([
      'hour 03-10T00:00 03-11T00:00',
      'day 03-11T00:00 03-12T00:00',
    ]);
  });

  it('are single events where another zone had other hours', () => {
    const own = { zoneSinceDay: dayOf('2026-03-11'), pastZones: [zoneOf('Asia/Kolkata')] };
    expect(tablesOf('2026-03-10T00:00:00Z', '2026-03-12T00:00:00Z', own)).toEqual([
      'landing 03-10T00:00 03-11T00:00',
      'day 03-11T00:00 03-12T00:00',
    ]);
  });

  it('are days where a month or a week lost its first days', () => {
    const own = { keptFromDay: dayOf('2026-02-10') };
    expect(tablesOf('2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z', own)).toEqual([
      'day 02-01T00:00 03-01T00:00',
    ]);
  });

  it('are single events before the first rollup', () => {
    const pieces = choosePieces({ fromMs: 5, toMs: 9, boundariesMs: [7], rolled: undefined });
    expect(pieces).toEqual([{ table: 'landing', fromMs: 5, toMs: 9 }]);
  });
});

/** A small generator with a seed: the same numbers in every run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const zones = [
  'UTC',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Pacific/Apia',
];
const intervals = ['15m', '1h', '1d', '1w', '1M'] as const;

/** Starts of the rows that a piece reads, with their ends. */
function rowsOf({ table, fromMs, toMs }: Piece, zone: Zone): Range[] {
  const interval = (
    { hour: '1h', day: '1d', week: '1w', month: '1M', landing: '15m', checks: '1d' } as const
  )[table];
  const { startsMs, endMs } = layOutBuckets({ fromMs, toMs }, interval, zone);
  return startsMs.map((start, index) => ({ fromMs: start, toMs: startsMs[index + 1] ?? endMs }));
}

describe('whatever is asked in whatever zone', () => {
  it.each(zones.map((name, index) => [name, index + 1] as const))(
    'each instant is read once, and no row straddles a boundary or an end (%s)',
    (name, seed) => {
      const random = createRandom(seed);
      for (let round = 0; round < 15; round += 1) {
        const zone = zoneOf(name);
        const asked = zoneOf(zones[random(zones.length)] ?? 'UTC');
        const fromMs = at('2025-09-01T00:00:00Z') + random(200 * 24 * 60) * 60_000;
        const toMs = fromMs + 1 + random(60 * dayMs);
        const interval = intervals[random(intervals.length)] ?? '1d';
        const boundariesMs =
          random(3) === 0 ? [] : [...layOutBuckets({ fromMs, toMs }, interval, asked).startsMs];
        const openAt = Math.floor((fromMs + random(toMs - fromMs)) / hourMs) * hourMs;
        const open = random(2) === 0 ? [] : [{ fromMs: openAt, toMs: openAt + hourMs }];
        const closedUntilDay = zone.localDayOf(fromMs) + random(70);
        const state = { zone, closedUntilDay, zoneSinceDay: 0, pastZones: [], keptFromDay: undefined, open };
        const pieces = choosePieces({ fromMs, toMs, boundariesMs, rolled: state });
        expect(pieces[0]?.fromMs).toBe(fromMs);
        expect(pieces.at(-1)?.toMs).toBe(toMs);
        expect(pieces.slice(1).every((piece, index) => piece.fromMs === pieces[index]?.toMs)).toBe(true);
        const wrong = pieces
          .filter(({ table }) => table !== 'landing')
          .flatMap((piece) =>
            rowsOf(piece, zone).filter(
              (row) =>
                row.fromMs < piece.fromMs ||
                row.toMs > piece.toMs ||
                boundariesMs.some((boundary) => boundary > row.fromMs && boundary < row.toMs) ||
                open.some((range) => range.fromMs < row.toMs && range.toMs > row.fromMs) ||
                (piece.table !== 'hour' && row.toMs > zone.startOfLocalDay(closedUntilDay)),
            ),
          );
        expect(wrong).toEqual([]);
      }
    },
  );
});
