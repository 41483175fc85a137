import {
  metricQuerySchema,
  type EventEnvelope,
  type MetricAnswer,
  type MetricQueryInput,
} from '@coditect/contracts';
import { shippedKpis, type KpiRegistry } from '../../src/kpis/kpi-registry.js';
import { answerPlan } from '../../src/metric-queries/answer-query.js';
import { fixedLimits } from '../../src/metric-queries/limits.js';
import type { MetricEngine } from '../../src/metric-queries/metric-engine.js';
import { planQuery } from '../../src/metric-queries/plan-query.js';
import { createClickHouseEngine } from '../../src/metrics-service/clickhouse-engine.js';
import { fixedRawLimits } from '../../src/metrics-service/raw-limits.js';
import { createTimescaleEngine } from '../../src/reporting-service/metrics/timescale-engine.js';
import type { ClickHouse } from '../../src/storage/clickhouse/client.js';
import {
  createEventWriter,
  formatEventRow,
  partitionOfEvent,
} from '../../src/storage/clickhouse/event-writer.js';
import { createLandingWriter } from '../../src/storage/timescale/landing-writer.js';
import { groupEvents } from '../../src/stream-processor/plan-inserts.js';
import { openTestClickHouse } from '../../src/testkit/embedded-clickhouse.js';
import type { TestTimescale } from '../../src/testkit/test-timescale.js';

export type EngineName = 'clickhouse' | 'timescale';

/** Both stores with the same events, and both ways to ask. */
export interface NumbersWorld {
  readonly timescale: TestTimescale;
  readonly clickHouse: ClickHouse;
  store(events: readonly EventEnvelope[]): Promise<void>;
  /** The answer, or what the question was refused with. */
  ask(engine: EngineName, query: MetricQueryInput, zone?: string, tenant?: string): Promise<MetricAnswer>;
  close(): Promise<void>;
}

export const tenantId = 'acme';
const seatPrices = [{ name: 'list', monthlyUsd: 30 }];
const limits = { ...fixedLimits, pointsMax: 11_000, groupsMax: 10_000, filterValuesMax: 1_000 };

export async function openNumbersWorld(
  openTimescale: () => Promise<TestTimescale>,
  nowMs: number,
  kpis: KpiRegistry = shippedKpis,
): Promise<NumbersWorld> {
  const clickHouse = await openTestClickHouse();
  const timescale = await openTimescale();
  const writer = createEventWriter(clickHouse.clickHouse);
  const lander = createLandingWriter(timescale.timescale.database);
  const engines: Record<EngineName, MetricEngine> = {
    clickhouse: createClickHouseEngine(
      clickHouse.clickHouse,
      { ...fixedRawLimits, retentionDays: 400 },
      { memoryBytesMax: 2 ** 31, aggregateRetentionDays: 1_830 },
    ),
    timescale: createTimescaleEngine(timescale.timescale.database),
  };
  let token = 0;
  return {
    timescale,
    clickHouse: clickHouse.clickHouse,
    async store(events) {
      for (const block of groupEvents(events, partitionOfEvent).values()) {
        token += 1;
        const ndjson = Buffer.from(block.map((event) => formatEventRow(event)).join('\n'));
        await writer.insert({ token: `numbers-${token}`, ndjson });
      }
      await lander.land(events);
    },
    ask(engine, input, timeZone = 'UTC', tenant = tenantId) {
      const query = metricQuerySchema.parse(input);
      const plan = planQuery({ id: tenant, timeZone }, query, { kpis, nowMs, limits });
      return answerPlan(tenant, plan, AbortSignal.timeout(60_000), {
        engine: engines[engine],
        limits,
        watermark: () => nowMs,
        now: () => nowMs,
        goals: { read: () => Promise.resolve({ targets: [], budgets: [], seatPrices }) },
      });
    },
    async close() {
      await timescale.close();
      await clickHouse.close();
    },
  };
}
