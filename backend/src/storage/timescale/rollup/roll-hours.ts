import type { SqlExecutor } from '../../postgres/sql-executor.js';
import { durationBinSql } from '../duration-bins.js';
import { toArray, toDate, toSpanParameters, type DaySpan, type Span } from './spans.js';

export type Grain = 'hour' | 'day' | 'week' | 'month';

const sums = [
  'tokens_input',
  'tokens_output',
  'tokens_cache_read',
  'tokens_cache_creation',
  'tokens_reasoning',
  'cost_usd',
  'response_bytes',
];
const dimensions = 'type, status, team, project, agent, model, tool, route, method, status_code';
const durationDimensions = 'type, status, team, project, agent, model, route, method, status_code';
const sumColumns = sums.join(', ');
const summed = sums.map((name) => `sum(${name})::numeric`).join(', ');

/** A table of rollups: how its rows are made of events, and how coarser ones are made of finer ones. */
interface RollupTable {
  readonly name: string;
  readonly keys: string;
  readonly measures: string;
  readonly ofLanding: string;
  readonly ofRollups: string;
  readonly landingKeys: string;
  readonly landingWhere: string;
}

const tables: readonly RollupTable[] = [
  {
    name: 'analytics.rollups_v1',
    keys: dimensions,
    measures: `events, ${sumColumns}`,
    ofLanding: `count(*), ${summed}`,
    ofRollups: `sum(events)::bigint, ${summed}`,
    landingKeys: dimensions,
    landingWhere: '',
  },
  {
    name: 'analytics.rollup_durations_v1',
    keys: `${durationDimensions}, bin`,
    measures: 'events',
    ofLanding: 'count(*)',
    ofRollups: 'sum(events)::bigint',
    landingKeys: `${durationDimensions}, ${durationBinSql('duration_ms')}`,
    landingWhere: 'AND duration_ms IS NOT NULL',
  },
];

/** The first columns of a row; the grain is $2. */
const head = 'tenant_id, grain, bucket';
const spansSql = 'unnest($3::timestamptz[], $4::timestamptz[]) AS span (starts_at, ends_at)';

const removedSql = (table: RollupTable): string => `DELETE FROM ${table.name} AS old USING ${spansSql}
  WHERE old.tenant_id = $1 AND old.grain = $2 AND old.bucket >= span.starts_at AND old.bucket < span.ends_at
    AND old.bucket >= $5::timestamptz AND old.bucket < $6::timestamptz`;

const ofLandingSql = (table: RollupTable): string => `SELECT $1::text, $2::text, span.starts_at, found.*
FROM ${spansSql} CROSS JOIN LATERAL (
  SELECT ${table.landingKeys}, ${table.ofLanding}
  FROM analytics.events_landing_v1
  WHERE tenant_id = $1 AND occurred_at >= span.starts_at AND occurred_at < span.ends_at ${table.landingWhere}
  GROUP BY ${ordinals(table)}
) AS found`;

function ordinals({ keys }: RollupTable): string {
  return keys
    .split(', ')
    .map((_key, index) => index + 1)
    .join(', ');
}

/** Makes the rows of these hours anew from landing. One statement a table, however many hours. */
export async function rollHours(
  executor: SqlExecutor,
  tenantId: string,
  hours: readonly Span[],
): Promise<void> {
  if (hours.length === 0) return;
  for (const table of tables) {
    await executor.query(
      `WITH gone AS (${removedSql(table)})
       INSERT INTO ${table.name} (${head}, ${table.keys}, ${table.measures})
       ${ofLandingSql(table)}`,
      [tenantId, 'hour', ...toSpanParameters(hours)],
    );
  }
}

/** Adds what landing has for these hours to rows whose own events have left landing. */
export async function addToHours(
  executor: SqlExecutor,
  tenantId: string,
  hours: readonly Span[],
): Promise<void> {
  if (hours.length === 0) return;
  for (const table of tables) {
    const columns = `${head}, ${table.keys}, ${table.measures}`;
    await executor.query(
      `WITH gone AS (${removedSql(table)} RETURNING ${prefixed(columns)}),
       parts (${columns}) AS (SELECT * FROM gone UNION ALL ${ofLandingSql(table)})
       INSERT INTO ${table.name} (${columns})
       SELECT ${head}, ${table.keys}, ${table.ofRollups} FROM parts GROUP BY ${head}, ${table.keys}`,
      [tenantId, 'hour', ...toSpanParameters(hours)],
    );
  }
}

function prefixed(columns: string): string {
  return columns.replaceAll(/\w+/g, (name) => `old.${name}`);
}

/** Makes the rows of these days, weeks or months anew from rows of the finer grain. */
export async function sumPeriods(
  executor: SqlExecutor,
  tenantId: string,
  grains: { readonly from: Grain; readonly to: Grain },
  periods: readonly Span[],
): Promise<void> {
  if (periods.length === 0) return;
  for (const table of tables) {
    await executor.query(
      `WITH gone AS (${removedSql(table)})
       INSERT INTO ${table.name} (${head}, ${table.keys}, ${table.measures})
       SELECT $1::text, $2::text, span.starts_at, found.*
       FROM ${spansSql} CROSS JOIN LATERAL (
         SELECT ${table.keys}, ${table.ofRollups} FROM ${table.name}
         WHERE tenant_id = $1 AND grain = $7::text AND bucket >= span.starts_at AND bucket < span.ends_at
           AND bucket >= $5::timestamptz AND bucket < $6::timestamptz
         GROUP BY ${table.keys}
       ) AS found`,
      [tenantId, grains.to, ...toSpanParameters(periods), grains.from],
    );
  }
}

/**
 * Adds the users of these hours to their days. Events are only ever added, so users are too; `wholeDays` are made anew,
 * as all of their hours are among these.
 */
export async function rollUserDays(
  executor: SqlExecutor,
  tenantId: string,
  hours: readonly DaySpan[],
  wholeDays: readonly number[],
): Promise<void> {
  if (wholeDays.length > 0) {
    await executor.query(
      'DELETE FROM analytics.user_days_v1 WHERE tenant_id = $1 AND local_day = ANY ($2::date[])',
      [tenantId, toArray(wholeDays.map(toDate))],
    );
  }
  if (hours.length === 0) return;
  const [starts, ends] = toSpanParameters(hours);
  await executor.query(
    `INSERT INTO analytics.user_days_v1 (tenant_id, local_day, domain, team, project, user_id)
     SELECT DISTINCT $1::text, span.day, found.domain, found.team, found.project, found.user_id
     FROM unnest($2::timestamptz[], $3::timestamptz[], $4::date[]) AS span (starts_at, ends_at, day)
     CROSS JOIN LATERAL (
       SELECT DISTINCT domain, team, project, user_id FROM analytics.events_landing_v1
       WHERE tenant_id = $1 AND occurred_at >= span.starts_at AND occurred_at < span.ends_at AND user_id <> ''
     ) AS found
     ON CONFLICT DO NOTHING`,
    [tenantId, starts, ends, toArray(hours.map(({ day }) => toDate(day)))],
  );
}
