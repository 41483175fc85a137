import { z } from 'zod';
import { AppError } from '../../platform/errors.js';
import { createTelemetry } from '../../platform/telemetry.js';
import type { ClickHouse, InsertRequest } from './client.js';
import { observeClickHouse } from './observed-clickhouse.js';

const outside = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const question = { name: 'question', sql: 'SELECT 1', row: z.unknown() };
const block = { table: 'events_raw_v1', ndjson: Buffer.from('{}'), token: 't' };

function createWorld(failure?: Error) {
  const telemetry = createTelemetry({ defaultMetrics: false });
  const inserted: InsertRequest[] = [];
  const answer = <T>(value: T): Promise<T> => (failure ? Promise.reject(failure) : Promise.resolve(value));
  const engine: ClickHouse = {
    query: () => answer([]),
    command: () => answer(undefined),
    insert(request) {
      inserted.push(request);
      return answer(undefined);
    },
    close: () => Promise.resolve(),
  };
  return { telemetry, inserted, clickHouse: observeClickHouse(engine, telemetry) };
}

describe('an observed ClickHouse', () => {
  it.each([
    ['ok', undefined],
    ['refused', new AppError('regex_invalid', 'bad', { status: 400 })],
    ['failed', new AppError('store_unavailable', 'away', { status: 503 })],
    ['failed', new Error('a defect')],
  ])('counts what is asked as %s', async (outcome, failure) => {
    const { clickHouse, telemetry } = createWorld(failure);
    await clickHouse.query(question).catch((error: unknown) => {
      expect(error).toBe(failure);
    });
    expect(await telemetry.registry.metrics()).toContain(
      `coditect_engine_request_duration_seconds_count{engine="clickhouse",operation="query",outcome="${outcome}"} 1`,
    );
  });

  it('tells the server which trace an insert belongs to, where there is one', async () => {
    const { clickHouse, inserted, telemetry } = createWorld();
    await clickHouse.insert(block);
    await telemetry.traces.span('request', { kind: 'server', from: [outside] }, () =>
      clickHouse.insert(block),
    );
    expect(inserted.map(({ traceparent }) => traceparent)).toEqual([undefined, outside]);
  });
});
