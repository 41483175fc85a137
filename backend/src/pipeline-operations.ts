import { createOperations, type MigrationEntry, type Operations } from './admin/operations.js';
import type { Intake } from './collector/intake.js';
import type { OpenDeadLetters } from './dead-letters.js';
import type { ControlStore } from './platform/tenancy.js';
import type { ClickHouse } from './storage/clickhouse/client.js';
import { listMigrations } from './storage/clickhouse/migrate.js';
import { countEverywhere, findDifferences } from './storage/clickhouse/queries/count-everywhere.js';

/** What an operator can do, on the pipeline of this process. */
export function createPipelineOperations(pipeline: {
  readonly clickHouse: ClickHouse;
  readonly control: ControlStore;
  readonly intake: Intake;
  readonly deadLetters: OpenDeadLetters;
}): Operations {
  const { clickHouse, control, deadLetters, intake } = pipeline;
  return createOperations({
    control,
    deadLetters: deadLetters.letters,
    replay: deadLetters.replay,
    intake,
    listMigrations: () => listAllMigrations(control, clickHouse),
    async verify(tenantId) {
      const counts = await countEverywhere(clickHouse, tenantId);
      return { counts, differences: findDifferences(counts) };
    },
  });
}

/** The migrations of both stores, in the order in which they run. */
export async function listAllMigrations(
  control: ControlStore,
  clickHouse: ClickHouse,
): Promise<readonly MigrationEntry[]> {
  const ofControl = await control.listMigrations();
  const ofClickHouse = await listMigrations(clickHouse);
  return [
    ...ofControl.map((migration) => ({ store: 'control', ...migration })),
    ...ofClickHouse.map((migration) => ({ store: 'clickhouse', ...migration })),
  ];
}
