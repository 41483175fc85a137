import { z } from 'zod';
import {
  matchesOf,
  type AcceptedName,
  type Condition,
  type DimensionName,
  type MeasureAnswer,
  type MeasureRequest,
  type SumName,
  type Term,
} from '../../metric-reads.js';
import type { SqlExecutor } from '../../postgres/sql-executor.js';
import { durationBinSql, durationOfBin } from '../duration-bins.js';
import { dimensionSql, filtersSql, type ResolvedFilter } from './filters.js';
import { createParamList, type ParamList } from './param-list.js';
import { durationsTable, fromOfKind, groupPieces, type Piece, type PieceGroup } from './pieces.js';

/** A request, and the places that hold its range together. */
export interface PiecedRequest extends MeasureRequest {
  readonly pieces: readonly Piece[];
  readonly filters: readonly ResolvedFilter<DimensionName>[];
}

const sumColumns = {
  tokensInput: 'tokens_input',
  tokensOutput: 'tokens_output',
  tokensCacheRead: 'tokens_cache_read',
  tokensCacheCreation: 'tokens_cache_creation',
  tokensReasoning: 'tokens_reasoning',
  costUsd: 'cost_usd',
  responseBytes: 'response_bytes',
  streamEvents: 'stream_events',
  batchEvents: 'batch_events',
  matchedEvents: 'least(stream_events, batch_events)',
  differingEvents: 'abs(stream_events - batch_events)',
  lateEvents: 'late_events',
} as const satisfies Record<Exclude<SumName, AcceptedName>, string>;

/** Events that came again are known to the real-time store only: a plan that asks for them is refused before. */
function sumColumnOf(name: SumName): string {
  if (name === 'duplicateEvents' || name === 'acceptedEvents') throw new Error(`no rollup has ${name}`);
  return sumColumns[name];
}

/** Sums come as text: they may have more digits than a double, and become one here. */
const decimal = z.union([z.string(), z.number()]).transform(Number);
const measureRow = z.object({
  bucket: decimal,
  dims: z.array(z.string()),
  groups: decimal.optional(),
  v0: decimal.nullable(),
  v1: decimal.nullable().optional(),
});

/** Sums, counts and quantiles of one tenant's events in the pieces. */
export async function queryMeasures(
  executor: SqlExecutor,
  tenantId: string,
  request: PiecedRequest,
): Promise<MeasureAnswer> {
  const { sql, values } = measuresSql(tenantId, request);
  const rows = (await executor.query(sql, values)).map((row) => measureRow.parse(row));
  const isQuantile = request.terms[0].kind === 'quantile';
  const toValue = (value: number | null): number | null =>
    value === null || !isQuantile ? value : durationOfBin(value);
  return {
    rows: rows.slice(0, request.rowsMax).map((row) => ({
      bucketSec: row.bucket,
      group: row.dims,
      terms: [row.v0, row.v1 ?? null].slice(0, request.terms.length).map(toValue),
    })),
    groups: request.isRanked ? (rows[0]?.groups ?? 0) : undefined,
    isTruncated: request.isRanked ? false : rows.length > request.rowsMax,
  };
}

/** The statement and its values. Identifiers come from closed lists only, values are all bound. */
function measuresSql(
  tenantId: string,
  request: PiecedRequest,
): { readonly sql: string; readonly values: readonly unknown[] } {
  const params = createParamList();
  const { bind } = params;
  const [term] = request.terms;
  const merged =
    term.kind === 'quantile' ? quantileSql(tenantId, request, bind) : sumsSql(tenantId, request, bind);
  const dims = request.groupBy.map((_name, index) => `d${index}`);
  const outputs = [
    'b AS bucket',
    `ARRAY[${dims.join(', ')}]::text[] AS dims`,
    ...request.terms.map((_term, index) => `v${index}`),
  ];
  const limit = bind(request.isRanked ? request.rowsMax : request.rowsMax + 1, 'bigint');
  const sql = request.isRanked
    ? `SELECT ${outputs.join(', ')}, count(*) OVER () AS groups FROM (\n${merged}\n) AS merged
ORDER BY ${rankSql(request)} DESC NULLS LAST${dims.map((dim) => `, ${dim} COLLATE "C"`).join('')} LIMIT ${limit}`
    : `SELECT ${outputs.join(', ')} FROM (\n${merged}\n) AS merged LIMIT ${limit}`;
  return { sql, values: params.values };
}

function sumsSql(tenantId: string, request: PiecedRequest, bind: ParamList['bind']): string {
  const conditions = request.terms.map((term) => conditionSql(term.where, bind));
  const shared = sharedCondition(request.terms, conditions, bind);
  const parts = groupPieces(request.pieces, bind).map((group) => {
    const partials = request.terms.map((term, index) => {
      const condition = conditions[index] ?? '';
      const filter = condition === '' || condition === shared ? '' : ` FILTER (WHERE ${condition})`;
      return `coalesce(${partialSql(term, group.kind)}${filter}, 0) AS m${index}`;
    });
    return partSql(tenantId, request, group, {
      from: fromOfKind[group.kind],
      shared,
      columns: partials,
      bind,
    });
  });
  const keys = ['b', ...request.groupBy.map((_name, index) => `d${index}`)].join(', ');
  const values = request.terms.map((_term, index) => `sum(m${index}) AS v${index}`);
  return `SELECT ${keys}, ${values.join(', ')} FROM (\n${parts.join('\nUNION ALL\n')}\n) AS parts GROUP BY ${keys}`;
}

/**
 * The bin at the nearest rank, ceil(level * n). A group that has events and no durations is there, without a value: its
 * row comes from what counts events.
 */
