import type { KpiProblem } from '@coditect/contracts';
import type { Command } from 'commander';
import { readOwnKpis, type OwnKpiFiles } from '../kpis/own/own-kpi-files.js';
import { AppError } from '../platform/errors.js';
import { readYamlFolder } from '../platform/yaml-files.js';
import type { Output } from './output.js';
import { resolveFile } from './resolve-file.js';

export interface KpiCommandContext {
  readonly output: Output;
  /** Where services read them. */
  readonly getKpiDir: () => string;
  readonly callersDirectory: string | undefined;
}

/** `kpis check`: needs neither a store nor a running instance. */
export function addKpiCommands(program: Command, context: KpiCommandContext): void {
  const { callersDirectory, getKpiDir, output } = context;
  program
    .command('kpis')
    .description("the tenants' own KPIs")
    .command('check')
    .description(
      'check the files, as services do when they read them; ends with 1 when a KPI would be left out',
    )
    .option('--dir <folder>', 'where they are, TENANT/NAME.yaml; as configured unless given')
    .option('--json', 'print JSON')
    .action(async ({ dir, json }: { dir?: string; json?: boolean }) => {
      const folder = dir === undefined ? getKpiDir() : resolveFile(dir, callersDirectory);
      const files = await readYamlFolder(folder);
      if (files === undefined)
        throw new AppError('folder_missing', `There is no folder ${folder}.`, { status: 404 });
      const read = readOwnKpis(files);
      const problems = problemsOf(read);
      output.print(json === true ? toJson(read, problems) : toText(read, problems));
      const errors = problems.filter(({ severity }) => severity === 'error').length;
      if (errors === 0) return;
      throw new AppError('kpis_faulty', `${errors} ${errors === 1 ? 'error' : 'errors'} in ${folder}.`, {
        status: 422,
      });
    });
}

function problemsOf({ byTenant, strays }: OwnKpiFiles): readonly KpiProblem[] {
  return [...strays, ...[...byTenant.values()].flatMap(({ problems }) => problems)];
}

function toJson({ byTenant }: OwnKpiFiles, problems: readonly KpiProblem[]): string {
  const kpis = [...byTenant].map(([tenantId, own]) => [tenantId, own.kpis.map(({ id }) => id)] as const);
  return JSON.stringify({ kpis: Object.fromEntries(kpis), problems });
}

function toText({ byTenant }: OwnKpiFiles, problems: readonly KpiProblem[]): string {
  const places = problems.map(
    ({ column, file, line, reason, severity }) => `${severity}: ${file}:${line}:${column}: ${reason}`,
  );
  const tenants = [...byTenant].map(([tenantId, { kpis }]) =>
    kpis.length === 0 ? `${tenantId}: none` : `${tenantId}: ${kpis.map(({ id }) => id).join(', ')}`,
  );
  return [...places, ...(tenants.length === 0 ? ['There are none.'] : tenants)].join('\n');
}
