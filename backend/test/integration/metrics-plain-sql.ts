import type { Filter, Interval } from '@coditect/contracts';
import { z } from 'zod';
import type { ClickHouse } from '../../src/storage/clickhouse/client.js';

/** The KPIs as somebody would ask for them in SQL who knows the raw table only. Written apart from the catalogue. */
const run = `type = 'ai.coditect.agent.run.finished.v1'`;
const paid = `type IN ('ai.coditect.agent.run.finished.v1', 'ai.coditect.agent.model.called.v1')`;
const call = `type = 'ai.coditect.agent.tool.called.v1'`;
const request = `type = 'ai.coditect.api.request.completed.v1'`;
const merged = `type = 'ai.coditect.workflow.change.merged.v1'`;
const reverted = `type = 'ai.coditect.workflow.change.reverted.v1'`;
const workflow = `type = 'ai.coditect.workflow.run.finished.v1'`;
const durations = (where: string): string =>
  `arraySort(groupArrayIf(assumeNotNull(duration_ms), ${where} AND isNotNull(duration_ms)))`;

export interface PlainKpi {
  /** One value, or numerator and denominator; a list of durations for a quantile. */
  readonly columns: readonly string[];
  readonly level?: number;
}

export const plainKpis: Readonly<Record<string, PlainKpi>> = {
  agent_runs: { columns: [`countIf(${run})`] },
  agent_success_rate: {
    columns: [
      `countIf(${run} AND status = 'succeeded')`,
      `countIf(${run} AND status IN ('succeeded', 'failed', 'timed_out'))`,
    ],
  },
  agent_duration_p50: { columns: [durations(run)], level: 0.5 },
  agent_duration_p95: { columns: [durations(run)], level: 0.95 },
  tool_error_rate: {
    columns: [`countIf(${call} AND status IN ('failed', 'timed_out'))`, `countIf(${call})`],
  },
  suggestion_acceptance_rate: {
    columns: [
      `countIf(type = 'ai.coditect.ide.suggestion.accepted.v1')`,
      `countIf(type = 'ai.coditect.ide.suggestion.shown.v1')`,
    ],
  },
  tokens: {
    columns: [
      `sumIf(tokens_input + tokens_output + tokens_reasoning + tokens_cache_read + tokens_cache_creation, ${paid})`,
    ],
  },
  cost: { columns: [`sumIf(cost_usd, ${paid})`] },
  cost_per_successful_run: {
    columns: [`sumIf(cost_usd, ${paid})`, `countIf(${run} AND status = 'succeeded')`],
  },
  agent_cancel_rate: {
    columns: [`countIf(${run} AND status = 'cancelled')`, `countIf(${run})`],
  },
  tool_calls: { columns: [`countIf(${call})`] },
  tokens_reasoning: { columns: [`sumIf(tokens_reasoning, ${paid})`] },
  cache_hit_rate: {
    columns: [
      `sumIf(tokens_cache_read, ${paid})`,
      `sumIf(tokens_input + tokens_cache_read + tokens_cache_creation, ${paid})`,
    ],
  },
  ai_assisted_change_share: {
    columns: [`countIf(${merged} AND agent != '')`, `countIf(${merged})`],
  },
  ai_change_revert_rate: {
    columns: [`countIf(${reverted} AND agent != '')`, `countIf(${merged} AND agent != '')`],
  },
  workflow_duration_p95: { columns: [durations(workflow)], level: 0.95 },
  api_availability: { columns: [`countIf(${request} AND status_code < 500)`, `countIf(${request})`] },
  api_latency_p99: { columns: [durations(request)], level: 0.99 },
  response_bytes: { columns: [`sumIf(response_bytes, ${request})`] },
  api_requests: { columns: [`countIf(${request})`] },
  api_error_rate: { columns: [`countIf(${request} AND status_code >= 500)`, `countIf(${request})`] },
  api_latency_p95: { columns: [durations(request)], level: 0.95 },
  merged_changes: { columns: [`countIf(type = 'ai.coditect.workflow.change.merged.v1')`] },
  events: { columns: ['count()'] },
};

const columnOf: Readonly<Record<string, string>> = {
  agentVersion: 'agent_version',
  statusCode: `if(status_code = 0, '', toString(status_code))`,
};

