import { isReadable, migrateQuery } from '../migrations';
import type { AnalyticsQuery } from '../types';
import { isRecord, spellings } from './read-json';
import { explainOperatorsOf } from './unknown-operators';

/** Fields that Grafana adds: they are not the text's business. */
const grafanaFields = new Set(['refId', 'hide', 'key', 'datasource']);

/** Where a text says something that a query does not keep; `path` as `steps[1].type`. */
export interface Loss {
  path: string;
  reason: string;
}

export type ReadText =
  | { state: 'broken'; reason: string }
  /** Without `losses` the text and the query say the same. */
  | { state: 'read'; query: AnalyticsQuery; losses: Loss[] };

/** A query as text, to be changed by hand. */
export function toText(query: AnalyticsQuery): string {
  const fields = Object.entries(query).filter(([name]) => !grafanaFields.has(name));
  return JSON.stringify(Object.fromEntries(fields), undefined, 2);
}

/**
 * Reads a text back into `base`, whose fields of Grafana stay. Tells everything of the text that would not be kept:
 * fields that a query does not have, and values that it can't take.
 */
export function readText(text: string, base: AnalyticsQuery): ReadText {
  const parsed = parse(text);
  if (typeof parsed === 'string') {
    return { state: 'broken', reason: parsed };
  }
  const { refId, hide, key, datasource } = base;
  const kept = Object.fromEntries(
    Object.entries({ refId, hide, key, datasource }).filter(([, value]) => value !== undefined),
  );
  const query = migrateQuery({ ...parsed.json, ...kept });
  if (!isReadable(query)) {
    return { state: 'broken', reason: query.reason };
  }
  const unknown = explainOperatorsOf(text, parsed.json);
  if (unknown !== undefined) {
    return { state: 'broken', reason: unknown };
  }
  return { state: 'read', query, losses: findLosses(parsed.json, query, '') };
}

function parse(text: string): { json: Record<string, unknown> } | string {
  try {
    const json: unknown = JSON.parse(text);
    return isRecord(json) ? { json } : 'The text must be one JSON object: { … }.';
  } catch (error) {
    // The editor marks the place.
    return `This is not JSON. ${error instanceof Error ? error.message : ''}`.trim();
  }
}

function findLosses(given: unknown, kept: unknown, path: string): Loss[] {
  if (Array.isArray(given)) {
    const list: readonly unknown[] = Array.isArray(kept) ? kept : [];
    const items: readonly unknown[] = given;
    return items.length > list.length
      ? [{ path, reason: `${items.length - list.length} of ${items.length} entries are not understood` }]
      : items.flatMap((item, index) => findLosses(item, list[index], `${path}[${index}]`));
  }
  if (isRecord(given)) {
    const fields = isRecord(kept) ? kept : {};
    return Object.entries(given).flatMap(([name, value]) => {
      const inner = path === '' ? name : `${path}.${name}`;
      if (path === '' && grafanaFields.has(name)) return [];
      if (!Object.hasOwn(fields, name))
        return isNothing(value) ? [] : [{ path: inner, reason: 'is not a field of this query' }];
      return findLosses(value, fields[name], inner);
    });
  }
  return given === kept || isNothing(given) || isSpelling(given, kept, path)
    ? []
    : [{ path, reason: `${JSON.stringify(given)} would become ${JSON.stringify(kept)}` }];
}

function isNothing(value: unknown): boolean {
  return value === null || value === '' || value === undefined;
}

/** Two ways to say the same. */
function isSpelling(given: unknown, kept: unknown, path: string): boolean {
  return (
    path === 'schemaVersion' ||
    String(given) === String(kept) ||
    (path.endsWith('.operator') && spellings.get(given) === kept)
  );
}
