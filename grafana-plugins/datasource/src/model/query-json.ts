import { isReadable, migrateQuery } from '../migrations';
import type { AnalyticsQuery } from '../types';
import { findLosses, grafanaFields, type Loss } from './losses';
import { isRecord } from './read-json';
import { explainOperatorsOf } from './unknown-operators';

export type ReadText =
  | { state: 'broken'; reason: string }
  /** Without `losses` the text and the query say the same. */
  | { state: 'read'; query: AnalyticsQuery; losses: Loss[] };

/** A query as text, to be changed by hand. */
export function toText(query: object): string {
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
  return { state: 'read', query, losses: findLosses(parsed.json, query) };
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