/** The start of a bucket by the engine's own time zones; ours are laid out without them. */
const bucketOf: Readonly<Record<Interval, (zone: string) => string>> = {
  '1m': () => `toStartOfMinute(occurred_at, 'UTC')`,
  '5m': () => `toStartOfFiveMinutes(occurred_at, 'UTC')`,
  '15m': () => `toStartOfFifteenMinutes(occurred_at, 'UTC')`,
  '1h': (zone) => `toStartOfHour(occurred_at, '${zone}')`,
  '1d': (zone) => `toStartOfDay(occurred_at, '${zone}')`,
  '1w': (zone) => `toDateTime(toMonday(occurred_at, '${zone}'), '${zone}')`,
  '1M': (zone) => `toDateTime(toStartOfMonth(occurred_at, '${zone}'), '${zone}')`,
};

export interface PlainQuestion {
  readonly metric: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly interval: Interval | undefined;
  readonly groupBy: readonly string[];
  readonly filters: readonly Filter[];
  readonly timeZone: string;
}

export interface PlainCell {
  /** ISO start of the bucket, `null` for a total. */
  readonly time: string | null;
  readonly group: readonly string[];
  readonly terms: readonly (number | readonly number[])[];
}

const term = z.union([z.number(), z.array(z.number())]);
const plainRow = z.object({
  bucket: z.number(),
  dims: z.array(z.string()),
  terms: z.tuple([term]).rest(term),
});

export async function askInPlainSql(
  clickHouse: ClickHouse,
  tenantId: string,
  question: PlainQuestion,
): Promise<readonly PlainCell[]> {
  const { columns } = plainKpis[question.metric] ?? { columns: [] };
  const bucket =
    question.interval === undefined
      ? '0'
      : `toUnixTimestamp(${bucketOf[question.interval](question.timeZone)})`;
  const dims = question.groupBy.map((name) => `toString(${columnOf[name] ?? name})`);
  const rows = await clickHouse.query({
    name: 'plain',
    sql: `SELECT toInt64(${bucket}) AS bucket, ${dims.length === 0 ? 'emptyArrayString()' : `[${dims.join(', ')}]`} AS dims,
      tuple(${columns.join(', ')}) AS terms
      FROM events_raw_v1
      WHERE tenant_id = '${tenantId}' AND toUnixTimestamp64Milli(occurred_at) >= ${question.fromMs}
        AND toUnixTimestamp64Milli(occurred_at) < ${question.toMs}
        ${question.filters.map((filter) => `AND ${plainFilter(filter)}`).join('\n')}
      GROUP BY bucket, dims`,
    row: plainRow,
  });
  return rows.map((row) => ({
    time: question.interval === undefined ? null : new Date(row.bucket * 1_000).toISOString(),
    group: row.dims,
    terms: row.terms,
  }));
}

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function plainFilter({ dimension, operator, value }: Filter): string {
  const column = columnOf[dimension] ?? dimension;
  if (Array.isArray(value)) return `${column} ${operator} (${value.map(quote).join(', ')})`;
  if (operator === '=~') return `match(${column}, ${quote(value)})`;
  if (operator === '!~') return `NOT match(${column}, ${quote(value)})`;
  return `${column} ${operator} ${quote(value)}`;
}

/**
 * Distinct users of the local days `(day - window, day]`, from and up to an instant, by the engine's own time zones.
 * Whatever is absent does not matter.
 */
export async function countUsersInPlainSql(
  clickHouse: ClickHouse,
  tenantId: string,
  question: {
    readonly days?: { readonly lastIso: string; readonly window: number };
    readonly fromMs?: number;
    readonly toMs: number;
    readonly timeZone: string;
    readonly team?: string;
    readonly domain?: string;
  },
): Promise<number> {
  const { days, fromMs, toMs, timeZone, team, domain } = question;
  const local = `toDate(occurred_at, '${timeZone}')`;
  const conditions = [
    `tenant_id = '${tenantId}'`,
    `user_id != ''`,
    `toUnixTimestamp64Milli(occurred_at) < ${toMs}`,
    ...(fromMs === undefined ? [] : [`toUnixTimestamp64Milli(occurred_at) >= ${fromMs}`]),
    ...(days === undefined
      ? []
      : [`${local} > toDate('${days.lastIso}') - ${days.window}`, `${local} <= toDate('${days.lastIso}')`]),
    ...(team === undefined ? [] : [`team = ${quote(team)}`]),
    ...(domain === undefined ? [] : [`domain = ${quote(domain)}`]),
  ];
  const rows = await clickHouse.query({
    name: 'plain-users',
    sql: `SELECT uniqExact(user_id) AS users FROM events_raw_v1 WHERE ${conditions.join(' AND ')}`,
    row: z.object({ users: z.number() }),
  });
  return rows[0]?.users ?? 0;
}
