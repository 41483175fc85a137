import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeadLetter, DeadLetterStore } from '../../src/platform/dead-letters.js';
import { createControlStore } from '../../src/storage/control/control-store.js';
import { createDeadLetterStore } from '../../src/storage/control/dead-letter-store.js';
import { readMigrations } from '../../src/storage/control/migrations.js';
import { openPgliteDatabase } from '../../src/storage/control/pglite-database.js';
import type { SqlDatabase } from '../../src/storage/control/sql-executor.js';
import { anEvent } from '../../src/testkit/an-event.js';

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
  const database = await openPgliteDatabase(folder);
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
      await rm(folder, { recursive: true, force: true });
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
