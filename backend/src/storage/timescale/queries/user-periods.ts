import type { UserDimensionName } from '../../metric-reads.js';
import { toInstant } from '../rollup/spans.js';
import { dimensionSql, filtersSql, type ResolvedFilter } from './filters.js';
import type { ParamList } from './param-list.js';
import { landingTable, userDaysTable } from './pieces.js';

/** Where the activity of each period is read from; -1 is whatever is before the first one. */
export interface PeriodPieces {
  /** Local days that lie in the period as a whole, from one date to another, both included. */
  readonly storedDays: readonly {
    readonly period: number;
    readonly firstDate: string;
    readonly lastDate: string;
  }[];
  /** `fromMs` may be the beginning of all time. */
  readonly landedParts: readonly {
    readonly period: number;
    readonly fromMs: number;
    readonly toMs: number;
  }[];
}

export interface UserPeriodsRequest extends PeriodPieces {
  readonly groupBy: readonly UserDimensionName[];
  readonly filters: readonly ResolvedFilter<UserDimensionName>[];
}

/** Rows `(user_id, d0, d1, ..., period)`, each of them once: who was active in which period. */
export function userPeriodsSql(
  tenantId: string,
  { groupBy, filters, storedDays, landedParts }: UserPeriodsRequest,
  bind: ParamList['bind'],
): string {
  const columns = ['user_id', ...groupBy.map((name, index) => `${columnOf(name)} AS d${index}`), 'period'];
  const where = [`tenant_id = ${bind(tenantId, 'text')}`, ...filtersSql(filters, columnOf, bind)].join(
    ' AND ',
  );
  const list = <T>(rows: readonly T[], pick: (row: T) => number | string, type: string): string =>
    bind(rows.map(pick), type);
  const stored = [
    list(storedDays, ({ period }) => period, 'integer[]'),
    list(storedDays, ({ firstDate }) => firstDate, 'date[]'),
    list(storedDays, ({ lastDate }) => lastDate, 'date[]'),
  ];
  const landed = [
    list(landedParts, ({ period }) => period, 'integer[]'),
    list(landedParts, ({ fromMs }) => toInstant(fromMs), 'timestamptz[]'),
    list(landedParts, ({ toMs }) => toInstant(toMs), 'timestamptz[]'),
  ];
  return `SELECT ${columns.join(', ')}
  FROM unnest(${stored.join(', ')}) AS stored (period, first_day, last_day)
  JOIN ${userDaysTable} ON local_day BETWEEN first_day AND last_day
  WHERE ${where}
  UNION
  SELECT ${columns.join(', ')}
  FROM unnest(${landed.join(', ')}) AS landed (period, starts, ends)
  JOIN ${landingTable} ON occurred_at >= starts AND occurred_at < ends
  WHERE user_id <> '' AND ${where}`;
}

/** Landing keeps the domain of an event beside it, as the days of users do. */
function columnOf(name: UserDimensionName): string {
  return name === 'domain' ? 'domain' : dimensionSql(name);
}

/** The names that `userPeriodsSql` gives to what is grouped by. */
export function groupNames(groupBy: readonly string[]): readonly string[] {
  return groupBy.map((_name, index) => `d${index}`);
}
