import type { RollupState, StoredDay } from '../../storage/timescale/queries/rollup-state.js';
import { chooseUserPeriods } from './choose-user-periods.js';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const at = (text: string): number => Date.parse(`2026-03-${text}Z`);

const fresh: RollupState = {
  timeZone: 'UTC',
  pastTimeZones: [],
  closedUntilDay: 0,
  zoneSinceDay: 0,
  keptFromDay: undefined,
  openHoursMs: [],
  droppedDays: [],
};

/** Days of UTC, or of a zone so many hours east of it. */
function daysFrom(
  first: number,
  last: number,
  own: { east?: number; isDropped?: boolean } = {},
): StoredDay[] {
  const { east = 0, isDropped = false } = own;
  return Array.from({ length: last - first + 1 }, (_unused, index): StoredDay => {
    const utcMs = Date.UTC(2026, 2, first + index);
    const fromMs = utcMs - east * hourMs;
    return { day: utcMs / dayMs, fromMs, toMs: fromMs + dayMs, isDropped };
  });
}

function choose(days: StoredDay[], isFromBefore = false, state: Partial<RollupState> = {}): string[] {
  const periods = { startsMs: [at('02T00:00:00'), at('09T00:00:00')], endMs: at('16T00:00:00') };
  const chosen = chooseUserPeriods(periods, isFromBefore, { ...fresh, ...state }, days);
  const { storedDays, landedParts } = chosen;
  return [
    ...storedDays.map(({ period, firstDate, lastDate }) => `${period} days ${firstDate} ${lastDate}`),
    ...landedParts.map(({ period, fromMs, toMs }) => `${period} landing ${toText(fromMs)} ${toText(toMs)}`),
  ];
}

const toText = (ms: number): string =>
  Number.isFinite(ms) ? new Date(ms).toISOString().slice(5, 16) : 'always';

describe('where the users of periods are read', () => {
  it('is landing before anything is rolled up', () => {
    expect(choose([], true)).toEqual([
      '-1 landing always 03-02T00:00',
      '0 landing 03-02T00:00 03-09T00:00',
      '1 landing 03-09T00:00 03-16T00:00',
    ]);
  });

  it('is the days that are rolled up, and landing for those that are not yet', () => {
    expect(choose([...daysFrom(1, 4), ...daysFrom(6, 10)], true)).toEqual([
      '-1 days 2026-03-01 2026-03-01',
      '0 days 2026-03-02 2026-03-04',
      '0 days 2026-03-06 2026-03-08',
      '1 days 2026-03-09 2026-03-10',
      '-1 landing always 03-01T00:00',
      '0 landing 03-05T00:00 03-06T00:00',
      '1 landing 03-11T00:00 03-16T00:00',
    ]);
  });

  it('adds the hours of a day in which more has landed since, also where its events are gone', () => {
    const openHoursMs = [at('03T07:00:00'), at('12T23:00:00')];
    expect(choose(daysFrom(2, 15, { isDropped: true }), false, { openHoursMs })).toEqual([
      '0 days 2026-03-02 2026-03-08',
      '1 days 2026-03-09 2026-03-15',
      '0 landing 03-03T07:00 03-03T08:00',
      '1 landing 03-12T23:00 03-13T00:00',
    ]);
  });

  it('is landing for the days of another zone in which a period begins or ends', () => {
    expect(choose(daysFrom(1, 17, { east: 6 }))).toEqual([
      '0 days 2026-03-03 2026-03-08',
      '1 days 2026-03-10 2026-03-15',
      '0 landing 03-02T00:00 03-02T18:00',
      '0 landing 03-08T18:00 03-09T00:00',
      '1 landing 03-09T00:00 03-09T18:00',
      '1 landing 03-15T18:00 03-16T00:00',
    ]);
  });

  it('is nowhere when the events of such a day are gone', () => {
    const days = daysFrom(1, 17, { east: 6 });
    const gone = days.map((day) => ({ ...day, isDropped: day.fromMs < at('05T00:00:00') }));
    expect(() => choose(gone)).toThrow('Single events before 2026-03-05T18:00:00.000Z are no longer kept');
  });

  it('is nothing before the first day that is kept', () => {
    const keptFromDay = at('04T00:00:00') / dayMs;
    expect(choose(daysFrom(4, 15), true, { keptFromDay })).toEqual([
      '0 days 2026-03-04 2026-03-08',
      '1 days 2026-03-09 2026-03-15',
    ]);
  });
});
