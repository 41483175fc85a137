import type { DimensionFilter, DimensionName } from '../../metric-reads.js';
import { filtersSql } from './filters.js';
import type { ParamBinder } from './param-binder.js';
import { rawSource } from './sources.js';
import { instantSql } from './time-sql.js';

/** Which single events are meant: of one type where it is given, and of these filters. */
export interface EventMatch {
  readonly type?: string;
  readonly filters: readonly DimensionFilter<DimensionName>[];
}

/** A condition on `events_raw_v1` that is always there: `1` where every event is meant. */
export function matchSql(match: EventMatch, bind: ParamBinder['bind']): string {
  const parts = [
    ...(match.type === undefined ? [] : [`type = ${bind(match.type, 'String')}`]),
    ...filtersSql(match.filters, rawSource.dimensions, bind),
  ];
  return parts.length === 0 ? '1' : `(${parts.join(' AND ')})`;
}

/** Events of known users of one tenant in `[fromMs, toMs)`; without `fromMs`, whatever is kept from before. */
export function userEventsSql(
  tenantId: string,
  range: { readonly fromMs?: number; readonly toMs: number },
  bind: ParamBinder['bind'],
): string {
  return [
    `tenant_id = ${bind(tenantId, 'String')} AND user_id != ''`,
    ...(range.fromMs === undefined ? [] : [`occurred_at >= ${instantSql(range.fromMs, bind)}`]),
    `occurred_at < ${instantSql(range.toMs, bind)}`,
  ].join(' AND ');
}

/** For the primary key: the types, where every one of the matches has one. */
export function typesSql(matches: readonly EventMatch[], bind: ParamBinder['bind']): readonly string[] {
  const types = matches.flatMap(({ type }) => (type === undefined ? [] : [type]));
  return types.length < matches.length ? [] : [`type IN ${bind([...new Set(types)], 'Array(String)')}`];
}

/**
 * Level of the engine's exact quantile at which it gives the value at the nearest rank, ceil(level × n): it takes the
 * value number floor(level × n), counted from 0.
 */
export function nearestRank(level: number): string {
  return (level - 1e-10).toFixed(10);
}
