/**
 * The zone to send with a query, `undefined` for "the tenant's own".
 *
 * @param setting the query's: `dashboard`, `tenant` or an IANA name
 * @param dashboard the dashboard's: `browser`, empty, `utc` or an IANA name
 * @param browser the browser's IANA name, as far as it knows it
 */
export function resolveTimeZone(
  setting: string,
  dashboard: string,
  browser: string | undefined,
): string | undefined {
  const asked = setting === 'dashboard' ? dashboard : setting;
  switch (asked) {
    case 'tenant':
      return undefined;
    case 'browser':
    case '':
      return browser === undefined || browser === '' || browser === 'Etc/Unknown' ? undefined : browser;
    case 'utc':
      return 'UTC';
    default:
      return asked;
  }
}
