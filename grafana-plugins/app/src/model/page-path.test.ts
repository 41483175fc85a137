import { addressOf, readPagePath, type PagePath } from './page-path';

it.each<PagePath>([
  { page: 'reports' },
  { page: 'schedules' },
  { page: 'newSchedule' },
  { page: 'schedule', id: 'a/b' },
])('finds the page %j at its own address', (path) => {
  const [pathname = '', search] = addressOf(path, 'a b').split('?');
  expect(readPagePath(`/grafana${pathname}`)).toEqual(path);
  expect(search).toBe('source=a%20b');
});

it('finds no page at an address that none has', () => {
  expect(readPagePath('/a/coditect-analytics-app')).toBeUndefined();
  expect(readPagePath('/a/coditect-analytics-app/other')).toBeUndefined();
});
