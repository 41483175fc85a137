import { formatInstant, formatPeriod, formatTime } from './format-times.js';

describe('formatPeriod', () => {
  it('names whole local days by the first and the last', () => {
    const november = { from: '2026-10-31T23:00:00Z', to: '2026-11-30T23:00:00Z' };
    expect(formatPeriod(november, 'Europe/Berlin')).toBe('1 to 30 November 2026');
  });

  it('names a day with a change of clocks as the day it is', () => {
    const day = { from: '2026-10-24T22:00:00Z', to: '2026-10-25T23:00:00Z' };
    expect(formatPeriod(day, 'Europe/Berlin')).toBe('25 October 2026');
  });

  it('says the hours where days are not whole', () => {
    const hours = { from: '2026-11-01T08:30:00Z', to: '2026-11-02T08:30:00Z' };
    expect(formatPeriod(hours, 'Asia/Kolkata')).toBe('1 Nov 2026 14:00 to 2 Nov 2026 14:00');
  });
});

describe('formatTime', () => {
  it('is as fine as its bucket, in the zone of the report', () => {
    const at = '2026-11-30T23:00:00Z';
    expect([
      formatTime(at, 'Europe/Berlin', '1d'),
      formatTime(at, 'UTC', '1h'),
      formatTime(at, 'UTC'),
    ]).toEqual(['2026-12-01', '2026-11-30 23:00', '2026-11-30 23:00:00']);
  });

  it('shows what is no time as it came', () => {
    expect(formatTime('yesterday', 'UTC', '1d')).toBe('yesterday');
  });
});

describe('formatInstant', () => {
  it('carries the offset', () => {
    expect(formatInstant('2026-11-01T12:00:00Z', 'Asia/Kolkata')).toBe('1 Nov 2026 17:30 UTC+5:30');
    expect(formatInstant('2026-11-01T12:00:00Z', 'UTC')).toBe('1 Nov 2026 12:00 UTC');
  });
});
