import { eventDataSchemas } from '@coditect/contracts';
import { isOutage } from './incidents.js';
import { demoTenants, type TenantProfile } from './profile.js';
import type { SimulatedEvent } from './recorder.js';
import { localDay, localDayNumber } from './rhythm.js';
import { createTimeline, eventsBetween } from './timeline.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const untilMs = Date.parse('2026-11-22T12:00:00Z');
const fromMs = untilMs - 30 * dayMs;
const seed = 'test';

function profileOf(id: string): TenantProfile {
  const profile = demoTenants.find((tenant) => tenant.id === id);
  if (profile === undefined) throw new Error(`no profile ${id}`);
  return profile;
}

function optionsOf(id: string) {
  return { profile: profileOf(id), seed, adoptionFromMs: fromMs };
}

function ofType(events: readonly SimulatedEvent[], short: string): SimulatedEvent[] {
  return events.filter((event) => event.type === `ai.coditect.${short}.v1`);
}

function localHour(event: SimulatedEvent, timeZone: string): number {
  const text = new Date(event.time).toLocaleString('en-GB', { timeZone, hour: '2-digit', hour12: false });
  return Number(text) % 24;
}

/** Distinct people of a local date. */
function usersOn(events: readonly SimulatedEvent[], timeZone: string, date: string): number {
  const day = localDay(timeZone, Date.parse(date) / dayMs);
  const [from, to] = [new Date(day.startMs).toISOString(), new Date(day.endMs).toISOString()];
  const ofDay = events.filter((event) => event.time >= from && event.time < to);
  return new Set(ofDay.map((event) => event.data.userId)).size;
}

function sumBy(events: readonly SimulatedEvent[], keyOf: (event: SimulatedEvent) => unknown, field: string) {
  const sums = new Map<unknown, number>();
  for (const event of events) {
    sums.set(keyOf(event), (sums.get(keyOf(event)) ?? 0) + Number(event.data[field] ?? 0));
  }
  return sums;
}

function ratio(part: readonly unknown[], whole: readonly unknown[]): number {
  return part.length / whole.length;
}

function quantile(values: readonly number[], fraction: number): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length * fraction)] ?? Number.NaN;
}

describe('a time line', () => {
  const twoDays = [untilMs - 5 * dayMs, untilMs - 3 * dayMs] as const;

  it('repeats every event, to the last field, from the same seed', () => {
    const first = [...eventsBetween(optionsOf('globex'), ...twoDays)];
    const second = [...eventsBetween(optionsOf('globex'), ...twoDays)];
    expect(first.length).toBeGreaterThan(3_000);
    expect(second).toEqual(first);
  });

  it('tells another story, with other identities, from another seed', () => {
    const first = new Set([...eventsBetween(optionsOf('globex'), ...twoDays)].map((event) => event.id));
    const other = [...eventsBetween({ ...optionsOf('globex'), seed: 'other' }, ...twoDays)];
    expect(other.filter((event) => first.has(event.id))).toEqual([]);
  });

  it.each(demoTenants.map((tenant) => tenant.id))('of %s is the same in slices as in one piece', (id) => {
    const [start, end] = twoDays;
    const whole = [...eventsBetween(optionsOf(id), start, end)];
    const sliced: SimulatedEvent[] = [];
    const timeline = createTimeline(optionsOf(id));
    for (let at = start; at < end; at += 13 * minuteMs + 7) {
      sliced.push(...timeline.between(at, Math.min(end, at + 13 * minuteMs + 7)));
    }
    expect(sliced).toEqual(whole);
  });

  it('does not depend on what was asked before', () => {
    const timeline = createTimeline(optionsOf('initech'));
    const [start, end] = twoDays;
    const first = [...timeline.between(start, end)];
    for (let day = 10; day < 20; day += 1)
      void [...timeline.between(untilMs - day * dayMs, untilMs - (day - 1) * dayMs)];
    expect([...timeline.between(start, end)]).toEqual(first);
  });

  it('keeps the identity of people and events when the roll-out is dated otherwise', () => {
    const [start, end] = twoDays;
    const key = (event: SimulatedEvent) => `${event.source} ${event.id}`;
    const many = new Set([...eventsBetween(optionsOf('globex'), start, end)].map(key));
    const later = { ...optionsOf('globex'), adoptionFromMs: start - 2 * dayMs };
    const few = [...eventsBetween(later, start, end)].filter((event) => !event.type.includes('.licence.'));
    expect(few.length).toBeLessThan(many.size);
    expect(few.filter((event) => !many.has(key(event))).length).toBe(0);
  });

  it('is empty where a slice is', () => {
    expect([...eventsBetween(optionsOf('acme'), untilMs, untilMs)]).toEqual([]);
    expect([...eventsBetween(optionsOf('acme'), untilMs, untilMs - 1)]).toEqual([]);
  });
});

