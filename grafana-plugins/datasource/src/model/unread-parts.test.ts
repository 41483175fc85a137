import { isReadable, migrateQuery } from '../migrations';
import type { AnalyticsQuery } from '../types';
import { findUnread, keepUnread } from './unread-parts';

function read(saved: unknown): AnalyticsQuery {
  const query = migrateQuery(saved);
  if (!isReadable(query)) throw new Error(query.reason);
  return query;
}

const kpi = { refId: 'A', kind: 'kpi', metric: 'cost', schemaVersion: 2 };
const funnel = {
  refId: 'A',
  kind: 'funnel',
  funnel: {
    steps: [
      { type: 'a', filters: [] },
      { type: 7, filters: [] },
      { type: 'c', label: 3 },
    ],
    windowMs: 'long',
  },
};

describe('findUnread', () => {
  it('finds nothing in what is read as it was meant', () => {
    const saved = [
      { ...kpi, interval: '1h', limit: '5', total: true, filters: [{ dimension: 'route', value: 404 }] },
      { metric: 'cost', groupBy: 'team' },
      { ...kpi, interval: '$step', intervalMs: 1_000, expr: 'up', hide: 1 },
      { refId: 'A', kind: 'retention', retention: {} },
    ];
    expect(saved.map((each) => findUnread(each, read(each)))).toEqual([[], [], [], []]);
  });

  it('names values of a query that are taken for others, and those that are left out', () => {
    const saved = {
      ...kpi,
      interval: '7m',
      compareTo: 1,
      limit: 'ten',
      live: 'yes',
      orderBy: { column: 'value', direction: 'up' },
      groupBy: { team: true },
      filters: ['team=a'],
    };
    expect(findUnread(saved, read(saved)).map(({ path, reason }) => `${path} ${reason}`)).toEqual([
      'interval "7m" is read as "auto"',
      'compareTo 1 is read as "none"',
      'limit "ten" is left out',
      'live "yes" is left out',
      'orderBy.direction "up" is read as "desc"',
      'groupBy {"team":true} is read as []',
      'filters 1 of 1 entries are not understood',
    ]);
    expect(findUnread(funnel, read(funnel)).map(({ path }) => path)).toEqual([
      'funnel.steps[1].type',
      'funnel.steps[2].label',
      'funnel.windowMs',
    ]);
  });
});

describe('keepUnread', () => {
  function change(
    saved: unknown,
    changed: object,
    touched: readonly string[] = Object.keys(changed),
  ): unknown {
    const before = read(saved);
    return keepUnread(saved, before, read({ ...before, ...changed }), touched);
  }

  it('writes a value back as it was saved while others are changed', () => {
    const saved = { ...kpi, interval: '7m', limit: 'ten', colour: 'red' };
    expect(change(saved, { compareTo: 'lastWeek' })).toEqual({
      ...read({ ...kpi, compareTo: 'lastWeek' }),
      interval: '7m',
      limit: 'ten',
    });
  });

  it('writes what was chosen in its place, also what it was taken for', () => {
    const saved = { ...kpi, interval: '7m', limit: 'ten' };
    expect(change(saved, { interval: '1h' })).toMatchObject({ interval: '1h', limit: 'ten' });
    expect(change(saved, { interval: 'auto' })).toMatchObject({ interval: 'auto', limit: 'ten' });
    expect(change(saved, { limit: undefined })).toEqual({ ...read(kpi), interval: '7m' });
  });

  it('follows what was saved in a list whose entries are changed, moved and removed', () => {
    const { steps } = funnel.funnel;
    const [first, second, third] = read(funnel).kind === 'funnel' ? steps.map((step) => step.type) : [];
    expect([first, second, third]).toEqual(['a', 7, 'c']);
    const typesAfter = (types: (string | undefined)[]) => {
      const after = { funnel: { steps: types.map((type) => ({ type })) } };
      const kept = keepUnread(funnel, read(funnel), read({ ...funnel, ...after }), ['funnel.steps']);
      return kept.kind === 'funnel' ? kept.funnel.steps.map(({ type }) => type) : [];
    };
    expect(typesAfter(['b', undefined, 'c'])).toEqual(['b', 7, 'c']);
    expect(typesAfter([undefined, 'a', 'c'])).toEqual([7, 'a', 'c']);
    expect(typesAfter(['a', undefined])).toEqual(['a', 7]);
    expect(typesAfter(['a', 'new', 'c'])).toEqual(['a', 'new', 'c']);
  });

  it('keeps nothing for another kind of query, nor where all was read', () => {
    const after = read({ refId: 'A', kind: 'seats', seats: {} });
    expect(keepUnread({ ...kpi, interval: '7m' }, read(kpi), after, [])).toBe(after);
    expect(keepUnread(kpi, read(kpi), read({ ...kpi, metric: 'b' }), ['metric'])).toEqual(
      read({ ...kpi, metric: 'b' }),
    );
  });
});
