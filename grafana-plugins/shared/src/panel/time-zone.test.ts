import { zoneOfDays } from './time-zone';

const berlin = ['2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'].map(Date.parse);
const counted = { timeZone: 'Europe/Berlin' };

describe('zoneOfDays', () => {
  it("is the dashboard's where its days begin there, or nowhere", () => {
    expect(zoneOfDays(berlin, 'Europe/Paris', counted)).toBe('Europe/Paris');
    expect(zoneOfDays([1, 2], 'utc', counted)).toBe('utc');
    expect(zoneOfDays(berlin, 'utc', undefined)).toBe('utc');
  });

  it('is the one that was counted in where days begin there only', () => {
    expect(zoneOfDays(berlin, 'utc', counted)).toBe('Europe/Berlin');
  });
});