describe('30 days of three tenants', () => {
  const all = new Map<string, SimulatedEvent[]>();
  const eventsOf = (id: string): SimulatedEvent[] => all.get(id) ?? [];

  beforeAll(() => {
    for (const { id } of demoTenants) all.set(id, [...eventsBetween(optionsOf(id), fromMs, untilMs)]);
  });

  it('are 400,000 to 520,000 events', () => {
    const total = [...all.values()].reduce((sum, events) => sum + events.length, 0);
    expect(total).toBeGreaterThan(400_000);
    expect(total).toBeLessThan(520_000);
  });

  it('hold no event outside the slice, none twice, and all by time', () => {
    for (const events of all.values()) {
      const times = events.map((event) => Date.parse(event.time));
      expect(times.every((time) => time >= fromMs && time < untilMs)).toBe(true);
      expect(times.every((time, index) => index === 0 || time >= (times[index - 1] ?? 0))).toBe(true);
      expect(new Set(events.map((event) => `${event.source} ${event.id}`)).size).toBe(events.length);
    }
  });

  it('hold only events that the contracts know and accept', () => {
    const refused: unknown[] = [];
    for (const events of all.values()) {
      // The last weeks hold every kind of day and of incident; the first day holds the purchase of seats.
      for (const event of events.filter(({ time }) => time < '2026-10-25' || time > '2026-11-11')) {
        const parsed = eventDataSchemas[event.type].safeParse(event.data);
        if (!parsed.success) refused.push([event.type, parsed.error.issues]);
      }
    }
    expect(refused.slice(0, 3)).toEqual([]);
  });

  it('hold every known type but those of other producers', () => {
    const seen = new Set(eventsOf('acme').map((event) => event.type));
    const missing = Object.keys(eventDataSchemas).filter(
      (type) => ![...seen].some((known) => known === type),
    );
    expect(missing).toEqual([
      'ai.coditect.agent.model.called.v1',
      'ai.coditect.agent.tool.decided.v1',
      'ai.coditect.agent.prompt.submitted.v1',
    ]);
  });

  it.each(demoTenants)('follow the working hours of $timeZone at $id', ({ id, timeZone }) => {
    const hours = new Array<number>(24).fill(0);
    for (const event of ofType(eventsOf(id), 'ide.session.started')) {
      const hour = localHour(event, timeZone);
      hours[hour] = (hours[hour] ?? 0) + 1;
    }
    const [night = 0, morning = 0, lunch = 0, afternoon = 0] = [hours[3], hours[10], hours[12], hours[14]];
    expect(night).toBeLessThan(morning / 20);
    expect(lunch).toBeLessThan(morning * 0.6);
    expect(lunch).toBeLessThan(afternoon * 0.75);
  });

  it('are never silent for long, not even at night or on a Sunday', () => {
    const [longest] = [...all.values()]
      .flat()
      .map((event) => Date.parse(event.time))
      .sort((left, right) => left - right)
      .map((time, index, times) => time - (times[index - 1] ?? time))
      .sort((left, right) => right - left);
    expect(longest).toBeLessThan(4 * minuteMs);
  });

  it('show more people at the end than at the beginning, few at weekends', () => {
    for (const { id, timeZone } of demoTenants) {
      const sessions = ofType(eventsOf(id), 'ide.session.started');
      const day = (date: string) => usersOn(sessions, timeZone, date);
      const firstWeek = day('2026-10-27') + day('2026-10-28') + day('2026-10-29');
      const lastWeek = day('2026-11-17') + day('2026-11-18') + day('2026-11-19');
      expect(lastWeek).toBeGreaterThan(firstWeek * 1.1);
      expect(day('2026-11-21')).toBeLessThan(day('2026-11-19') * 0.25);
    }
    const sessions = ofType(eventsOf('acme'), 'ide.session.started');
    expect(usersOn(sessions, 'America/New_York', '2026-11-18')).toBeGreaterThan(120);
  });

  it('show suggestions accepted more and more', () => {
    const week = (from: string, to: string) =>
      eventsOf('acme').filter((event) => event.time >= from && event.time < to);
    const rate = (events: SimulatedEvent[]) =>
      ratio(ofType(events, 'ide.suggestion.accepted'), ofType(events, 'ide.suggestion.shown'));
    const first = rate(week('2026-10-26', '2026-10-31'));
    const last = rate(week('2026-11-16', '2026-11-21'));
    expect(first).toBeGreaterThan(0.26);
    expect(first).toBeLessThan(0.33);
    expect(last).toBeGreaterThan(first + 0.03);
    expect(last).toBeLessThan(0.41);
  });

  it('show agents of different quality', () => {
    const finished = [...all.values()].flatMap((events) => ofType(events, 'agent.run.finished'));
    const quality = (agent: string) => {
      const counted = finished.filter((run) => run.data.agent === agent && run.data.status !== 'cancelled');
      return ratio(
        counted.filter((run) => run.data.status === 'succeeded'),
        counted,
      );
    };
    expect(quality('refactoring-agent')).toBeCloseTo(0.93, 1);
    expect(quality('migration-agent')).toBeGreaterThan(0.62);
    expect(quality('migration-agent')).toBeLessThan(0.78);
    expect(quality('review-agent')).toBeGreaterThan(0.94);
  });

  it('count tokens and cost once: on the finished run and nowhere else', () => {
    const priced = eventsOf('acme').filter((event) => 'costUsd' in event.data || 'tokensInput' in event.data);
    const finished = ofType(eventsOf('acme'), 'agent.run.finished');
    expect(priced).toHaveLength(finished.length);
    expect(finished.filter((run) => !(Number(run.data.costUsd) > 0))).toEqual([]);
  });

  it('start every run, session and workflow before it ends, under one subject', () => {
    const startedAt = new Map(
      ofType(eventsOf('acme'), 'agent.run.started').map((run) => [run.subject, Date.parse(run.time)]),
    );
    const whole = ofType(eventsOf('acme'), 'agent.run.finished').filter(
      (run) => Date.parse(run.time) > fromMs + hourMs,
    );
    for (const run of whole) {
      const lasted = Date.parse(run.time) - (startedAt.get(run.subject) ?? Number.NaN);
      expect(Math.abs(lasted - Number(run.data.durationMs))).toBeLessThan(2);
    }
  });

  it.each([
    ['acme', '2026-11-12'],
    ['globex', '2026-11-04'],
    ['initech', '2026-11-17'],
  ])('show what a looping agent cost %s on %s', (id, date) => {
    const { timeZone } = profileOf(id);
    const dayOf = (event: SimulatedEvent) => localDayNumber(timeZone, Date.parse(event.time));
    const costs = sumBy(ofType(eventsOf(id), 'agent.run.finished'), dayOf, 'costUsd');
    const dear = costs.get(Date.parse(date) / dayMs) ?? 0;
    const ordinary = quantile(
      [...costs.values()].filter((cost) => cost !== dear),
      0.95,
    );
    expect(dear).toBeGreaterThan(ordinary * 2.5);
    const agents = sumBy(
      ofType(eventsOf(id), 'agent.run.finished').filter((run) => dayOf(run) === Date.parse(date) / dayMs),
      (run) => `${run.data.agent} ${run.data.model}`,
      'costUsd',
    );
    expect(agents.get('migration-agent claude-opus-4.1')).toBeGreaterThan(dear * 0.6);
  });

  it('show the outage in errors and latency, and hardly an error otherwise', () => {
    const requests = [...all.values()].flatMap((events) => ofType(events, 'api.request.completed'));
    const [down, up] = [true, false].map((inOutage) =>
      requests.filter((request) => isOutage(Date.parse(request.time)) === inOutage),
    );
    if (down === undefined || up === undefined) throw new Error('unreachable');
    const failed = (events: SimulatedEvent[]) =>
      events.filter((event) => Number(event.data.statusCode) >= 500);
    const p95 = (events: SimulatedEvent[]) =>
      quantile(
        events.map((event) => Number(event.data.durationMs)),
        0.95,
      );
    expect(down.length).toBeGreaterThan(80);
    expect(ratio(failed(down), down)).toBeGreaterThan(0.45);
    expect(ratio(failed(up), up)).toBeLessThan(0.01);
    expect(p95(down)).toBeGreaterThan(p95(up) * 10);
  });

  it('assign no more seats than were bought, and name nobody a user for it', () => {
    for (const events of all.values()) {
      const seats = events.filter((event) => event.type.includes('.licence.'));
      const bought = ofType(seats, 'licence.seat.purchased').length;
      const held =
        ofType(seats, 'licence.seat.assigned').length - ofType(seats, 'licence.seat.released').length;
      expect(held).toBeGreaterThan(bought * 0.7);
      expect(held).toBeLessThanOrEqual(bought);
      expect(seats.filter((event) => event.data.userId !== undefined)).toEqual([]);
    }
  });
});
