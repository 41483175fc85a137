import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClickHouse, type ClickHouse } from '../../src/storage/clickhouse/client.js';
import { openEmbeddedEngine } from '../../src/storage/clickhouse/embedded-engine.js';
import { createEventWriter, formatEventRow } from '../../src/storage/clickhouse/event-writer.js';
import { migrate } from '../../src/storage/clickhouse/migrate.js';
import { countEverywhere, findDifferences } from '../../src/storage/clickhouse/queries/count-everywhere.js';
import { anEvent } from '../../src/testkit/an-event.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coditect-clickhouse-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function withEngine(work: (clickHouse: ClickHouse) => Promise<void>): Promise<void> {
  const clickHouse = createClickHouse(openEmbeddedEngine({ path: folder, connections: 1 }), {
    queryTimeoutMs: 30_000,
  });
  try {
    await migrate(clickHouse, (migrations) => migrations());
    await work(clickHouse);
  } finally {
    await clickHouse.close();
  }
}

async function folderOf(table: string): Promise<string> {
  const statement = await readFile(join(folder, 'metadata/default', `${table}.sql`), 'utf8');
  const [, id = ''] = /UUID '([^']+)'/.exec(statement) ?? [];
  return join(folder, 'store', id.slice(0, 3), id);
}

/** What a kill between the note of the token and the naming of the part leaves: a token, and no part. */
async function losePart(table: string): Promise<void> {
  const tableFolder = await folderOf(table);
  const parts = (await readdir(tableFolder)).filter((name) => /^\d+_\d+_\d+_\d+$/.test(name));
  expect(parts).toHaveLength(1);
  for (const part of parts) await rm(join(tableFolder, part), { recursive: true });
}

const block = {
  token: 'the-block',
  ndjson: Buffer.from(
    Array.from({ length: 20 }, (_, index) =>
      createRow(
        index,
        index % 2 === 0 ? 'ai.coditect.agent.run.finished.v1' : 'ai.coditect.api.request.completed.v1',
      ),
    ).join('\n'),
  ),
};

function createRow(index: number, type: string): string {
  const event = anEvent({ id: `e${index}`, type, userId: `u${index % 3}`, durationMs: index, costUsd: 0.25 });
  return formatEventRow(event);
}

describe('an engine that was killed while it named a part', () => {
  it.each([
    'events_raw_v1',
    'event_ids_v1',
    'events_per_minute_v1',
    'api_requests_per_minute_v1',
    'api_requests_per_quarter_v1',
    'agent_durations_per_quarter_v1',
    'activity_per_quarter_v1',
    'user_days_v1',
  ])('takes the block again for %s alone, which lost it', async (table) => {
    await withEngine((clickHouse) => createEventWriter(clickHouse).insert(block));
    await losePart(table);
    await withEngine(async (clickHouse) => {
      await createEventWriter(clickHouse).insert(block);
      const counts = await countEverywhere(clickHouse, 'acme');
      expect(findDifferences(counts)).toEqual([]);
      expect(counts.raw).toBe(20);
    });
  });

  it('reads its log to the end after a record that was cut off while it was written', async () => {
    await withEngine((clickHouse) => createEventWriter(clickHouse).insert(block));
    await appendFile(
      join(await folderOf('events_raw_v1'), 'deduplication_logs/deduplication_log_1.txt'),
      '1\t20',
    );
    const next = { token: 'next', ndjson: Buffer.from(createRow(99, 'x.y')) };
    await withEngine((clickHouse) => createEventWriter(clickHouse).insert(next));
    await withEngine(async (clickHouse) => {
      await createEventWriter(clickHouse).insert(block);
      await createEventWriter(clickHouse).insert(next);
      const counts = await countEverywhere(clickHouse, 'acme');
      expect(findDifferences(counts)).toEqual([]);
      expect(counts.raw).toBe(21);
    });
  });

  it('still counts a block once whose parts are all there, merged or not', async () => {
    await withEngine(async (clickHouse) => {
      await createEventWriter(clickHouse).insert(block);
      await createEventWriter(clickHouse).insert({
        token: 'next',
        ndjson: Buffer.from(createRow(99, 'x.y')),
      });
      await clickHouse.command('OPTIMIZE TABLE events_per_minute_v1 FINAL');
    });
    await withEngine(async (clickHouse) => {
      await createEventWriter(clickHouse).insert(block);
      const counts = await countEverywhere(clickHouse, 'acme');
      expect(findDifferences(counts)).toEqual([]);
      expect(counts.raw).toBe(21);
    });
  });
});
