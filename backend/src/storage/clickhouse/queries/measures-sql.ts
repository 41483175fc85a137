import {
  matchesOf,
  type Condition,
  type DimensionName,
  type MeasureRequest,
  type SumName,
  type Term,
} from '../../metric-reads.js';
import { bucketSql } from './time-sql.js';
import { cutAtGrains } from './cut-at-grains.js';
import { filtersSql } from './filters.js';
import { createParamBinder, type ParamBinder } from './param-binder.js';
import { rawSource, type Source } from './sources.js';

/** A request, and the table that answers it as far as its grain reaches. */
export interface SourcedRequest extends MeasureRequest {
  readonly source: Source;
}

interface Branch {
  readonly source: Source;
  readonly timeSql: string;
}

const quantileLevels = [0.5, 0.95, 0.99] as const;
/**
 * Levels at which a sketch is read. The engine takes rank floor(level × (n − 1)), where users count on the nearest rank,
 * ceil(level × n), below which the p95 of three values would be the one in the middle. With one value more at the upper
 * end, the engine takes floor(level × n); a hair less than the level makes that the nearest rank for up to 10^8 values.
 * The last level gives the greatest value, to which the one more is added.
 */
const sketchParameters = ['0.005', ...quantileLevels.map((level) => (level - 1e-10).toFixed(10)), '1'].join(
  ', ',
);

/** The statement and its parameters. Identifiers come from `sources.ts` only, values are all bound. */
export function measuresSql(
  tenantId: string,
  request: SourcedRequest,
): { readonly sql: string; readonly params: Readonly<Record<string, unknown>> } {
  const binder = createParamBinder();
  const branches = branchesOf(request, binder.bind).map((branch) =>
    branchSql(tenantId, request, branch, binder.bind),
  );
  const dims = request.groupBy.map((_name, index) => `d${index}`);
  const values = request.terms.map((term, index) => `${finalSql(term, `m${index}`)} AS v${index}`);
  const merged = `SELECT b, ${[...dims, ...values].join(', ')} FROM (
${branches.join('\nUNION ALL\n')}
) GROUP BY ${['b', ...dims].join(', ')}`;
  const groupSql =
    dims.length === 0 ? 'emptyArrayString()' : `[${dims.map((dim) => `toString(${dim})`).join(', ')}]`;
  const outputs = ['b AS bucket', `${groupSql} AS dims`, ...request.terms.map((_term, index) => `v${index}`)];
  const limit = binder.bind(request.isRanked ? request.rowsMax : request.rowsMax + 1, 'UInt32');
  const sql = request.isRanked
    ? `SELECT ${outputs.join(', ')}, count() OVER () AS groups FROM (\n${merged}\n)
ORDER BY ${rankSql(request)} DESC NULLS LAST, dims LIMIT ${limit}`
    : `SELECT ${outputs.join(', ')} FROM (\n${merged}\n) LIMIT ${limit}`;
  return { sql, params: binder.params };
}

/** Whole grains from the source, the rest of the range from raw events, so that no edge is rounded. */
function branchesOf(request: SourcedRequest, bind: ParamBinder['bind']): readonly Branch[] {
  const { source, fromMs, toMs } = request;
  const edgeSource = source.edges === undefined ? rawSource : { ...source, ...source.edges, grainMs: 1 };
  const rawTime = (from: number, to: number): string => timeSql(edgeSource, from, to, bind);
  if (source.isRaw) return [{ source, timeSql: rawTime(fromMs, toMs) }];
  if (source.isOfDays === true) {
    const [from, to] = [fromMs, toMs].map((ms) => Math.ceil(ms / 1_000) * 1_000);
    return [{ source, timeSql: timeSql(source, from ?? fromMs, to ?? toMs, bind) }];
  }
  const { whole, edges } = cutAtGrains({ fromMs, toMs }, source.grainMs);
  const edgeSql = edges.map((edge) => rawTime(edge.fromMs, edge.toMs));
  const raw = { source: edgeSource, timeSql: `(${edgeSql.join(' OR ')})` };
  if (whole === undefined) return [raw];
  const grains = { source, timeSql: timeSql(source, whole.fromMs, whole.toMs, bind) };
  return edges.length === 0 ? [grains] : [grains, raw];
}

function timeSql(source: Source, fromMs: number, toMs: number, bind: ParamBinder['bind']): string {
  const instant = (ms: number): string =>
    source.grainMs < 1_000
      ? `fromUnixTimestamp64Milli(${bind(ms, 'Int64')}, 'UTC')`
      : `toDateTime(${bind(ms / 1_000, 'UInt32')}, 'UTC')`;
  return `(${source.timeColumn} >= ${instant(fromMs)} AND ${source.timeColumn} < ${instant(toMs)})`;
}

