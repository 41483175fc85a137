import { formatExplore, parseExplore } from './explore-state';

const search = (name: string, value: unknown): string =>
  `?${new URLSearchParams({ [name]: JSON.stringify(value) }).toString()}`;

describe('parseExplore', () => {
  const pane = {
    datasource: 'ds',
    queries: [{ refId: 'B', kind: 'logs' }],
    range: { from: 'now-6h', to: 'now' },
  };

  it('reads what it wrote', () => {
    expect(parseExplore(formatExplore(pane))).toEqual(pane);
  });

  it('reads the older address, as links inside Grafana still have it', () => {
    expect(parseExplore(search('left', pane))).toEqual(pane);
  });

  it('turns milliseconds into dates', () => {
    const range = { from: '1741564800000', to: 1_741_651_200_000 };
    expect(parseExplore(search('left', { ...pane, range })).range).toEqual({
      from: '2025-03-10T00:00:00.000Z',
      to: '2025-03-11T00:00:00.000Z',
    });
  });

  it('starts empty when the address says nothing or cannot be read', () => {
    const empty = { datasource: undefined, queries: [], range: { from: 'now-1h', to: 'now' } };
    expect(parseExplore('')).toEqual(empty);
    expect(parseExplore('?panes=%7B')).toEqual(empty);
    expect(parseExplore(search('panes', { a: { queries: 'none' } }))).toEqual(empty);
  });
});
