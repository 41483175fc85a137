import { kpiDefinitionSchema, type KpiDefinition, type KpiProblem } from '@coditect/contracts';
import { z } from 'zod';
import { schemaWords } from '../../platform/schema-words.js';
import {
  parseYaml,
  textOf,
  YamlError,
  type YamlDocument,
  type YamlIssue,
  type YamlText,
} from '../../platform/yaml-files.js';
import type { Kpi } from '../kpi.js';
import type { OwnKpis } from '../kpi-registry.js';
import { buildKpi } from './build-kpi.js';
import { checkDefinition } from './check-definition.js';

/** Most KPIs that a tenant has of its own. */
const kpisMax = 200;
/** Problems that are said of one file. */
const problemsMax = 100;

const fileSchema = z.strictObject({ kpis: z.array(z.unknown()) });

/** What the files of a folder say, by tenant, and what is wrong with files that are of none. */
export interface OwnKpiFiles {
  readonly byTenant: ReadonlyMap<string, OwnKpis>;
  readonly strays: readonly KpiProblem[];
}

/**
 * Reads the files of a folder: `TENANT/NAME.yaml`. A KPI with an error is left out, and so is a file that is no list of
 * KPIs; whatever else there is counts. Never throws.
 */
export function readOwnKpis(files: readonly YamlText[]): OwnKpiFiles {
  const byTenant = new Map<string, Collected>();
  const strays: KpiProblem[] = [];
  for (const file of files) {
    const [tenantId = '', name] = file.name.split('/');
    if (name === undefined) {
      const reason = 'KPIs of a tenant are in a folder of its name: TENANT/NAME.yaml.';
      strays.push({ severity: 'error', file: file.name, line: 1, column: 1, reason });
      continue;
    }
    const collected = byTenant.get(tenantId) ?? { kpis: [], problems: [], placeOfId: new Map() };
    byTenant.set(tenantId, collected);
    collectFile(file, collected);
  }
  return { byTenant, strays };
}

interface Collected {
  readonly kpis: Kpi[];
  readonly problems: KpiProblem[];
  /** Where each id was read first. */
  readonly placeOfId: Map<string, string>;
}

function collectFile(found: YamlText, collected: Collected): void {
  const file = found.name;
  const first = collected.problems.length;
  try {
    const document = parseYaml(file, textOf(found, file));
    readItems(document).forEach((item, index) => {
      collectItem(item, { document, index }, collected);
    });
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    collected.problems.push(...error.issues.map(toProblem));
  }
  const [next, ...rest] = collected.problems.splice(first + problemsMax);
  if (next !== undefined)
    collected.problems.push({ ...next, reason: `and ${rest.length + 1} problems more in this file` });
}

function toProblem({ column = 1, file, line, reason }: YamlIssue): KpiProblem {
  return { severity: 'error', file, line, column, reason };
}

/** A file in which everything is commented out has none. Throws `YamlError`. */
function readItems(document: YamlDocument): readonly unknown[] {
  if (document.value === null) return [];
  const result = fileSchema.safeParse(document.value, schemaWords);
  if (result.success) return result.data.kpis;
  throw new YamlError(
    result.error.issues.map((issue) => {
      const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
      const reason = `${path.map((key) => `${String(key)}: `).join('')}${issue.message}. A file has one list, "kpis".`;
      return { file: document.file, ...document.placeOf(path), reason };
    }),
  );
}

interface Item {
  readonly document: YamlDocument;
  readonly index: number;
}

function collectItem(value: unknown, item: Item, { kpis, placeOfId, problems }: Collected): void {
  const { document, index } = item;
  const problemAt = (
    severity: KpiProblem['severity'],
    path: readonly PropertyKey[],
    reason: string,
  ): KpiProblem => ({
    severity,
    file: document.file,
    ...document.placeOf(['kpis', index, ...path]),
    reason: `${nameOf(value, index)}: ${path.length === 0 ? '' : `${path.map(String).join('.')}: `}${reason}`,
  });
  const definition = parseItem(value, (path, reason) => problems.push(problemAt('error', path, reason)));
  if (definition === undefined) return;
  const issues = checkDefinition(definition);
  problems.push(...issues.map(({ path, reason, severity }) => problemAt(severity, path, reason)));
  if (issues.some(({ severity }) => severity === 'error')) return;
  const before = placeOfId.get(definition.id);
  if (before !== undefined) {
    problems.push(problemAt('error', ['id'], `There is one of this id already, in ${before}.`));
  } else if (kpis.length >= kpisMax) {
    problems.push(problemAt('error', [], `A tenant has at most ${kpisMax} KPIs of its own.`));
  } else {
    placeOfId.set(definition.id, `${document.file}:${document.lineOf(['kpis', index])}`);
    kpis.push(buildKpi(definition));
  }
}

function parseItem(
  value: unknown,
  refuse: (path: readonly PropertyKey[], reason: string) => unknown,
): KpiDefinition | undefined {
  const result = kpiDefinitionSchema.safeParse(value, schemaWords);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
    refuse(path, issue.message);
  }
  return undefined;
}

/** As people look for it: by its id, where it has one. */
function nameOf(value: unknown, index: number): string {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  return typeof id === 'string' ? id.slice(0, 64) : `KPI ${index + 1}`;
}
