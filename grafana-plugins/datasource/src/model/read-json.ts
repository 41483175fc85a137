import type { FilterOperator } from '@coditect/contracts';
import type { QueryFilter, Variable } from '../types';

// Saved JSON is read leniently: a field of a wrong kind is as if it were absent.

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function readRecord(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

export function readText(text: unknown): string | undefined {
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** One text is a list of one. */
export function readTexts(texts: unknown): string[] {
  if (typeof texts === 'string' && texts !== '') {
    return [texts];
  }
  return Array.isArray(texts)
    ? texts.filter((text): text is string => typeof text === 'string' && text !== '')
    : [];
}

/** A whole number above zero, also as a text. */
export function readCount(count: unknown): number | undefined {
  const number = typeof count === 'number' || typeof count === 'string' ? Number(count) : Number.NaN;
  return Number.isInteger(number) && number > 0 ? number : undefined;
}

export function readFlag(flag: unknown): boolean | undefined {
  return typeof flag === 'boolean' ? flag : undefined;
}

export function oneOf<T extends string>(allowed: readonly T[], value: unknown): T | undefined {
  return allowed.find((candidate) => candidate === value);
}

/** One of the list, or a template variable that will be one. */
export function readChoice<T extends string>(
  allowed: readonly T[],
  value: unknown,
): T | Variable | undefined {
  return oneOf(allowed, value) ?? (isVariable(value) ? value : undefined);
}

function isVariable(value: unknown): value is Variable {
  return typeof value === 'string' && /^\$(?:\w+|\{\w+[^}]*\})$/u.test(value);
}

export function readFilters(filters: unknown): QueryFilter[] {
  return Array.isArray(filters) ? filters.flatMap((filter: unknown) => readFilter(filter)) : [];
}

/** Other words for our operators: those of the service, and of Grafana's own filters. */
export const spellings: ReadonlyMap<unknown, FilterOperator> = new Map<unknown, FilterOperator>([
  ['regex', '=~'],
  ['=|', 'in'],
  ['!=|', 'not in'],
]);

/** Written by hand, a status code is a number. */
function readValue(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function readFilter(filter: unknown): QueryFilter[] {
  if (!isRecord(filter)) {
    return [];
  }
  const given = filter['value'];
  // The empty text is a value like any other: that of events that do not say it.
  const value = Array.isArray(given)
    ? given.flatMap((each) => readValue(each) ?? [])
    : (readValue(given) ?? []);
  const operator = readOperator(filter['operator']);
  return [{ dimension: readText(filter['dimension']) ?? '', operator, value }];
}

/** One that is not known stays as it was written: any other would ask for something else. */
export function readOperator(operator: unknown): string {
  if (operator === undefined || operator === null || operator === '') {
    return '=';
  }
  return spellings.get(operator) ?? (typeof operator === 'string' ? operator : JSON.stringify(operator));
}
