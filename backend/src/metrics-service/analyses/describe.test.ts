import { describeDuration, describeFilters, describeMatch } from './describe.js';

describe('describeDuration', () => {
  it.each([
    [7 * 86_400_000, '7 days'],
    [86_400_000, '1 day'],
    [90 * 60_000, '90 minutes'],
    [7_200_000, '2 hours'],
    [1_500, '1500 milliseconds'],
  ])('says %i ms as %s', (ms, text) => {
    expect(describeDuration(ms)).toBe(text);
  });
});

describe('describeMatch', () => {
  it('names the type and every filter', () => {
    const filters = [
      { dimension: 'team', operator: '=' as const, value: 'red' },
      { dimension: 'agent', operator: 'not in' as const, value: ['a', 'b'] },
    ];
    expect(describeMatch({ type: 'a.b', filters })).toBe(
      'a.b where team = "red" and agent not in ("a", "b")',
    );
  });

  it('says so where every event is meant', () => {
    expect(describeMatch({ filters: [] })).toBe('any event');
    expect(describeFilters([])).toBe('');
  });
});
