import { findZone, type Zone } from '../../metric-queries/time/zone.js';
import { monthOf, monthsOf } from '../budgets/month.js';
import { layOutBudget } from './budget.js';

const hourMs = 3_600_000;

function zoneOf(name: string): Zone {
  const zone = findZone(name);
  if (zone === undefined) throw new Error(`no zone ${name}`);
  return zone;
}
const berlin = zoneOf('Europe/Berlin');
const at = (text: string): number => Date.parse(text);

describe('a month of a zone', () => {
  it('has days of 23 and 25 hours where the clock changes', () => {
    const march = monthOf(at('2026-03-31T21:59:59Z'), berlin);
    expect(march.name).toBe('2026-03');
    expect([march.startMs, march.endMs]).toEqual([at('2026-02-28T23:00:00Z'), at('2026-03-31T22:00:00Z')]);
    expect(march.days.startsMs).toHaveLength(31);
    expect((march.days.startsMs[29] ?? 0) - (march.days.startsMs[28] ?? 0)).toBe(23 * hourMs);
    const october = monthOf(at('2026-10-31T22:59:59Z'), berlin);
    expect(october.days.startsMs).toHaveLength(31);
    expect((october.days.startsMs[25] ?? 0) - (october.days.startsMs[24] ?? 0)).toBe(25 * hourMs);
  });

  it('begins and ends with the zone', () => {
    expect(monthOf(at('2026-03-31T22:00:00Z'), berlin).name).toBe('2026-04');
    expect(monthOf(at('2026-03-31T22:00:00Z'), zoneOf('UTC')).name).toBe('2026-03');
    const span = { fromMs: at('2026-02-28T22:59:59Z'), toMs: at('2026-04-30T22:00:00Z') };
    expect(monthsOf(span, berlin).map(({ name }) => name)).toEqual(['2026-02', '2026-03', '2026-04']);
  });

  it('leaves out a day that the zone skipped', () => {
    expect(monthOf(at('2011-12-15T00:00:00Z'), zoneOf('Pacific/Apia')).days.startsMs).toHaveLength(30);
  });
});

describe('a month against its budget', () => {
  const march = monthOf(at('2026-03-15T12:00:00Z'), berlin);
  /** Ten a day, from February on. */
  function costsUntil(endMs: number): Map<number, number> {
    const starts = [...monthOf(at('2026-02-15T12:00:00Z'), berlin).days.startsMs, ...march.days.startsMs];
    return new Map(starts.filter((startMs) => startMs < endMs).map((startMs) => [startMs, 10]));
  }

  it('sums the days up, and forecasts those to come', () => {
    // The 29th has 23 hours: at 12:00 local time 11 have passed and 12 are to come.
    const asOfMs = at('2026-03-29T10:00:00Z');
    const costs = costsUntil(asOfMs);
    costs.set(march.days.startsMs[28] ?? 0, 4);
    const { rows } = layOutBudget(march, costs, { monthlyUsd: 300, asOfMs, zone: berlin });
    expect(rows).toHaveLength(31);
    expect(rows[0]).toEqual(['2026-02-28T23:00:00.000Z', 10, 10, 300, null, null, null]);
    expect(rows[27]).toEqual(['2026-03-27T23:00:00.000Z', 10, 280, 300, null, null, null]);
    const today = 284 + (12 / 23) * 10;
    const cells = rows.slice(28).map((row) => row.slice(1));
    expect(cells.map(([cost, spent]) => [cost, spent])).toEqual([
      [4, 284],
      [null, null],
      [null, null],
    ]);
    for (const [index, expected] of [today, today + 10, today + 20].entries()) {
      for (const cell of (cells[index] ?? []).slice(3)) expect(cell).toBeCloseTo(expected, 9);
    }
  });

  it('has no forecast once it is over, and no sums before it has begun', () => {
    const over = layOutBudget(march, costsUntil(march.endMs), {
      monthlyUsd: null,
      asOfMs: march.endMs,
      zone: berlin,
    });
    expect(over.rows.at(-1)).toEqual(['2026-03-30T22:00:00.000Z', 10, 310, null, null, null, null]);
    expect(over.isForecastUnknown).toBe(false);
    const asOfMs = at('2026-02-27T23:00:00Z');
    const ahead = layOutBudget(march, costsUntil(asOfMs), { monthlyUsd: 300, asOfMs, zone: berlin });
    expect(ahead.rows[0]).toEqual(['2026-02-28T23:00:00.000Z', null, null, 300, 10, 10, 10]);
    expect(ahead.rows.at(-1)?.slice(1)).toEqual([null, null, 300, 310, 310, 310]);
  });

  it('says when there is nothing to forecast from', () => {
    const asOfMs = at('2026-03-10T12:00:00Z');
    const { isForecastUnknown, rows } = layOutBudget(march, new Map(), {
      monthlyUsd: 1,
      asOfMs,
      zone: berlin,
    });
    expect(isForecastUnknown).toBe(true);
    expect(rows[9]?.slice(1)).toEqual([0, 0, 1, null, null, null]);
    expect(rows[10]?.slice(1)).toEqual([null, null, 1, null, null, null]);
  });
});
