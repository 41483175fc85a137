import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { DeadLetter, DeadLetterStore } from '../../src/platform/dead-letters.js';
import { createControlStore } from '../../src/storage/control/control-store.js';
import { createDeadLetterStore } from '../../src/storage/control/dead-letter-store.js';
import { readMigrations } from '../../src/storage/postgres/migrations.js';
import { openPgDatabase } from '../../src/storage/postgres/pg-database.js';
import { openPgliteDatabase } from '../../src/storage/control/pglite-database.js';
import type { SqlDatabase } from '../../src/storage/postgres/sql-executor.js';
import { anEvent } from '../../src/testkit/an-event.js';
import { silent } from './landing-world.js';

export interface DeadLetterWorld {
  readonly store: DeadLetterStore;
  readonly database: SqlDatabase;
  /** What the store takes for now. Moves by a second with every look. */
  readonly clock: { ms: number };
  readonly remove: () => Promise<void>;
}

/** A store of dead letters on an embedded PostgreSQL of its own, and a clock that the test moves. */
export async function createDeadLetterWorld(): Promise<DeadLetterWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'coditect-letters-'));
  return createWorld(await openPgliteDatabase(folder, silent), () =>
    rm(folder, { recursive: true, force: true }),
  );
}

/** The same in a database of its own on the given server. */
export async function createDeadLetterServerWorld(url: string): Promise<DeadLetterWorld> {
  const name = `letters_${randomUUID().replaceAll('-', '')}`;
  const logger = pino({ level: 'silent' });
  const server = openPgDatabase({ name: 'control', url, connections: 1, queryTimeoutMs: 10_000, logger });
  await server.runScript(`CREATE DATABASE ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  const database = openPgDatabase({
    name: 'control',
    url: own.href,
    connections: 5,
    queryTimeoutMs: 10_000,
    logger,
  });
  return createWorld(database, async () => {
    await server.runScript(`DROP DATABASE ${name} WITH (FORCE)`);
    await server.close();
  });
}

async function createWorld(database: SqlDatabase, remove: () => Promise<void>): Promise<DeadLetterWorld> {
  const clock = { ms: Date.UTC(2026, 2, 1) };
  const now = (): Date => {
    clock.ms += 1_000;
    return new Date(clock.ms);
  };
  const migrations = await readMigrations(join(__dirname, '../../src/storage/control/migrations'));
  await createControlStore({ database, migrations, now }).migrate();
  return {
    store: createDeadLetterStore({ database, retentionDays: 90, now }),
    database,
    clock,
    async remove() {
      await database.close();
      await remove();
    },
  };
}

let sequence = 0;

/** A letter of its own message. Say only what matters to the test. */
export function aLetter(overrides: Partial<DeadLetter> = {}): DeadLetter {
  sequence += 1;
  return {
    messageId: `message-${sequence}`,
    origin: 'stream',
    code: 'delivery_limit',
    reason: 'It was delivered 20 times and never stored.',
    attempts: 20,
    events: [anEvent()],
    ...overrides,
  };
}
