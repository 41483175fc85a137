import {
  createKpiRegistry,
  type ChangeableKpiRegistry,
  type KpiRegistry,
  type OwnKpis,
} from './kpis/kpi-registry.js';
import { recordKpiChanges, type KpiChangesOptions } from './kpis/own/kpi-changes.js';
import { readOwnKpis } from './kpis/own/own-kpi-files.js';
import type { PipelineContext } from './pipeline.js';
import type { Config } from './platform/config.js';
import { followYamlFolder, readYamlFolder, type YamlText } from './platform/yaml-files.js';

/**
 * The KPIs of every tenant as the files of `KPI_DIR` say now, for a command that asks nothing. What is wrong with them is
 * said by the services, and by `kpis check`.
 */
export async function readKpis({ provisioning }: Pick<Config, 'provisioning'>): Promise<KpiRegistry> {
  const registry = createKpiRegistry();
  const files = await readYamlFolder(provisioning.kpiDir);
  registry.replaceOwn(readOwnKpis(files ?? []).byTenant);
  return registry;
}

/** The KPIs of every tenant as the files of `KPI_DIR` say, and again whenever they change, until the process closes. */
export async function followKpis(
  { config, lifecycle, logger }: PipelineContext,
  audited: KpiChangesOptions,
): Promise<KpiRegistry> {
  const { checkIntervalMs, kpiDir } = config.provisioning;
  const registry = createKpiRegistry();
  const following = await followYamlFolder({
    folder: kpiDir,
    everyMs: checkIntervalMs,
    logger,
    async load(files) {
      const own = replaceOwn(registry, files, logger);
      // Files count whether or not the log takes it: the next look at other ones, or the next start, finds it again.
      await recordKpiChanges(audited, own).catch((error: unknown) => {
        logger.warn({ err: error }, 'changes of own KPIs not in the audit log yet');
      });
    },
  });
  lifecycle.onClose('own KPIs', () => following.close());
  return registry;
}

/** What is faulty is left out and said; the rest counts from now on. */
function replaceOwn(
  registry: ChangeableKpiRegistry,
  files: readonly YamlText[],
  logger: PipelineContext['logger'],
): ReadonlyMap<string, OwnKpis> {
  const { byTenant, strays } = readOwnKpis(files);
  for (const problem of [...strays, ...[...byTenant.values()].flatMap(({ problems }) => problems)]) {
    const { severity, ...place } = problem;
    logger.warn(place, severity === 'error' ? 'own KPI left out' : 'own KPI doubtful');
  }
  registry.replaceOwn(byTenant);
  if (byTenant.size === 0) return byTenant;
  const counts = [...byTenant].map(([tenantId, { kpis }]) => [tenantId, kpis.length] as const);
  logger.info({ kpis: Object.fromEntries(counts) }, 'own KPIs loaded');
  return byTenant;
}
