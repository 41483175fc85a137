import { z } from 'zod';
import type { ClickHouse } from './client.js';
import { localNameOf } from './cluster-statements.js';

export interface Retention {
  readonly rawDays: number;
  readonly aggregateDays: number;
}

/**
 * An id must live at least as long as any sum that counts it. Both leave by `received_month`; ids stay two months
 * longer, so that a merge that is late on one side never opens a gap.
 */
const idExtraDays = 61;

/** Aggregates know the month of receipt only: its last day must be kept as long as its first. */
const monthDays = 31;

/** Retention counts from the time an event was received, so imported history is kept as long as today's events. */
function retentionOf(retention: Retention): ReadonlyMap<string, string> {
  const aggregateDays = retention.aggregateDays + monthDays;
  const aggregate = `received_month + toIntervalDay(${aggregateDays})`;
  return new Map([
    ['day_checks_v1', `day + toIntervalDay(${retention.aggregateDays})`],
    ['events_raw_v1', `toDateTime(received_at) + toIntervalDay(${retention.rawDays})`],
    ['event_ids_v1', `received_month + toIntervalDay(${aggregateDays + idExtraDays})`],
    ['events_per_minute_v1', aggregate],
    ['api_requests_per_minute_v1', aggregate],
    ['api_requests_per_quarter_v1', aggregate],
    ['agent_durations_per_quarter_v1', aggregate],
    ['activity_per_quarter_v1', aggregate],
    ['user_days_v1', aggregate],
    ['user_presence_v1', aggregate],
    ['dimension_values_v1', aggregate],
    ['seat_changes_v1', aggregate],
    ['user_firsts_v1', aggregate],
    ['duplicate_events_v1', aggregate],
  ]);
}

const tableRow = z.object({ name: z.string(), engine_full: z.string() });

/** Brings the tables' TTL in line with the configuration; touches only those that differ. Returns their names. */
export async function applyRetention(
  clickHouse: ClickHouse,
  retention: Retention,
): Promise<readonly string[]> {
  const tables = await clickHouse.query({
    name: 'table-engines',
    sql: 'SELECT name, engine_full FROM system.tables WHERE database = currentDatabase()',
    row: tableRow,
  });
  const changed: string[] = [];
  for (const [name, ttl] of retentionOf(retention)) {
    const table =
      tables.find((candidate) => candidate.name === localNameOf(name)) ??
      tables.find((candidate) => candidate.name === name);
    if (table === undefined || table.engine_full.includes(`TTL ${ttl} `)) continue;
    await clickHouse.command(
      `ALTER TABLE ${name} MODIFY TTL ${ttl} SETTINGS materialize_ttl_after_modify = 0`,
    );
    changed.push(name);
  }
  return changed;
}
