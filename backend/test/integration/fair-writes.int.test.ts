import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventEnvelope } from '@coditect/contracts';
import { pino } from 'pino';
import { z } from 'zod';
import { createTelemetry } from '../../src/platform/telemetry.js';
import { createEventWriter } from '../../src/storage/clickhouse/event-writer.js';
import { createCountedOnceWriter } from '../../src/stream-processor/counted-once-writer.js';
import { openInsertJournal } from '../../src/stream-processor/insert-journal.js';
import { createStreamProcessor, type StreamProcessor } from '../../src/stream-processor/stream-processor.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { openTestClickHouse, type TestClickHouse } from '../../src/testkit/embedded-clickhouse.js';

let store: TestClickHouse;
let journalFolder: string;

beforeAll(async () => {
  store = await openTestClickHouse();
  journalFolder = await mkdtemp(join(tmpdir(), 'coditect-journal-'));
});

afterAll(async () => {
  await store.close();
  await rm(journalFolder, { recursive: true, force: true });
});

/** As it stands in the embedded product, but for rows of a write that are few. */
async function startProcessor(): Promise<StreamProcessor> {
  const telemetry = createTelemetry({ defaultMetrics: false });
  const writer = createCountedOnceWriter({
    store: createEventWriter(store.clickHouse),
    journal: await openInsertJournal(journalFolder),
    filterBytesMax: 65_536,
    signal: new AbortController().signal,
    insertAttemptsMax: 2,
    sleep,
    deadLetters: { add: () => Promise.reject(new Error('nothing is given up here')) },
    logger: pino({ level: 'silent' }),
    telemetry,
  });
  await writer.start();
  return createStreamProcessor({
    writer,
    insertRowsMax: 400,
    insertSharedRowsMax: 200,
    insertIntervalMs: 0,
    now: Date.now,
    sleep,
    newId: randomUUID,
    telemetry,
  });
}

const batchOf = (tenantId: string, rows: number): readonly EventEnvelope[] =>
  Array.from({ length: rows }, () => anEvent({ tenantId }));

const countRow = z.object({ tenant_id: z.string(), raw: z.number(), aggregated: z.number() });

async function countStored(): Promise<unknown> {
  const rows = await store.clickHouse.query({
    name: 'fair-writes',
    sql: `SELECT tenant_id, sum(r) AS raw, sum(a) AS aggregated FROM (
            SELECT tenant_id, count() AS r, 0 AS a FROM events_raw_v1 GROUP BY tenant_id
            UNION ALL SELECT tenant_id, 0, sum(events) FROM events_per_minute_v1 GROUP BY tenant_id)
          GROUP BY tenant_id ORDER BY tenant_id`,
    row: countRow,
  });
  return rows.map(({ tenant_id, raw, aggregated }) => [tenant_id, raw, aggregated]);
}

describe('writes of several tenants', () => {
  it('store the few events of one before what another had waiting, each once, in the order of each', async () => {
    const processor = await startProcessor();
    const order: string[] = [];
    const send = async (name: string, batch: readonly EventEnvelope[]): Promise<void> => {
      await processor.store(batch);
      order.push(name);
    };
    const flood = Array.from({ length: 12 }, () => batchOf('flood', 200));
    const few = [batchOf('acme', 2), batchOf('acme', 1)];
    const sending = [
      ...flood.map((batch, index) => send(`flood ${index}`, batch)),
      ...few.map((batch, index) => send(`acme ${index}`, batch)),
    ];
    // Both again, while their first copies wait: counted once all the same.
    sending.push(send('flood again', flood[11] ?? []), send('acme again', few[0] ?? []));
    await Promise.all(sending);
    await processor.close();

    const ofFlood = order.filter((name) => name.startsWith('flood'));
    expect(ofFlood).toEqual([...flood.map((_, index) => `flood ${index}`), 'flood again']);
    expect(order.filter((name) => name.startsWith('acme'))).toEqual(['acme 0', 'acme 1', 'acme again']);
    // In one line, all of the flood would come before it.
    expect(order.indexOf('acme again')).toBeLessThan(order.indexOf('flood 4'));
    expect(await countStored()).toEqual([
      ['acme', 3, 3],
      ['flood', 2_400, 2_400],
    ]);
  });
});
