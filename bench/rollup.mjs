// One day's rollup on a server: hours, days, distributions and users of 1 M and of 5 M landed events, as a ratio to one
// plain sum over the same events in the same run; then a late event that reopens that day.
import path from 'node:path';
import { createSteps } from '../scripts/lib/steps.mjs';
import { ensureTimescaleRoot, timescaleRoot } from '../scripts/lib/timescale-root.mjs';
import { backend, root } from './lib/instance.mjs';
import { print, round, timed } from './lib/measure.mjs';

const day = '2026-03-10';
const nowMs = Date.parse('2026-03-12T12:00Z');
const tenant = { id: 'bench', name: 'bench', timeZone: 'Europe/Berlin' };

export async function benchRollup({ sizes = [1_000_000, 5_000_000] } = {}) {
  const reason = await ensureTimescaleRoot(createSteps({ logFile: path.join(root, '.cache/bench.log') }));
  if (reason !== undefined) {
    print(`rollup: there is no server, ${reason}`);
    return;
  }
  process.env.TEST_TIMESCALE_ROOT = timescaleRoot;
  const { startTimescaleServer } = backend('testkit/timescale-server.js');
  const { openTimescaleAt } = backend('storage/timescale/open-timescale.js');
  const server = await startTimescaleServer({ isDurable: true });
  try {
    for (const events of sizes) {
      const options = { connections: 2, queryTimeoutMs: 1_800_000 };
      const timescale = await openTimescaleAt(await server.createDatabase(), options, silent());
      await timescale.migrate();
      await benchDay(timescale.database, events);
      await timescale.close();
    }
  } finally {
    await server.close();
  }
}

async function benchDay(database, events) {
  await fill(database, events);
  const plain = await timed(() =>
    database.query(`SELECT type, team, sum(tokens_input), sum(cost_usd) FROM analytics.events_landing_v1
      WHERE tenant_id = 'bench' AND occurred_at >= '${day}' AND occurred_at < '${day}'::date + 1 GROUP BY 1, 2`),
  );
  const steps = [];
  const rolled = await timed(() => tick(watch(database, steps)));
  const ratio = round(rolled.ms / plain.ms, 1);
  print(
    `rollup of a day of ${round(events)} events: ${seconds(rolled.ms)}, plain sum ${seconds(plain.ms)}, ratio ${ratio}`,
  );
  for (const { sql, ms } of steps.sort((one, other) => other.ms - one.ms).slice(0, 4))
    print(`  ${seconds(ms).padStart(8)}  ${sql}`);
  await database.runScript(fillSql(1, nowMs));
  await database.runScript(`DELETE FROM analytics.rollup_marks_v1 WHERE utc_hour <> '${day}T22:00Z'`);
  const late = await timed(() => tick(database));
  print(`  a late event reopens the day: ${seconds(late.ms)}`);
}

async function tick(database) {
  const { runTick } = backend('batch-processor/rollup/run-tick.js');
  const { createTelemetry } = backend('platform/telemetry.js');
  const options = {
    database,
    now: () => nowMs,
    closeDelayMs: 600_000,
    bounds: { daysMax: 7, eventsMax: 50_000 },
    intervalMs: 30_000,
    logger: backend('platform/logger.js').createLogger({ level: 'error', pretty: false, service: 'bench' }),
    telemetry: createTelemetry({ defaultMetrics: false }),
  };
  await runTick(options, [tenant]);
}

/** With the cardinality of a large customer: 2,000 users in 40 teams with a project each, 4 agents, 6 models, 5 types. */
function fillSql(events, receivedMs) {
  const received = new Date(receivedMs).toISOString();
  return `INSERT INTO analytics.events_landing_v1 (tenant_id, event_id, type, domain, occurred_at, received_at, user_id,
      team, project, agent, model, tool, status, duration_ms, tokens_input, tokens_output, cost_usd)
    SELECT 'bench', gen_random_uuid(), 'ai.coditect.agent.' || (n % 5) || '.v1', 'agent', at, '${received}',
      'user-' || (n * 7 % 2000), 'team-' || (n * 7 % 2000 % 40), 'project-' || (n * 7 % 2000 % 40 % 12), 'agent-' || (n % 4),
      'model-' || (n * 31 % 6), '', CASE WHEN n % 20 = 0 THEN 'failed' ELSE 'ok' END, exp(7 + random() + random() + random() + random() + (n % 4)), n % 5000, n % 900, 0.001 * (n % 100)
    FROM (SELECT n, '${day}T00:30Z'::timestamptz + n * INTERVAL '22 hours' / ${events} AS at FROM generate_series(1::bigint, ${events}) AS n) AS made;
    INSERT INTO analytics.rollup_marks_v1 (tenant_id, utc_hour, events)
    SELECT 'bench', hour, ${Math.ceil(events / 24)} FROM generate_series('${day}T00:00Z'::timestamptz, '${day}T22:00Z', '1 hour') AS hour`;
}

async function fill(database, events) {
  await database.runScript(fillSql(events, Date.parse(`${day}T23:00Z`)));
  await database.runScript('ANALYZE analytics.events_landing_v1');
}

/** The same database, with the time of each statement written down. */
function watch(database, steps) {
  return {
    ...database,
    transaction: (work) =>
      database.transaction((executor) =>
        work({
          ...executor,
          async query(sql, parameters) {
            const { ms, result } = await timed(() => executor.query(sql, parameters));
            const into = /INSERT INTO (\S+)|DELETE FROM (\S+)/.exec(
              sql.replace(/^\s*WITH gone[\s\S]*?\)\s+INSERT/, 'INSERT'),
            );
            steps.push({
              ms,
              sql: `${into?.[1] ?? into?.[2] ?? sql.trim().slice(0, 40)} ${parameters?.[1] ?? ''}`.slice(
                0,
                70,
              ),
            });
            return result;
          },
        }),
      ),
  };
}

function seconds(ms) {
  return `${round(ms / 1_000, 2)} s`;
}

function silent() {
  return backend('platform/logger.js').createLogger({ level: 'silent', pretty: false, service: 'bench' });
}
