import { isRecord, spellings } from './read-json';

/** Where a text or a saved query says something that a query does not keep; `path` as `steps[1].type`. */
export interface Loss {
  path: string;
  reason: string;
  /** The field is one of the query's own: only its value can't be taken. */
  isOwnField: boolean;
}

/** Fields that Grafana adds: they are not the query's business. */
export const grafanaFields: ReadonlySet<string> = new Set(['refId', 'hide', 'key', 'datasource']);

/** Fields that a query may have, by where they stand. All others are there once a query is read. */
const optionalFields: Readonly<Record<string, readonly string[]>> = {
  funnel: ['breakdown'],
  'funnel.steps[]': ['type', 'label'],
  'retention.start': ['type'],
  'retention.returning': ['type'],
  paths: ['startsWith'],
  budget: ['budget'],
  events: ['search'],
  annotations: ['search'],
  markWhen: ['value'],
};
const optionalOfKpi = [
  'legend',
  'limit',
  'orderBy',
  'withTotals',
  'withTotal',
  'markWhen',
  'live',
  'liveEveryMs',
] as const;

/** Everything that `given` says and `kept`, which was read from it, does not. */
export function findLosses(given: unknown, kept: { kind: string }): Loss[] {
  const isKpi = kept.kind === 'kpi';
  return compare(given, kept, '', (path) => {
    const at = path.replaceAll(/\[\d+\]/gu, '[]');
    return at === '' && isKpi ? optionalOfKpi : (optionalFields[at] ?? []);
  });
}

type Optional = (path: string) => readonly string[];

function compare(given: unknown, kept: unknown, path: string, optional: Optional): Loss[] {
  if (Array.isArray(given) && Array.isArray(kept)) {
    const [items, list]: [readonly unknown[], readonly unknown[]] = [given, kept];
    return items.length > list.length
      ? [
          {
            path,
            reason: `${items.length - list.length} of ${items.length} entries are not understood`,
            isOwnField: true,
          },
        ]
      : items.flatMap((item, index) => compare(item, list[index], `${path}[${index}]`, optional));
  }
  if (isRecord(given) && isRecord(kept)) {
    return Object.entries(given).flatMap(([name, value]) =>
      path === '' && grafanaFields.has(name) ? [] : compareField(name, value, kept, path, optional),
    );
  }
  return isSpelling(given, kept, path)
    ? []
    : [{ path, reason: `${JSON.stringify(given)} is read as ${JSON.stringify(kept)}`, isOwnField: true }];
}

function compareField(
  name: string,
  value: unknown,
  kept: Record<string, unknown>,
  path: string,
  optional: Optional,
): Loss[] {
  const inner = path === '' ? name : `${path}.${name}`;
  if (isNothing(value)) return [];
  if (Object.hasOwn(kept, name)) return compare(value, kept[name], inner, optional);
  const isOwnField = optional(path).includes(name);
  const reason = isOwnField ? `${JSON.stringify(value)} is left out` : 'is not a field of this query';
  return [{ path: inner, reason, isOwnField }];
}

function isNothing(value: unknown): boolean {
  return value === null || value === '' || value === undefined;
}

/** Two ways to say the same. */
function isSpelling(given: unknown, kept: unknown, path: string): boolean {
  return (
    given === kept ||
    isNothing(given) ||
    path === 'schemaVersion' ||
    (!isRecord(given) && String(given) === String(kept)) ||
    (path.endsWith('.operator') && spellings.get(given) === kept)
  );
}