function branchSql(
  tenantId: string,
  request: SourcedRequest,
  branch: Branch,
  bind: ParamBinder['bind'],
): string {
  const { source } = branch;
  const conditions = request.terms.map((term) => conditionSql(source, term.where, bind));
  const shared = sharedCondition(request.terms, conditions, bind);
  const dims = request.groupBy.map((name, index) => `${dimensionSql(source, name)} AS d${index}`);
  const partials = request.terms.map(
    (term, index) =>
      `${partialSql(source, term, conditions[index] === shared ? '' : (conditions[index] ?? ''))} AS m${index}`,
  );
  const where = [
    `tenant_id = ${bind(tenantId, 'String')}`,
    branch.timeSql,
    ...(shared === '' ? [] : [shared]),
    ...filtersSql(request.filters, source.dimensions, bind),
    ...onlyGroupsSql(source, request, bind),
  ];
  const keys = ['b', ...request.groupBy.map((_name, index) => `d${index}`)];
  return `SELECT ${[`${bucketSql(source.timeColumn, request.buckets, bind)} AS b`, ...dims, ...partials].join(', ')}
FROM ${source.table}${source.isOfDays === true ? ' FINAL' : ''}
WHERE ${where.join('\n  AND ')}
GROUP BY ${keys.join(', ')}`;
}

function onlyGroupsSql(
  source: Source,
  request: SourcedRequest,
  bind: ParamBinder['bind'],
): readonly string[] {
  if (request.onlyGroups === undefined || request.groupBy.length === 0) return [];
  const names = request.groupBy.map((name) => `toString(${dimensionSql(source, name)})`);
  return [`[${names.join(', ')}] IN ${bind(request.onlyGroups, 'Array(Array(String))')}`];
}

function dimensionSql(source: Source, name: DimensionName): string {
  const expression = source.dimensions[name];
  if (expression === undefined) throw new Error(`${source.table} has no ${name}`);
  return expression;
}

function conditionSql(source: Source, where: Condition, bind: ParamBinder['bind']): string {
  const parts: string[] = [];
  if (where.types !== undefined) parts.push(`type IN ${bind(where.types, 'Array(String)')}`);
  if (where.status !== undefined) parts.push(`status IN ${bind(where.status, 'Array(String)')}`);
  if (where.statusCodeMin !== undefined) parts.push(`status_code >= ${bind(where.statusCodeMin, 'UInt16')}`);
  if (where.statusCodeMax !== undefined) parts.push(`status_code <= ${bind(where.statusCodeMax, 'UInt16')}`);
  for (const { dimension, values } of matchesOf(where)) {
    const expression = dimensionSql(source, dimension);
    parts.push(
      values === undefined ? `${expression} != ''` : `${expression} IN ${bind(values, 'Array(String)')}`,
    );
  }
  return parts.join(' AND ');
}

/** What every counted row fulfils: the terms' own condition when they agree, else any of their types (for the index). */
function sharedCondition(
  terms: readonly Term[],
  conditions: readonly string[],
  bind: ParamBinder['bind'],
): string {
  const [first = ''] = conditions;
  if (conditions.every((condition) => condition === first)) return first;
  const types = terms.map((term) => term.where.types);
  if (types.includes(undefined)) return '';
  return `type IN ${bind([...new Set(types.flatMap((list) => list ?? []))], 'Array(String)')}`;
}

/** The mergeable state of a term in one branch. */
function partialSql(source: Source, term: Term, condition: string): string {
  const conditional = condition !== '';
  switch (term.kind) {
    case 'count':
      if (source.isRaw) return conditional ? `countIf(${condition})` : 'count()';
      return conditional ? `sumIf(events, ${condition})` : 'sum(events)';
    case 'sum': {
      const columns = term.columns.map((name) => sumSql(source, name)).join(' + ');
      return conditional ? `sumIf(${columns}, ${condition})` : `sum(${columns})`;
    }
    case 'quantile':
      return quantileSql(source, condition);
  }
}

function quantileSql(source: Source, condition: string): string {
  if (source.isRaw) {
    const present = ['isNotNull(duration_ms)', ...(condition === '' ? [] : [condition])].join(' AND ');
    return `quantilesDDStateIf(${sketchParameters})(assumeNotNull(duration_ms), ${present})`;
  }
  if (condition === '') return `quantilesDDMergeState(${sketchParameters})(duration_ms_sketch)`;
  return `quantilesDDMergeStateIf(${sketchParameters})(duration_ms_sketch, ${condition})`;
}

function sumSql(source: Source, name: SumName): string {
  const column = source.sums[name];
  if (column === undefined) throw new Error(`${source.table} has no ${name}`);
  return column;
}

function finalSql(term: Term, column: string): string {
  if (term.kind !== 'quantile') return `sum(${column})`;
  const sketch = `quantilesDDMergeState(${sketchParameters})(${column})`;
  const greatest = `finalizeAggregation(${sketch})[${quantileLevels.length + 1}]`;
  const oneMore = `initializeAggregation('quantilesDDState(${sketchParameters})', ${greatest} * 1.02 + 1)`;
  return `finalizeAggregation(${sketch} + ${oneMore})[${quantileLevels.indexOf(term.level) + 1}]`;
}

function rankSql(request: SourcedRequest): string {
  if (request.terms.length === 2) return 'if(v1 = 0, NULL, toFloat64(v0) / toFloat64(v1))';
  return request.terms[0].kind === 'quantile' ? 'if(isNaN(v0), NULL, v0)' : 'v0';
}
