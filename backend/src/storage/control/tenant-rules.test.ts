import { AppError } from '../../platform/errors.js';
import { toTenantId, toTimeZone } from './tenant-rules.js';

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'nothing thrown';
}

describe('toTenantId', () => {
  it.each([
    ['nova', 'nova'],
    ['Acme Ltd.', 'acme-ltd'],
    ['  Crème & Brûlée  ', 'creme-brulee'],
    ['42', '42'],
    ['a'.repeat(63), 'a'.repeat(63)],
  ])('makes %p the id %p', (name, id) => {
    expect(toTenantId(name)).toBe(id);
  });

  it.each(['', '   ', '---', '株式会社', 'a'.repeat(64), 'a\u0000b', 'tab\tbed'])('refuses %p', (name) => {
    expect(codeOf(() => toTenantId(name))).toBe('tenant_name_invalid');
  });
});

describe('toTimeZone', () => {
  it.each([
    ['UTC', 'UTC'],
    ['utc', 'UTC'],
    ['europe/berlin', 'Europe/Berlin'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
    ['Asia/Calcutta', 'Asia/Kolkata'],
    ['Asia/Kathmandu', 'Asia/Kathmandu'],
    ['Europe/Kyiv', 'Europe/Kyiv'],
  ])('writes %p as %p', (given, zone) => {
    expect(toTimeZone(given)).toBe(zone);
  });

  it.each(['', 'Mars/Base', '+05:30', '-08:00', "UTC' OR 1=1"])('refuses %p', (given) => {
    expect(codeOf(() => toTimeZone(given))).toBe('time_zone_unknown');
  });
});
