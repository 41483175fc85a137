import type { EventEnvelope } from '@coditect/contracts';
import { pino } from 'pino';
import { createTelemetry } from '../../src/platform/telemetry.js';
import type { ClickHouse } from '../../src/storage/clickhouse/client.js';
import { countEverywhere, findDifferences } from '../../src/storage/clickhouse/queries/count-everywhere.js';
import {
  createCountedOnceWriter,
  type CountedOnceWriter,
  type CountedOnceWriterOptions,
} from '../../src/stream-processor/counted-once-writer.js';
import { anEvent } from '../../src/testkit/an-event.js';

/** A writer as it is after its process was started: it has learnt from the store which ids are stored. */
export async function startCountedOnceWriter(
  options: Pick<CountedOnceWriterOptions, 'store' | 'filterBytesMax' | 'journal' | 'partition'>,
): Promise<CountedOnceWriter> {
  const writer = createCountedOnceWriter({
    ...options,
    signal: new AbortController().signal,
    insertAttemptsMax: 1,
    sleep: () => Promise.resolve(),
    deadLetters: { add: () => Promise.reject(new Error('nothing dies here')) },
    logger: pino({ level: 'silent' }),
    telemetry: createTelemetry({ defaultMetrics: false }),
  });
  const { learnt } = await writer.start();
  await learnt;
  return writer;
}

/** Events that reach every aggregate: users, agents with cost, API requests, over two months. */
export function aMixedBatch(tenantId: string, count: number): EventEnvelope[] {
  return Array.from({ length: count }, (_, index) => {
    const shared = {
      tenantId,
      id: `mixed-${index}`,
      userId: `u_${index % 7}`,
      team: index % 2 === 0 ? 'core' : 'web',
      occurredAt: Date.UTC(2026, index % 3 === 0 ? 1 : 2, 10, index % 24, index % 60),
      durationMs: index + 0.5,
    };
    return index % 2 === 0
      ? anEvent({
          ...shared,
          type: 'ai.coditect.agent.run.finished.v1',
          agent: 'reviewer',
          status: 'succeeded',
          costUsd: 0.000_000_001 * index,
          tokensInput: index,
        })
      : anEvent({
          ...shared,
          type: 'ai.coditect.api.request.completed.v1',
          route: '/r',
          method: 'GET',
          statusCode: 200,
        });
  });
}

/** Raw events and every aggregate hold these many of the tenant. */
export async function expectCountedOnce(
  clickHouse: ClickHouse,
  tenantId: string,
  events: number,
): Promise<void> {
  const counts = await countEverywhere(clickHouse, tenantId);
  expect(findDifferences(counts)).toEqual([]);
  expect(counts.raw).toBe(events);
}
