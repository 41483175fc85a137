import {
  eventDataSchemas,
  isKnownEventType,
  numberColumnMax,
  numberColumns,
  textColumns,
  type NumberColumn,
  type TextColumn,
} from '@coditect/contracts';
import type { z } from 'zod';
import { pointerTo, refuse, within, type Checked, type Rejection } from './candidate.js';
import { addAttribute, type AttributeSink } from './flatten-data.js';
import { findTextFault } from './text-check.js';

/** What `data` says: values with a column of their own, and the rest as text. */
export interface CheckedData {
  readonly columns: EventColumns;
  readonly attributes: Record<string, string>;
}

export type EventColumns = { [Name in TextColumn]?: string } & { [Name in NumberColumn]?: number };

/** Routes are the longest of the names that become dimensions. */
const COLUMN_CHARS_MAX = 512;

/** A shorter duration counts as none: a sketch of durations grows with the ratio of the longest to the shortest. */
const NANOSECOND_MS = 1e-6;

const textColumnNames: ReadonlySet<string> = new Set(textColumns);
const numberColumnNames: ReadonlySet<string> = new Set(numberColumns);
const wholeNumberColumns: ReadonlySet<string> = new Set([
  'tokensInput',
  'tokensOutput',
  'tokensCacheRead',
  'tokensCacheCreation',
  'tokensReasoning',
  'statusCode',
  'responseBytes',
] satisfies NumberColumn[]);

/**
 * Checks `data` by the schema of its type and sorts it into columns and attributes. Data of an unknown type is kept
 * whole: a value that does not fit the column of its name stays an attribute.
 * Codes beside those of `addAttribute`: `data_not_object`, `field_missing`, `field_type`, `number_negative`,
 * `number_out_of_range`, `number_not_finite`, `number_not_whole`, `text_too_short`, `text_too_long`,
 * `value_not_allowed`, `data_invalid`.
 */
export function checkData(type: string, data: unknown, sink: AttributeSink): Checked<CheckedData> {
  const known = isKnownEventType(type);
  if (!isRecord(data)) {
    if (known && data !== undefined && data !== null) {
      return refuse('data_not_object', '/data', '"data" of this type must be an object.');
    }
    return known ? checkKnown(eventDataSchemas[type], {}, sink) : keepScalar(data, sink);
  }
  return known ? checkKnown(eventDataSchemas[type], data, sink) : sortData(data, sink);
}

function checkKnown(
  schema: z.ZodType,
  data: Record<string, unknown>,
  sink: AttributeSink,
): Checked<CheckedData> {
  const result = schema.safeParse(data);
  // The schemas only check: what they let pass is `data` itself, and copying it would lose a key named __proto__.
  return result.success ? sortData(data, sink) : { ok: false, rejection: toRejection(result.error, data) };
}

function keepScalar(data: unknown, sink: AttributeSink): Checked<CheckedData> {
  const fault = addAttribute(sink, 'data', data);
  if (fault !== undefined) return { ok: false, rejection: within('data', fault) };
  return { ok: true, value: { columns: {}, attributes: sink.attributes } };
}

function sortData(data: Record<string, unknown>, sink: AttributeSink): Checked<CheckedData> {
  const columns: EventColumns = {};
  for (const name in data) {
    const fault = sortField(name, data[name], columns, sink);
    if (fault !== undefined) return { ok: false, rejection: within('data', within(name, fault)) };
  }
  return { ok: true, value: { columns, attributes: sink.attributes } };
}

function sortField(
  name: string,
  value: unknown,
  columns: EventColumns,
  sink: AttributeSink,
): Rejection | undefined {
  if (typeof value === 'string' && textColumnNames.has(name) && value.length <= COLUMN_CHARS_MAX) {
    columns[name as TextColumn] = value;
    return findTextFault(value, '');
  }
  if (typeof value === 'number' && isNumberColumn(name) && fitsNumberColumn(name, value)) {
    columns[name] = name === 'durationMs' && value < NANOSECOND_MS ? 0 : value;
    return undefined;
  }
  return addAttribute(sink, name, value);
}

function isNumberColumn(name: string): name is NumberColumn {
  return numberColumnNames.has(name);
}

function fitsNumberColumn(name: NumberColumn, value: number): boolean {
  if (!(value >= (name === 'statusCode' ? 100 : 0) && value <= numberColumnMax[name])) return false;
  return !wholeNumberColumns.has(name) || Number.isInteger(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toRejection(error: z.ZodError, data: unknown): Rejection {
  const issue = error.issues[0];
  if (issue === undefined)
    return refuse('data_invalid', '/data', 'The data does not fit its type.').rejection;
  const pointer = issue.path.reduce<string>(pointerTo, '/data');
  return { code: codeOf(issue, valueAt(data, issue.path)), pointer, reason: issue.message.slice(0, 256) };
}

function codeOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined) return 'field_missing';
  if (issue.code === 'invalid_value') return 'value_not_allowed';
  if (typeof value === 'number') return numberCodeOf(issue, value);
  if (issue.code === 'invalid_type') return 'field_type';
  if (issue.code === 'too_small') return 'text_too_short';
  return issue.code === 'too_big' ? 'text_too_long' : 'data_invalid';
}

function numberCodeOf(issue: z.core.$ZodIssue, value: number): string {
  if (!Number.isFinite(value)) return 'number_not_finite';
  if (issue.code === 'too_small' && value < 0) return 'number_negative';
  if (issue.code === 'too_small' || issue.code === 'too_big') return 'number_out_of_range';
  return issue.code === 'invalid_type' && issue.expected !== 'int' ? 'field_type' : 'number_not_whole';
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (isRecord(value) ? value[String(key)] : undefined), data);
}
