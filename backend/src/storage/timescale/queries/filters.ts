import type { DimensionFilter, DimensionName } from '../../metric-reads.js';
import type { ParamList } from './param-list.js';

/** SQL that gives a dimension as text, in landing and, where they keep it, in rollups. */
const landingDimensions: Readonly<Record<DimensionName, string>> = {
  // Follows from the type, as in the other store.
  domain: `(CASE WHEN type LIKE 'ai.coditect.%' THEN split_part(type, '.', 3) ELSE 'other' END)`,
  type: 'type',
  status: 'status',
  team: 'team',
  project: 'project',
  repository: 'repository',
  agent: 'agent',
  agentVersion: 'agent_version',
  model: 'model',
  workflow: 'workflow',
  tool: 'tool',
  language: 'language',
  kind: 'kind',
  route: 'route',
  method: 'method',
  statusCode: `(CASE WHEN status_code = 0 THEN '' ELSE status_code::text END)`,
};

/** What rollups do not keep is answered from landing. */
export const rollupDimensions: ReadonlySet<DimensionName> = new Set([
  'domain',
  'type',
  'status',
  'team',
  'project',
  'agent',
  'model',
  'tool',
  'route',
  'method',
  'statusCode',
]);

/** Distributions of durations are kept without the tool. */
export const durationDimensions: ReadonlySet<DimensionName> = new Set(
  [...rollupDimensions].filter((name) => name !== 'tool'),
);

export function dimensionSql(name: DimensionName): string {
  return landingDimensions[name];
}

/** A filter whose regular expression has been resolved to the values that it matches. */
export type ResolvedFilter<Name extends DimensionName> = DimensionFilter<Name> & {
  readonly operator: '=' | '!=' | 'in' | 'not in';
};

export function filtersSql<Name extends DimensionName>(
  filters: readonly ResolvedFilter<Name>[],
  expressionOf: (name: Name) => string,
  bind: ParamList['bind'],
): readonly string[] {
  return filters.map(({ dimension, operator, value }) => {
    const expression = expressionOf(dimension);
    const values = bind(typeof value === 'string' ? [value] : value, 'text[]');
    const isIn = operator === '=' || operator === 'in';
    return isIn ? `${expression} = ANY (${values})` : `${expression} <> ALL (${values})`;
  });
}
