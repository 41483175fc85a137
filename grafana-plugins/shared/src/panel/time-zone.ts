import { dateTimeFormat, type TimeZone } from '@grafana/data';

/**
 * The zone to write the days of a frame in: the dashboard's, unless its days begin at other hours there and at midnight
 * in the zone that the data source counted in, `meta.custom.timeZone`. Else a Monday would be written as a Sunday.
 */
export function zoneOfDays(times: readonly number[], dashboard: TimeZone, custom: unknown): TimeZone {
  const meta: Record<string, unknown> = typeof custom === 'object' && custom !== null ? { ...custom } : {};
  const own = meta['timeZone'];
  const isMidnight = (timeZone: TimeZone) =>
    times.every((time) => dateTimeFormat(time, { timeZone, format: 'HH:mm' }) === '00:00');
  return typeof own === 'string' && own !== '' && !isMidnight(dashboard) && isMidnight(own) ? own : dashboard;
}
