import type { LimitSettings } from './admin/limit-operations.js';
import { createOperations, type MigrationEntry, type Operations } from './admin/operations.js';
import type { RollupLoop } from './batch-processor/rollup/rollup-loop.js';
import type { Intake } from './collector/intake.js';
import type { OpenDeadLetters } from './dead-letters.js';
import type { Foundation } from './pipeline.js';
import { AppError } from './platform/errors.js';
import type { BrandingStore } from './platform/branding.js';
import type { GoalSettings } from './platform/goals.js';
import type { ControlStore } from './platform/tenancy.js';
import { createBrandingSettings } from './reporting-service/branding/branding-settings.js';
import { canDrawLogo } from './reporting-service/pdf/try-logo.js';
import type { ClickHouse } from './storage/clickhouse/client.js';
import { listMigrations } from './storage/clickhouse/migrate.js';
import { countEverywhere, findDifferences } from './storage/clickhouse/queries/count-everywhere.js';
import type { Timescale } from './storage/timescale/open-timescale.js';

/** What an operator can do, on the pipeline of this process. */
export function createPipelineOperations(pipeline: {
  readonly clickHouse: ClickHouse;
  /** Where this process has it open. */
  readonly timescale: Timescale | undefined;
  readonly rollups: Pick<RollupLoop, 'rollUp'> | undefined;
  readonly control: ControlStore;
  readonly branding: BrandingStore;
  readonly goals: GoalSettings;
  readonly limits: LimitSettings;
  readonly audit: Foundation['audit'];
  readonly intake: Intake;
  readonly deadLetters: OpenDeadLetters;
}): Operations {
  const { branding, clickHouse, control, deadLetters, goals, intake, rollups, timescale } = pipeline;
  return createOperations({
    control,
    branding: createBrandingSettings({ store: branding, canDraw: canDrawLogo }),
    goals,
    limits: pipeline.limits,
    audit: pipeline.audit,
    deadLetters: deadLetters.letters,
    replay: deadLetters.replay,
    intake,
    listMigrations: () => listAllMigrations({ control, clickHouse, timescale }),
    async rollUp(request) {
      if (rollups !== undefined) return rollups.rollUp(request);
      throw new AppError('rollups_elsewhere', 'Rollups are made in another process.', { status: 503 });
    },
    async verify(tenantId) {
      const counts = await countEverywhere(clickHouse, tenantId);
      return { counts, differences: findDifferences(counts) };
    },
  });
}

/** The migrations of the stores that are open, in the order in which they run. */
export async function listAllMigrations({
  clickHouse,
  control,
  timescale,
}: {
  readonly control: ControlStore;
  readonly clickHouse: ClickHouse;
  readonly timescale: Timescale | undefined;
}): Promise<readonly MigrationEntry[]> {
  const ofControl = await control.listMigrations();
  const ofClickHouse = await listMigrations(clickHouse);
  const ofTimescale = (await timescale?.listMigrations()) ?? [];
  return [
    ...ofControl.map((migration) => ({ store: 'control', ...migration })),
    ...ofClickHouse.map((migration) => ({ store: 'clickhouse', ...migration })),
    ...ofTimescale.map((migration) => ({ store: 'timescale', ...migration })),
  ];
}
