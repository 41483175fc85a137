import { createGoalSettings } from './kpis/goals/goal-settings.js';
import { createGoalsLoader, type GoalsLoader } from './kpis/goals/goals-files.js';
import { createGoalsReader } from './kpis/goals/goals-reader.js';
import type { Kpi } from './kpis/kpi.js';
import type { KpiRegistry } from './kpis/kpi-registry.js';
import type { Foundation, PipelineContext } from './pipeline.js';
import type { AuditTrail } from './platform/audit-trail.js';
import type { GoalSettings, GoalsReader } from './platform/goals.js';
import { followYamlFolder } from './platform/yaml-files.js';

/** Every KPI that a tenant's goals may be about. */
function createKpisOf(kpis: KpiRegistry): (tenantId: string) => readonly Kpi[] {
  return (tenantId) => kpis.of(tenantId).list;
}

/** Goals as those who ask and those who change them take them. */
export interface OpenGoals {
  readonly reader: GoalsReader;
  readonly settings: GoalSettings;
  readonly loader: GoalsLoader;
}

export function openGoals(
  { control, goals: store }: Pick<Foundation, 'control' | 'goals'>,
  kpis: KpiRegistry,
  trail?: AuditTrail,
): OpenGoals {
  const kpisOf = createKpisOf(kpis);
  const loader = createGoalsLoader({ store, listTenants: () => control.listTenants(), kpisOf, trail });
  return {
    reader: createGoalsReader({ store, now: () => performance.now() }),
    settings: createGoalSettings({ store, kpisOf, problemsOf: (tenantId) => loader.problemsOf(tenantId) }),
    loader,
  };
}

/**
 * Loads the files of `GOALS_DIR`, and again whenever they change. Every process that answers questions does so: with the
 * same files it changes nothing.
 */
export async function followGoals(
  { config, lifecycle, logger }: PipelineContext,
  { loader }: Pick<OpenGoals, 'loader'>,
): Promise<void> {
  const { checkIntervalMs, goalsDir } = config.provisioning;
  const following = await followYamlFolder({
    folder: goalsDir,
    everyMs: checkIntervalMs,
    logger,
    load: (files) => loader.load(files),
  });
  // What is cut off is loaded at the next start.
  lifecycle.onClose('goals', () => following.close(), { leaveAfterMs: 2_000 });
}
