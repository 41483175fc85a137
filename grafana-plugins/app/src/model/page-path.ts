/** Where in the app an address leads. */
export type PagePath =
  { page: 'reports' } | { page: 'schedules' } | { page: 'newSchedule' } | { page: 'schedule'; id: string };

const appPluginId = 'coditect-analytics-app';
const base = `/a/${appPluginId}`;

/**
 * @param pathname with or without what Grafana is served under
 * @returns nothing at an address of the app that none of its pages has
 */
export function readPagePath(pathname: string): PagePath | undefined {
  const start = pathname.indexOf(base);
  const [section = '', id = ''] = pathname
    .slice(start + base.length)
    .split('/')
    .filter((part) => part !== '');
  if (section === 'reports') {
    return { page: 'reports' };
  }
  if (section !== 'schedules') {
    return undefined;
  }
  if (id === '') {
    return { page: 'schedules' };
  }
  return id === 'new' ? { page: 'newSchedule' } : { page: 'schedule', id: decodeURIComponent(id) };
}

/** The address of a page; it keeps the data source that is looked at. */
export function addressOf(path: PagePath, sourceUid: string | undefined): string {
  const search = sourceUid === undefined ? '' : `?source=${encodeURIComponent(sourceUid)}`;
  switch (path.page) {
    case 'reports':
    case 'schedules':
      return `${base}/${path.page}${search}`;
    case 'newSchedule':
      return `${base}/schedules/new${search}`;
    case 'schedule':
      return `${base}/schedules/${encodeURIComponent(path.id)}${search}`;
  }
}