function quantileSql(tenantId: string, request: PiecedRequest, bind: ParamList['bind']): string {
  const [term] = request.terms;
  if (term.kind !== 'quantile') throw new Error('not a quantile');
  const shared = conditionSql(term.where, bind);
  const part = (group: PieceGroup, from: string, columns: readonly string[], also?: string): string =>
    partSql(tenantId, request, group, { from, shared, columns, bind, also });
  const parts = groupPieces(request.pieces, bind).flatMap((group) =>
    group.kind === 'landing'
      ? [
          part(
            group,
            fromOfKind.landing,
            [`${durationBinSql('duration_ms')} AS bin`, 'count(duration_ms) AS n'],
            'bin',
          ),
        ]
      : [
          part(group, durationsTable, ['bin', 'sum(events) AS n'], 'bin'),
          part(group, fromOfKind.rollups, ['NULL::integer AS bin', '0 AS n']),
        ],
  );
  const keys = ['b', ...request.groupBy.map((_name, index) => `d${index}`)].join(', ');
  const level = bind(String(term.level), 'numeric');
  return `SELECT ${keys}, min(bin) FILTER (WHERE reached >= ceil(${level} * total)) AS v0 FROM (
SELECT ${keys}, bin, sum(n) OVER (PARTITION BY ${keys} ORDER BY bin NULLS FIRST) AS reached, sum(n) OVER (PARTITION BY ${keys}) AS total FROM (
SELECT ${keys}, bin, sum(n) AS n FROM (\n${parts.join('\nUNION ALL\n')}\n) AS parts GROUP BY ${keys}, bin
) AS bins) AS ranks GROUP BY ${keys}`;
}

interface Part {
  readonly from: string;
  /** What every counted row fulfils. */
  readonly shared: string;
  readonly columns: readonly string[];
  readonly bind: ParamList['bind'];
  /** One more column to group by. */
  readonly also?: string | undefined;
}

function partSql(tenantId: string, request: PiecedRequest, group: PieceGroup, part: Part): string {
  const { bind } = part;
  const dims = request.groupBy.map((name, index) => `${dimensionSql(name)} AS d${index}`);
  const where = [
    `tenant_id = ${bind(tenantId, 'text')}`,
    group.whereSql,
    ...(part.shared === '' ? [] : [part.shared]),
    ...filtersSql(request.filters, dimensionSql, bind),
    ...onlyGroupsSql(request, bind),
  ];
  const keys = ['b', ...request.groupBy.map((_name, index) => `d${index}`)];
  if (part.also !== undefined) keys.push(part.also);
  return `SELECT ${[`${bucketSql(group.timeColumn, request.buckets, bind)} AS b`, ...dims, ...part.columns].join(', ')}
FROM ${part.from}
WHERE ${where.join('\n  AND ')}
GROUP BY ${keys.join(', ')}`;
}

function onlyGroupsSql(request: PiecedRequest, bind: ParamList['bind']): readonly string[] {
  if (request.onlyGroups === undefined || request.groupBy.length === 0) return [];
  const names = request.groupBy.map((name) => dimensionSql(name)).join(', ');
  const groups = bind(JSON.stringify(request.onlyGroups), 'jsonb');
  return [`jsonb_build_array(${names}) IN (SELECT value FROM jsonb_array_elements(${groups}))`];
}

function conditionSql(where: Condition, bind: ParamList['bind']): string {
  const parts: string[] = [];
  if (where.types !== undefined) parts.push(`type = ANY (${bind(where.types, 'text[]')})`);
  if (where.status !== undefined) parts.push(`status = ANY (${bind(where.status, 'text[]')})`);
  if (where.statusCodeMin !== undefined) parts.push(`status_code >= ${bind(where.statusCodeMin, 'integer')}`);
  if (where.statusCodeMax !== undefined) parts.push(`status_code <= ${bind(where.statusCodeMax, 'integer')}`);
  for (const { dimension, values } of matchesOf(where)) {
    const expression = dimensionSql(dimension);
    parts.push(
      values === undefined ? `${expression} <> ''` : `${expression} = ANY (${bind(values, 'text[]')})`,
    );
  }
  return parts.join(' AND ');
}

/** The terms' own condition when they agree, else any of their types. */
function sharedCondition(
  terms: readonly Term[],
  conditions: readonly string[],
  bind: ParamList['bind'],
): string {
  const [first = ''] = conditions;
  if (conditions.every((condition) => condition === first)) return first;
  const types = terms.map((term) => term.where.types);
  if (types.includes(undefined)) return '';
  return `type = ANY (${bind([...new Set(types.flatMap((list) => list ?? []))], 'text[]')})`;
}

function bucketSql(time: string, buckets: MeasureRequest['buckets'], bind: ParamList['bind']): string {
  const seconds = `floor(extract(epoch FROM ${time}))::bigint`;
  switch (buckets.kind) {
    case 'total':
      return '0::bigint';
    case 'steps': {
      const origin = bind(buckets.originSec, 'bigint');
      const step = bind(buckets.stepSec, 'bigint');
      return `(${seconds} - ${origin}) / ${step} * ${step} + ${origin}`;
    }
    case 'starts': {
      const starts = bind(buckets.startsSec, 'bigint[]');
      return `(${starts})[width_bucket(${seconds}, ${starts})]`;
    }
  }
}

function partialSql(term: Term, kind: PieceGroup['kind']): string {
  switch (term.kind) {
    case 'count':
      return kind === 'landing' ? 'count(*)' : 'sum(events)';
    case 'sum':
      return `sum(${term.columns.map(sumColumnOf).join(' + ')})`;
    case 'quantile':
      throw new Error('quantiles are read from bins');
  }
}

function rankSql(request: PiecedRequest): string {
  return request.terms.length === 2 ? 'CASE WHEN v1 = 0 THEN NULL ELSE v0::float8 / v1::float8 END' : 'v0';
}
