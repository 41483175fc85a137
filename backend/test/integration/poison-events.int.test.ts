import type { EventEnvelope } from '@coditect/contracts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createIntake } from '../../src/collector/intake.js';
import { defaultCollectorLimits } from '../../src/collector/limits.js';
import type { DeadLetter } from '../../src/platform/dead-letters.js';
import { createTelemetry } from '../../src/platform/telemetry.js';
import { createEventWriter } from '../../src/storage/clickhouse/event-writer.js';
import { countEverywhere, findDifferences } from '../../src/storage/clickhouse/queries/count-everywhere.js';
import {
  createCountedOnceWriter,
  type CountedOnceWriter,
} from '../../src/stream-processor/counted-once-writer.js';
import { openInsertJournal } from '../../src/stream-processor/insert-journal.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { openTestClickHouse, type TestClickHouse } from '../../src/testkit/embedded-clickhouse.js';

let world: TestClickHouse;
let journalFolder: string;
let writer: CountedOnceWriter;
let writes = 0;
const letters: DeadLetter[] = [];
const write = (events: readonly EventEnvelope[]): Promise<Set<string>> =>
  writer.write({ id: `poison-${(writes += 1)}`, events });
const telemetry = createTelemetry({ defaultMetrics: false });

beforeAll(async () => {
  world = await openTestClickHouse();
  journalFolder = await mkdtemp(join(tmpdir(), 'coditect-poison-'));
  writer = createCountedOnceWriter({
    store: createEventWriter(world.clickHouse),
    journal: await openInsertJournal(journalFolder),
    filterBytesMax: 65_536,
    signal: new AbortController().signal,
    insertAttemptsMax: 2,
    sleep: () => Promise.resolve(),
    deadLetters: {
      add: (letter) => {
        letters.push(letter);
        return Promise.resolve();
      },
    },
    logger: pino({ level: 'silent' }),
    telemetry,
  });
  await (
    await writer.start()
  ).learnt;
}, 60_000);

afterAll(async () => {
  await world.close();
  await rm(journalFolder, { recursive: true, force: true });
});

const knownData: Readonly<Record<string, object>> = {
  'ai.coditect.agent.run.finished.v1': { status: 'succeeded' },
  'ai.coditect.api.request.completed.v1': { method: 'GET', route: '/', statusCode: 200 },
  'com.example.unknown': {},
  'ai.coditect.': {},
};
const numberFields = [
  'durationMs',
  'tokensInput',
  'tokensOutput',
  'tokensCacheRead',
  'tokensCacheCreation',
  'tokensReasoning',
  'costUsd',
  'statusCode',
  'responseBytes',
];
const numbers = [
  1e308,
  1e21,
  2 ** 64,
  2 ** 63,
  2 ** 53,
  2 ** 53 - 1,
  1e12,
  9_223_372_037,
  999_999_999.999_999_9,
];
const smallNumbers = [
  1e8,
  70_000,
  65_536,
  1.5,
  1e-9,
  1e-10,
  5e-324,
  0,
  -0,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
];
const strangers = ['5', true, null, [1], { a: 1 }, '\u0000', '\ud800', 'x'.repeat(600)];
const times = [
  '2000-01-01T00:00:00Z',
  '1999-12-31T23:59:59.999Z',
  '2000-01-01T00:00:00+23:59',
  '2026-01-31T23:59:59.999999999Z',
  '2299-01-01T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
];
const texts = [
  'a\nb',
  '\r\n',
  '\u2028',
  '\ufffe',
  '👩‍👩‍👧',
  '\\',
  '"',
  "'",
  '\u0001\u001f\u007f',
  '\\u0000',
  '\\N',
  '{}',
];
const reserved = ['tenant_id', 'event_id', 'domain', 'attributes', 'occurred_at', 'toJSON', 'constructor'];

function* hostileEvents(): Iterable<Record<string, unknown>> {
  for (const [type, data] of Object.entries(knownData)) {
    for (const name of numberFields) {
      for (const value of [...numbers, ...smallNumbers, ...strangers])
        yield { type, data: { ...data, [name]: value } };
    }
  }
  for (const time of times) yield { time };
  for (const text of texts)
    yield { source: text, type: text, subject: text, data: { team: text, [text]: text } };
  for (const name of reserved) {
    yield { data: { [name]: 'x' } };
    yield { [name]: 'x' };
  }
  for (const data of ['x', 5, [1], null, [['\ud800']]]) yield { data };
}

describe('events that could spoil the insert of others', () => {
  it('are refused at the door or stored: whatever passes the door, the engine takes', async () => {
    const now = Date.UTC(2026, 2, 10, 12);
    const intake = createIntake({
      bus: {
        publish: async (batch) => ({ duplicates: batch.length - (await write(batch)).size }),
      },
      getUserSalt: () => Promise.resolve('salt'),
      drawAcceptance: () => 1,
      now: () => now,
      limits: defaultCollectorLimits,
      telemetry,
    });
    const candidates = [...hostileEvents()].map((event, index) => ({
      index,
      event: {
        specversion: '1.0',
        id: `e${index}`,
        source: '/hostile',
        type: 'com.example.unknown',
        ...event,
      },
    }));
    const { accepted, rejected, duplicates } = await intake.accept(
      { id: 'hostile', name: 'hostile', timeZone: 'UTC' },
      candidates,
    );
    expect(duplicates).toBe(0);
    expect(accepted + rejected.length).toBe(candidates.length);
    expect(letters).toEqual([]);
    const counts = await countEverywhere(world.clickHouse, 'hostile');
    expect(findDifferences(counts)).toEqual([]);
    expect(counts.raw).toBe(accepted);
  });

  it('are set aside when the door let one through, and cost their neighbours nothing', async () => {
    const events = Array.from({ length: 50 }, (_, index) =>
      anEvent({ tenantId: 'neighbours', costUsd: index }),
    );
    const bad: EventEnvelope = anEvent({ tenantId: 'neighbours', id: 'too-dear', costUsd: 1e12 });
    expect((await write([...events.slice(0, 20), bad, ...events.slice(20)])).size).toBe(51);
    expect((await countEverywhere(world.clickHouse, 'neighbours')).activity).toBe(50);
    expect(letters).toMatchObject([
      {
        messageId: bad.eventId,
        origin: 'stream',
        code: 'row_refused',
        events: [{ id: 'too-dear', costUsd: 1e12 }],
      },
    ]);
    const { values } = await telemetry.dropped.get();
    expect(values).toContainEqual({
      value: 1,
      labels: { component: 'stream-processor', reason: 'row_refused' },
    });
    await write([bad, anEvent({ tenantId: 'neighbours' })]);
    expect((await countEverywhere(world.clickHouse, 'neighbours')).activity).toBe(51);
    expect(new Set(letters.map((letter) => letter.messageId))).toEqual(new Set([bad.eventId]));
  });
});
