// The questions of the provisioned overview, and the same questions in plain SQL of the raw table.
import fs from 'node:fs';
import path from 'node:path';
import { root } from './instance.mjs';

const days = 7;
const dayMs = 86_400_000;

/** `{ name, query, sql }` for each thing that the overview asks when it opens with its seven days. */
export function overviewQuestions(tenantId, untilMs) {
  const file = path.join(root, 'provisioning/dashboards/platform-overview.json');
  const { panels } = JSON.parse(fs.readFileSync(file, 'utf8'));
  return panels.flatMap((panel) =>
    (panel.targets ?? []).flatMap((target) => questionsOf(panel, target, tenantId, untilMs)),
  );
}

function questionsOf(panel, target, tenantId, untilMs) {
  const range = { from: untilMs - days * dayMs, to: untilMs };
  const shared = {
    metric: target.metric,
    range: { from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString() },
    groupBy: target.groupBy,
    compareTo: target.compareTo,
    ...(target.limit !== undefined && { limit: target.limit }),
  };
  const interval = target.metric.startsWith('active_users') ? '1d' : '1h';
  const series = { name: `${panel.title} (series)`, query: { ...shared, interval } };
  const total = { name: `${panel.title} (total)`, query: { ...shared, total: true } };
  const asked =
    target.format === 'table' ? [total] : panel.type === 'coditect-kpi-panel' ? [series, total] : [series];
  return asked.map((question) => ({ ...question, sql: plainSql(question.query, tenantId, range) }));
}

const run = `type = 'ai.coditect.agent.run.finished.v1'`;
const tool = `type = 'ai.coditect.agent.tool.called.v1'`;
const api = `type = 'ai.coditect.api.request.completed.v1'`;
const shown = `type = 'ai.coditect.ide.suggestion.shown.v1'`;
const accepted = `type = 'ai.coditect.ide.suggestion.accepted.v1'`;
const formulas = {
  active_users_daily: ['uniqExact(user_id)', `user_id != ''`],
  agent_runs: ['count()', run],
  agent_success_rate: [`countIf(status = 'succeeded') / countIf(status != 'cancelled')`, run],
  agent_duration_p95: ['quantileDD(0.005, 0.95)(duration_ms)', run],
  suggestion_acceptance_rate: [`countIf(${accepted}) / countIf(${shown})`, `(${shown} OR ${accepted})`],
  merged_changes: ['count()', `type = 'ai.coditect.workflow.change.merged.v1'`],
  cost: ['sum(cost_usd)', run],
  tokens: ['sum(tokens_input + tokens_output + tokens_cache_read + tokens_cache_creation)', run],
  tool_error_rate: [`countIf(status = 'failed') / count()`, tool],
  api_requests: ['count()', api],
  api_error_rate: ['countIf(status_code >= 500) / count()', api],
  api_latency_p95: ['quantileDD(0.005, 0.95)(duration_ms)', api],
};

function plainSql(query, tenantId, range) {
  if (query.metric === 'active_users_weekly') return trailingSql(tenantId, range, 7);
  const [value, where] = formulas[query.metric];
  const bucket =
    { '1h': ['toStartOfHour(occurred_at)'], '1d': ['toStartOfDay(occurred_at)'] }[query.interval] ?? [];
  const keys = [...bucket, ...query.groupBy];
  const periods =
    query.compareTo === 'none' ? [range] : [range, { from: 2 * range.from - range.to, to: range.from }];
  return periods
    .map(
      ({ from, to }) => `SELECT ${[...keys, `${value} AS value`].join(', ')} FROM events_raw_v1
        WHERE tenant_id = '${tenantId}' AND ${where} AND ${between(from, to)}
        ${keys.length > 0 ? `GROUP BY ${keys.join(', ')}` : ''}`,
    )
    .join('\nUNION ALL\n');
}

function trailingSql(tenantId, { from, to }, width) {
  return `SELECT day, uniqExact(user_id) AS value FROM (
      SELECT DISTINCT user_id, arrayJoin(arrayMap(d -> toDate(occurred_at) + d, range(${width}))) AS day FROM events_raw_v1
      WHERE tenant_id = '${tenantId}' AND user_id != '' AND ${between(from - width * dayMs, to)})
    GROUP BY day`;
}

function between(from, to) {
  return `occurred_at >= fromUnixTimestamp64Milli(${from}) AND occurred_at < fromUnixTimestamp64Milli(${to})`;
}
