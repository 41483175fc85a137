import type { z } from 'zod';

type Issue = Parameters<z.core.$ZodErrorMap>[0];

/** What the library calls a kind of value, as people do. */
const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

/** What is counted of a value that is too long or too short; of numbers nothing is. */
const counted: Readonly<Record<string, readonly [one: string, several: string]>> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
};

const formats: Readonly<Record<string, string>> = {
  datetime: 'give a time in ISO 8601 with its offset, such as 2026-03-01T00:00:00Z',
  date: 'give a date, such as 2026-03-01',
  email: 'give a mail address',
  url: 'give a URL',
  uuid: 'give a UUID',
};

/**
 * Says what a schema asks for in our words, to be passed to `safeParse`. A schema's own message comes first; what is not
 * known here is left to the library.
 */
export const schemaWords = { error: explainIssue };

/** What is said of a mistake, on its own. */
export function sentenceOf(issue: z.core.$ZodIssue | undefined): string | undefined {
  if (issue === undefined) return undefined;
  const { message } = issue;
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}${message.endsWith('.') ? '' : '.'}`;
}

/** The bound that was passed, for the body of an error. */
export function limitOf(issue: z.core.$ZodIssue | undefined): { limit?: number } {
  return issue?.code === 'too_big' ? { limit: Number(issue.maximum) } : {};
}

function explainIssue(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return explainType(issue.expected, issue.input);
    case 'invalid_value':
      return `give ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(nameOf).join(', ')}`;
    case 'too_big':
      return `give ${issue.inclusive === false ? 'less than' : 'at most'} ${amountOf(issue.maximum, issue.origin)}`;
    case 'too_small':
      return issue.origin === 'string' && issue.minimum === 1
        ? 'give a text that is not empty'
        : `give ${issue.inclusive === false ? 'more than' : 'at least'} ${amountOf(issue.minimum, issue.origin)}`;
    case 'unrecognized_keys':
      return `there is no field ${issue.keys.map(nameOf).join(', ')}`;
    case 'invalid_format':
      return formats[issue.format];
    default:
      return undefined;
  }
}

function explainType(expected: string, input: unknown): string | undefined {
  const kind = kinds[expected];
  if (kind === undefined) return undefined;
  return input === undefined ? `this is missing: give ${kind}` : `give ${kind}`;
}

function amountOf(bound: number | bigint, origin: string): string {
  const thing = counted[origin];
  return thing === undefined ? String(bound) : `${bound} ${thing[bound === 1 ? 0 : 1]}`;
}

function nameOf(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
