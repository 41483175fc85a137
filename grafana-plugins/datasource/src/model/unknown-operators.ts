import { operators } from './choices';
import { isRecord, oneOf, readOperator } from './read-json';

interface UnknownOperator {
  /** As `funnel.steps[1].filters[0].operator`. */
  path: string;
  operator: string;
  /** Of all fields of this name in a text, which one it is. */
  position: number;
}

/** In which filters of a query, or of a text that was parsed, there is an operator that nobody knows. */
function findUnknownOperators(json: unknown): UnknownOperator[] {
  const seen = listOperators(json, '');
  return seen.flatMap(({ path, value }, position) => {
    const operator = readOperator(value);
    const isOfFilter = /(?:^|\.)filters\[\d+\]\.operator$/u.test(path);
    return isOfFilter && !isOperator(operator) ? [{ path, operator, position }] : [];
  });
}

/** @throws Error when a query has such a filter: any other operator would ask for something else. */
export function refuseUnknownOperators(query: unknown): void {
  const [first] = findUnknownOperators(query);
  if (first !== undefined) {
    throw new Error(`${first.path}: ${explainOperator(first.operator)}`);
  }
}

/** What is wrong with the operators of a text, the first one with its line. */
export function explainOperatorsOf(text: string, json: unknown): string | undefined {
  const [first] = findUnknownOperators(json);
  if (first === undefined) {
    return undefined;
  }
  // Within a text of JSON a quote is escaped, so that nothing but a field's name looks like this.
  const fields = [...text.matchAll(/"operator"\s*:/gu)];
  const before = text.slice(0, fields[first.position]?.index ?? 0);
  return `Line ${before.split('\n').length}, ${first.path}: ${explainOperator(first.operator)}`;
}

/** Goes on after a colon. */
export function explainOperator(operator: string): string {
  return `there is no operator "${operator}". There are ${operators.join(', ')}.`;
}

export function isOperator(operator: string): boolean {
  return oneOf(operators, operator) !== undefined;
}

/** In the order in which they are written. */
function listOperators(json: unknown, path: string): { path: string; value: unknown }[] {
  if (Array.isArray(json)) {
    return json.flatMap((item: unknown, index) => listOperators(item, `${path}[${index}]`));
  }
  return !isRecord(json)
    ? []
    : Object.entries(json).flatMap(([name, value]) => {
        const inner = path === '' ? name : `${path}.${name}`;
        return [...(name === 'operator' ? [{ path: inner, value }] : []), ...listOperators(value, inner)];
      });
}
