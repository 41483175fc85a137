import { createEventRates, type EventRates } from './event-rate.js';

const rate = { eventsPerSecond: 100, eventsBurst: 500 };
let nowMs: number;
let rates: EventRates;

beforeEach(() => {
  nowMs = 0;
  rates = createEventRates(() => nowMs);
});

/** Events that come through in so many milliseconds from who tries again and again, at each. */
function flood(events: number, ms: number): number {
  let through = 0;
  for (const untilMs = nowMs + ms; nowMs < untilMs; nowMs += 1)
    if (rates.take('acme', rate, events) === 0) through += events;
  return through;
}

describe('rate of events', () => {
  it('lets a burst through at once, and then no more than the rate', () => {
    expect(flood(10, 100)).toBe(510);
    expect(flood(10, 60_000)).toBe(6_000);
  });

  it('lets a batch through that is larger than the burst, and keeps to the rate over time', () => {
    expect(flood(1_000, 100_000)).toBeLessThanOrEqual(500 + 10_000 + 1_000);
    expect(flood(1_000, 100_000)).toBe(10_000);
  });

  it('says how long to wait, to the millisecond', () => {
    expect(rates.take('acme', rate, 600)).toBe(0);
    expect(rates.waitMs('acme', rate)).toBe(1_010);
    expect(rates.take('acme', rate, 1)).toBe(1_010);
    nowMs = 1_009;
    expect(rates.waitMs('acme', rate)).toBe(1);
    nowMs = 1_010;
    expect(rates.take('acme', rate, 1)).toBe(0);
  });

  it('gives back what was not taken in, up to the burst', () => {
    rates.take('acme', rate, 700);
    rates.giveBack('acme', 700);
    expect(rates.waitMs('acme', rate)).toBe(0);
    rates.giveBack('acme', 10_000);
    expect(flood(1, 1)).toBe(1);
    expect(rates.take('acme', rate, 500)).toBe(0);
    expect(rates.waitMs('acme', rate)).toBeGreaterThan(0);
  });

  it('keeps tenants apart', () => {
    rates.take('acme', rate, 10_000);
    expect(rates.waitMs('acme', rate)).toBeGreaterThan(0);
    expect(rates.waitMs('globex', rate)).toBe(0);
  });

  it('counts by another rate as soon as there is one, and by none where there is no limit', () => {
    rates.take('acme', rate, 600);
    expect(rates.waitMs('acme', { ...rate, eventsPerSecond: 1_000 })).toBe(101);
    expect(rates.waitMs('acme', { ...rate, eventsPerSecond: null })).toBe(0);
    expect(rates.take('acme', { ...rate, eventsPerSecond: null }, 1_000_000)).toBe(0);
  });
});
