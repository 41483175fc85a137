import { checkTime, parseRfc3339 } from './event-time.js';

const nowMs = Date.parse('2026-06-15T12:00:00Z');
const bounds = { nowMs, futureSkewHours: 24 };

const codeOf = (value: unknown) => {
  const result = checkTime(value, bounds);
  return result.ok ? result.value : result.rejection.code;
};

describe('parseRfc3339', () => {
  it.each([
    ['2026-01-31T08:15:30Z', '2026-01-31T08:15:30.000Z'],
    ['2026-01-31t08:15:30z', '2026-01-31T08:15:30.000Z'],
    ['2026-01-31T08:15:30.123456789Z', '2026-01-31T08:15:30.123Z'],
    ['2026-01-31T08:15:30.5+05:45', '2026-01-31T02:30:30.500Z'],
    ['2024-02-29T00:00:00-11:00', '2024-02-29T11:00:00.000Z'],
  ])('reads %s', (text, iso) => {
    const ms = parseRfc3339(text);
    expect(ms === undefined ? ms : new Date(ms).toISOString()).toBe(iso);
  });

  it.each([
    '2026-01-31',
    '2026-01-31T08:15:30',
    '2026-01-31 08:15:30Z',
    '2026-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00:00+25:00',
    'yesterday',
    '',
    '1781524800',
  ])('finds no time in "%s"', (text) => {
    expect(parseRfc3339(text)).toBeUndefined();
  });
});

describe('checkTime', () => {
  it('leaves an absent time absent', () => {
    expect(codeOf(undefined)).toBeUndefined();
    expect(codeOf(null)).toBeUndefined();
  });

  it('takes a time up to 24 hours ahead and refuses a later one', () => {
    expect(codeOf('2026-06-16T12:00:00.000Z')).toBe(nowMs + 86_400_000);
    expect(codeOf('2026-06-16T12:00:00.001Z')).toBe('time_in_future');
  });

  it('takes history from the year 2000 on', () => {
    expect(codeOf('2000-01-01T00:00:00Z')).toBe(Date.UTC(2000, 0, 1));
    expect(codeOf('1999-12-31T23:59:59.999Z')).toBe('time_too_old');
  });

  it.each([[1_781_524_800_000], [true], [{}], ['x'.repeat(100_000)]])('refuses %p as a time', (value) => {
    expect(codeOf(value)).toBe('time_invalid');
  });
});
