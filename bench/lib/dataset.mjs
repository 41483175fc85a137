// Ten million events of 50,000 users with their seats over 30 days, made inside the engine, through the same table and views.
import path from 'node:path';
import { backend } from './instance.mjs';

const chunk = 500_000;

/** Fills `DATA_DIR/clickhouse` of a folder that no instance has open. `untilMs` is the end of the 30 days. */
export async function fillDataset(dataDir, { tenantId, events, users, untilMs, onProgress }) {
  const { openEmbeddedEngine } = backend('storage/clickhouse/embedded-engine.js');
  const { createClickHouse } = backend('storage/clickhouse/client.js');
  const { migrate } = backend('storage/clickhouse/migrate.js');
  const engine = openEmbeddedEngine({ path: path.join(dataDir, 'clickhouse'), connections: 1 });
  const clickHouse = createClickHouse(engine, { queryTimeoutMs: 600_000 });
  await migrate(clickHouse, (work) => work());
  const fromSecond = Math.floor(untilMs / 1_000) - 30 * 86_400;
  // In the order of time, as events come in: a chunk then touches few partitions and few buckets.
  for (let start = 0; start < events; start += chunk) {
    const count = Math.min(chunk, events - start);
    await clickHouse.command(insertSql({ tenantId, users, start, count, fromSecond, events }));
    onProgress(start + count);
  }
  await clickHouse.command(seatsSql({ tenantId, users, fromSecond }));
  await clickHouse.close();
}

/** A seat for each user from the first second on, bought at once, a fifth more than are given out. */
function seatsSql({ tenantId, users, fromSecond }) {
  const at = `fromUnixTimestamp64Milli(toInt64(${fromSecond} * 1000), 'UTC')`;
  return `INSERT INTO events_raw_v1 (tenant_id, event_id, type, source, id, occurred_at, received_at, attributes)
    SELECT '${tenantId}', generateUUIDv4(), if(number = 0, 'ai.coditect.licence.seat.purchased.v1', 'ai.coditect.licence.seat.assigned.v1'),
      '/bench/seats', toString(number), ${at}, ${at},
      if(number = 0, map('quantity', '${Math.ceil(users * 1.2)}'), map('assignee.userId', concat('u_', toString(number - 1))))
    FROM numbers(${users + 1})`;
}

function insertSql({ tenantId, users, start, count, fromSecond, events }) {
  const millisPerEvent = (30 * 86_400_000) / events;
  return `INSERT INTO events_raw_v1
    (tenant_id, event_id, type, source, id, occurred_at, received_at, user_id, team, project, repository, agent,
     agent_version, model, workflow, tool, language, status, method, route, status_code, duration_ms, tokens_input,
     tokens_output, cost_usd, response_bytes)
    WITH
      number + ${start} AS n,
      sipHash64(n, 1) % 100 AS dice,
      intDiv(pow((sipHash64(n, 2) % 1000000) / 1000000, 2) * ${users}, 1) AS user,
      multiIf(dice < 25, 'ai.coditect.ide.suggestion.shown.v1', dice < 34, 'ai.coditect.ide.suggestion.accepted.v1',
        dice < 64, 'ai.coditect.api.request.completed.v1', dice < 72, 'ai.coditect.agent.run.finished.v1',
        dice < 92, 'ai.coditect.agent.tool.called.v1', dice < 93, 'ai.coditect.workflow.run.finished.v1',
        dice < 94, 'ai.coditect.marketplace.agent.viewed.v1', r % 4 = 0 AND dice < 95, 'ai.coditect.marketplace.agent.installed.v1',
        r % 16 = 1 AND dice < 95, 'ai.coditect.marketplace.agent.uninstalled.v1', dice < 96, 'ai.coditect.workflow.change.merged.v1',
        'ai.coditect.ide.session.started.v1') AS type,
      startsWith(type, 'ai.coditect.agent') AS isAgent,
      startsWith(type, 'ai.coditect.marketplace') AS isMarketplace,
      type = 'ai.coditect.api.request.completed.v1' AS isApi,
      type = 'ai.coditect.agent.run.finished.v1' AS isRun,
      type = 'ai.coditect.workflow.run.finished.v1' AS isWorkflow,
      sipHash64(n, 3) AS r
    SELECT '${tenantId}', reinterpretAsUUID(toFixedString(reinterpretAsString(sipHash128(n)), 16)), type, '/bench', toString(n),
      fromUnixTimestamp64Milli(toInt64(${fromSecond} * 1000 + n * ${millisPerEvent}), 'UTC') AS at, at,
      concat('u_', toString(toUInt32(user))), if(isApi, '', concat('team-', toString(user % 60))),
      if(isApi, '', concat('project-', toString(user % 150))), if(isApi, '', concat('repo-', toString(user % 150))),
      if(isAgent OR isMarketplace, concat('agent-', toString(r % 10)), ''), if(isAgent, concat('1.', toString(r % 3)), ''),
      if(isAgent, concat('model-', toString(intDiv(r, 16) % 5)), ''),
      if(isWorkflow, concat('workflow-', toString(r % 5)), ''),
      if(type = 'ai.coditect.agent.tool.called.v1', concat('tool-', toString(intDiv(r, 64) % 12)), ''), '',
      if(isAgent OR isWorkflow, if(intDiv(r, 1024) % 10 = 0, 'failed', 'succeeded'), ''),
      if(isApi, 'GET', ''), if(isApi, concat('/v1/route-', toString(r % 30)), ''),
      if(isApi, if(r % 200 = 0, 503, 200), 0),
      if(isAgent OR isApi OR isWorkflow, exp(3 + (r % 10000) / 2000), NULL),
      if(isRun, r % 20000, 0), if(isRun, r % 3000, 0), toDecimal64(if(isRun, (r % 100000) / 100000, 0), 9), if(isApi, r % 5000, 0)
    FROM numbers(${count})
    SETTINGS max_insert_block_size = ${chunk}, min_insert_block_size_rows = ${chunk}, max_execution_time = 600`;
}
