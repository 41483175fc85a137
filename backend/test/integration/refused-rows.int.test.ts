import type { EventEnvelope } from '@coditect/contracts';
import { pino } from 'pino';
import { z } from 'zod';
import type { DeadLetter } from '../../src/platform/dead-letters.js';
import { createTelemetry } from '../../src/platform/telemetry.js';
import { createEventWriter } from '../../src/storage/clickhouse/event-writer.js';
import { countEverywhere, findDifferences } from '../../src/storage/clickhouse/queries/count-everywhere.js';
import {
  createCountedOnceWriter,
  type CountedOnceWriter,
} from '../../src/stream-processor/counted-once-writer.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { openTestClickHouse, type TestClickHouse } from '../../src/testkit/embedded-clickhouse.js';

let world: TestClickHouse;
let letters: DeadLetter[];

beforeEach(async () => {
  world = await openTestClickHouse();
  letters = [];
});

afterEach(async () => {
  await world.close();
});

/** A processor as it is after it became the reader of a partition, with a broker as its journal. */
async function startProcessor(): Promise<CountedOnceWriter> {
  const writer = createCountedOnceWriter({
    store: createEventWriter(world.clickHouse),
    filterBytesMax: 65_536,
    signal: new AbortController().signal,
    insertAttemptsMax: 1,
    sleep: () => Promise.resolve(),
    deadLetters: {
      add: (letter) => {
        letters.push(letter);
        return Promise.resolve();
      },
    },
    logger: pino({ level: 'silent' }),
    telemetry: createTelemetry({ defaultMetrics: false }),
  });
  await (
    await writer.start()
  ).learnt;
  return writer;
}

/** Events that reach every aggregate. */
function aMixedBatch(count: number, costUsd = 0.5): EventEnvelope[] {
  return Array.from({ length: count }, (_, index) => {
    const type =
      index % 2 === 0 ? 'ai.coditect.agent.run.finished.v1' : 'ai.coditect.api.request.completed.v1';
    return anEvent({ tenantId: 'refused', type, userId: `u_${index % 7}`, tool: 'grep', costUsd });
  });
}

async function expectCountedOnce(events: number): Promise<void> {
  const counts = await countEverywhere(world.clickHouse, 'refused');
  expect(findDifferences(counts)).toEqual([]);
  expect(counts.raw).toBe(events);
}

/** More than a column of nine digits before the point can hold. */
const tooDear = 1e12;

async function repairCost(): Promise<void> {
  for (const table of ['events_raw_v1', 'events_raw_check_v1'])
    await world.clickHouse.command(`ALTER TABLE ${table} MODIFY COLUMN cost_usd Decimal(38, 9)`);
}

describe('rows that ClickHouse refuses', () => {
  it('count once when the whole message comes again after the table was repaired, and when they are replayed', async () => {
    const [bad, ...good] = [...aMixedBatch(1, tooDear), ...aMixedBatch(59)];
    if (bad === undefined) throw new Error('no event');
    const message = { id: 'message', events: [...good.slice(0, 20), bad, ...good.slice(20)] };
    await (await startProcessor()).write(message);
    await expectCountedOnce(59);
    expect(letters.map((letter) => letter.messageId)).toEqual([bad.eventId]);
    // The process dies before it acknowledges the message; another one reads it.
    await repairCost();
    await (await startProcessor()).write(message);
    await expectCountedOnce(59);
    for (let time = 0; time < 2; time += 1)
      await (await startProcessor()).write({ id: bad.eventId, events: [bad] });
    await expectCountedOnce(60);
    expect(letters).toHaveLength(1);
  });

  it('do not keep the others from being completed after a crash in the middle of the insert', async () => {
    const message = { id: 'half', events: [...aMixedBatch(30), ...aMixedBatch(2, tooDear)] };
    await world.clickHouse.command('DETACH TABLE activity_per_quarter_v1_mv');
    await (
      await startProcessor()
    )
      .write(message)
      .finally(() => world.clickHouse.command('ATTACH TABLE activity_per_quarter_v1_mv'));
    await expect(expectCountedOnce(30)).rejects.toThrow();
    await (await startProcessor()).write(message);
    await expectCountedOnce(30);
    expect(new Set(letters.map((letter) => letter.messageId)).size).toBe(2);
  });

  it('are set aside, too, when they came without any other', async () => {
    await (await startProcessor()).write({ id: 'few', events: aMixedBatch(3, tooDear) });
    expect(letters).toHaveLength(3);
    await expectCountedOnce(0);
  });

  it('are no fault of theirs when the table takes no row at all: nothing is given up', async () => {
    const message = { id: 'all', events: aMixedBatch(500) };
    const changeTool = async (type: string): Promise<void> => {
      for (const table of ['events_raw_v1', 'events_raw_check_v1'])
        await world.clickHouse.command(`ALTER TABLE ${table} MODIFY COLUMN tool ${type}`);
    };
    await changeTool('UInt64');
    const processor = await startProcessor();
    await expect(processor.write(message)).rejects.toMatchObject({
      code: 'store_refuses_rows',
      retryable: true,
    });
    expect(letters).toEqual([]);
    await changeTool('LowCardinality(String)');
    await processor.write(message);
    await expectCountedOnce(500);
  });

  it('are no fault of theirs when nothing but the table of events refuses them', async () => {
    await world.clickHouse.command('ALTER TABLE events_raw_v1 MODIFY COLUMN cost_usd Decimal(9, 9)');
    const message = { id: 'raw', events: aMixedBatch(10, 7) };
    await expect((await startProcessor()).write(message)).rejects.toMatchObject({ code: 'rows_refused' });
    expect(letters).toEqual([]);
  });
});

describe('the table that checks rows', () => {
  const columnRow = z.object({ name: z.string(), type: z.string(), default_expression: z.string() });

  it('has the columns of the table of events, whatever migrations did to that', async () => {
    const columnsOf = (table: string): Promise<readonly z.infer<typeof columnRow>[]> =>
      world.clickHouse.query({
        name: 'columns',
        sql: `SELECT name, type, default_expression FROM system.columns
              WHERE database = currentDatabase() AND table = {table:String} ORDER BY position`,
        params: { table },
        row: columnRow,
      });
    const columns = await columnsOf('events_raw_v1');
    expect(columns.length).toBeGreaterThan(30);
    expect(await columnsOf('events_raw_check_v1')).toEqual(columns);
  });

  it('takes a row that has every column', async () => {
    const { check, soundRow } = createEventWriter(world.clickHouse);
    await check(Buffer.from(soundRow));
    expect(Object.keys(z.record(z.string(), z.unknown()).parse(JSON.parse(soundRow)))).toHaveLength(35);
    await expectCountedOnce(0);
  });
});
