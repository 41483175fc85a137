import type { QueryFilter } from '../types';
import { isOperator } from './unknown-operators';

/**
 * Replaces template variables in a text. `format` is a format name of Grafana's, or a function that gets the raw
 * value (a list for a multi-value variable). The data source passes `getTemplateSrv().replace` with the scoped
 * variables of its request.
 */
export type Interpolate = (text: string, format?: string | ((value: unknown) => string)) => string;

const oneVariable = /^(?:\$(\w+)|\$\{(\w+)(?:\.[^:}]+)?(?::[^}]+)?\}|\[\[(\w+)(?::\w+)?\]\])$/u;

/** Ways to write several values into one text. A filter has lists of its own, so a value needs none of them. */
const listFormat =
  /:(?:csv|pipe|glob|json|doublequote|singlequote|sqlstring|regex|lucene|raw|join:[^}]*)(?=\}|\]\]$)/u;

const anyVariable = /\$\w+|\$\{[^}]+\}|\[\[[^\]]+\]\]/gu;

/** Of "All", the values that the variable lists. */
interface Expanded {
  kind: 'all' | 'values';
  values: string[];
}

/** A variable within a text can make many of it; the service takes no longer list. */
const textsMax = 1_000;

/**
 * Replaces the variables of one filter. A multi-value variable turns `=` into `in` and `!=` into `not in`; "All"
 * means "no filter", so the filter is dropped (`undefined`), and so is one that was left unfinished in the editor.
 */
export function interpolateFilter(filter: QueryFilter, interpolate: Interpolate): QueryFilter | undefined {
  const dimension = interpolate(filter.dimension).trim();
  const texts = typeof filter.value === 'string' ? [filter.value] : filter.value;
  if (!isOperator(filter.operator)) {
    const value = texts.map((text) => interpolate(text));
    return { ...filter, dimension, value: typeof filter.value === 'string' ? value.join() : value };
  }
  const expanded = texts.map((text) => expand(text, interpolate));
  if (dimension === '' || expanded.length === 0 || expanded.some(({ kind }) => kind === 'all')) {
    return undefined;
  }
  if (filter.operator === '=~' || filter.operator === '!~') {
    const value = texts.map((text) => interpolate(bare(text), 'regex')).join('|');
    return value === '' ? undefined : { dimension, operator: filter.operator, value };
  }
  const values = expanded.flatMap((item) => item.values);
  return withValues({ dimension, operator: filter.operator, value: values }, values);
}

/** The texts of a list with variables replaced; a multi-value variable gives several. "All" gives none. */
export function interpolateList(texts: readonly string[], interpolate: Interpolate): string[] {
  const values = texts.flatMap((text) => {
    const expanded = expand(text, interpolate);
    return expanded.kind === 'values' ? expanded.values : [];
  });
  return [...new Set(values.filter((value) => value !== ''))];
}

/**
 * A text in which a variable has one value; "All" leaves its place empty.
 *
 * @param what takes only one, at the beginning of a sentence
 * @throws Error when a variable has several values
 */
export function interpolateText(text: string, interpolate: Interpolate, what: string): string {
  const replaced = text.replaceAll(anyVariable, (variable) => {
    const { kind, values } = expand(variable, interpolate);
    if (kind === 'all') {
      return '';
    }
    if (values.length > 1) {
      const given = `${variable} has ${values.length}: ${values.join(', ')}`;
      throw new Error(`${what} takes one value, and ${given}. Choose one of them.`);
    }
    return values[0] ?? '';
  });
  return replaced.trim();
}

/** A text for people, in which several values stand one after the other. */
export function interpolateWords(text: string, interpolate: Interpolate): string {
  return text.replaceAll(anyVariable, (variable) => {
    const { kind, values } = expand(variable, interpolate);
    return kind === 'all' ? 'All' : values.join(', ');
  });
}

/** What a text names: of "All" everything that the variable lists, of `{a,b}` both. */
export function interpolateNames(text: string, interpolate: Interpolate): string[] {
  const names = expand(text, interpolate).values.flatMap((value) => listNames(value));
  return [...new Set(names.filter((name) => name !== '$__all'))];
}

/** The names in a text without variables: several are written as `{a,b}`, which is how Grafana writes several values. */
export function listNames(text: string): string[] {
  const several = /^\{(.*)\}$/su.exec(text.trim())?.[1];
  return (several ?? text).split(several === undefined ? /$^/u : ',').flatMap((name) => name.trim() || []);
}

export function writeNames(names: readonly string[]): string {
  return names.length > 1 ? `{${names.join(',')}}` : (names[0] ?? '');
}

/**
 * One of a list, which may have been left to a template variable.
 *
 * @throws Error when the variable gives anything else; `what` says what is meant
 */
export function interpolateChoice<T extends string>(
  allowed: readonly T[],
  choice: string,
  interpolate: Interpolate,
  what: string,
): T {
  const text = interpolate(choice).trim();
  const known = allowed.find((candidate) => candidate === text);
  if (known === undefined) {
    throw new Error(`"${text}" is no ${what}; there are ${allowed.join(', ')}. It comes from ${choice}.`);
  }
  return known;
}

function withValues(filter: QueryFilter, values: string[]): QueryFilter | undefined {
  const [first] = values;
  if (first === undefined) {
    return undefined;
  }
  const { dimension, operator } = filter;
  if (operator === 'in' || operator === 'not in') {
    return { dimension, operator, value: values };
  }
  if (values.length === 1) {
    return { dimension, operator, value: first };
  }
  return { dimension, operator: operator === '!=' ? 'not in' : 'in', value: values };
}

function expand(text: string, interpolate: Interpolate): Expanded {
  const match = oneVariable.exec(text.trim());
  const name = match?.[1] ?? match?.[2] ?? match?.[3];
  if (name === undefined) {
    return expandWithin(text, interpolate);
  }
  let raw: unknown;
  const replaced = interpolate(bare(text.trim()), (value) => {
    raw = value;
    return '';
  });
  const values = raw === undefined ? [replaced] : toTexts(raw);
  return { kind: isAll(values, interpolate(`\${${name}:text}`)) ? 'all' : 'values', values };
}

/**
 * A text around variables is one text for each of their values. "All" stands for what the variable lists; where it lists
 * nothing, the whole text is for all.
 */
function expandWithin(text: string, interpolate: Interpolate): Expanded {
  const variables = text.match(anyVariable) ?? [];
  let texts = [''];
  let rest = text;
  for (const variable of variables) {
    const [before = ''] = rest.split(variable, 1);
    const { kind, values } = expand(variable, interpolate);
    const listed = values.filter((value) => value !== '$__all');
    if (kind === 'all' && listed.length < 2) {
      return { kind, values: [] };
    }
    texts = texts.flatMap((start) => listed.map((value) => `${start}${before}${value}`)).slice(0, textsMax);
    rest = rest.slice(before.length + variable.length);
  }
  return { kind: 'values', values: texts.map((start) => `${start}${rest}`) };
}

/** Grafana prefers the format that a text names, and would hide the values from us. */
function bare(text: string): string {
  return oneVariable.test(text) ? text.replace(listFormat, '') : text;
}

/** A variable whose own value is the word "All" is a value like any other. */
function isAll(values: readonly string[], shown: string): boolean {
  return values.includes('$__all') || (shown === 'All' && !(values.length === 1 && values[0] === 'All'));
}

function toTexts(raw: unknown): string[] {
  const list: unknown[] = Array.isArray(raw) ? raw : [raw];
  return list.flatMap((item) => (typeof item === 'string' || typeof item === 'number' ? [String(item)] : []));
}
