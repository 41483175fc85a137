import { createRollupLoop, type RollupLoop } from './batch-processor/rollup/rollup-loop.js';
import type { StreamCounts } from './batch-processor/rollup/stream-counts.js';
import type { PipelineContext } from './pipeline.js';
import { isDoneBefore } from './platform/deadline.js';
import type { ControlStore } from './platform/tenancy.js';
import { followProgress } from './progress.js';
import type { ClickHouse } from './storage/clickhouse/client.js';
import { writeDayChecks } from './storage/clickhouse/day-checks.js';
import { openClickHouse } from './storage/clickhouse/open-clickhouse.js';
import { queryDayCounts } from './storage/clickhouse/queries/day-counts.js';
import { querySeatEvents } from './storage/clickhouse/queries/seat-events.js';
import type { Timescale } from './storage/timescale/open-timescale.js';

export interface RollupStores {
  readonly control: ControlStore;
  readonly timescale: Timescale;
  /** Where this process has it open. */
  readonly clickHouse: ClickHouse | undefined;
  /** Until when the stream has stored everything; known here when this process stores it all. */
  readonly watermark: (() => number) | undefined;
}

/** The rollups of this process; not started yet. Closes before the stores do. */
export async function openRollups(context: PipelineContext, stores: RollupStores): Promise<RollupLoop> {
  const { config, lifecycle, logger, telemetry } = context;
  const { control, timescale } = stores;
  const loop = createRollupLoop({
    database: timescale.database,
    listTenants: () => control.listTenants(),
    stream: await openStreamCounts(context, stores),
    now: Date.now,
    config: config.rollup,
    logger,
    telemetry,
  });
  // A store that is silent never ends the transaction under way: left behind, it counts nothing, and its marks stay.
  lifecycle.onClose('rollups', async (deadline) => {
    await isDoneBefore(deadline, loop.close());
  });
  return loop;
}

const dayMs = 86_400_000;

async function openStreamCounts(
  context: PipelineContext,
  { clickHouse: opened, control, watermark }: RollupStores,
): Promise<StreamCounts | undefined> {
  const { config, lifecycle } = context;
  // The embedded engine belongs to the process that stores the stream.
  if (opened === undefined && config.clickhouse.url === undefined) return undefined;
  const clickHouse = opened ?? (await openClickHouse(config));
  if (opened === undefined) lifecycle.onClose('clickhouse for reconciliation', () => clickHouse.close());
  const { rawRetentionDays } = config.streamProcessor;
  return {
    storedUntil: watermark ?? (await followProgress(context, control, 'stream')),
    countDay: (tenantId, fromMs, toMs) => {
      const isRawKept = fromMs > Date.now() - rawRetentionDays * dayMs;
      return queryDayCounts(clickHouse, tenantId, { fromMs, toMs, source: isRawKept ? 'raw' : 'quarters' });
    },
    keepChecks: (tenantId, day) => writeDayChecks(clickHouse, tenantId, day),
    listSeatEvents: (tenantId, page) => querySeatEvents(clickHouse, tenantId, page),
  };
}
