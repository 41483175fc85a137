import { z } from 'zod';

/** What the documentation says of a variable, whatever its type. */
export interface VariableDocs {
  readonly env: string;
  readonly description: string;
  /** What the number counts, or what the text is: `ms`, `events`, `URL`. */
  readonly unit: string;
  /** The text that stands in when the variable is absent; `undefined` where absence has a meaning of its own. */
  readonly fallback: string | undefined;
  /** What absence means, where there is no default. */
  readonly absent: string | undefined;
  /** The value never appears in a message. */
  readonly secret: boolean;
  /** What is allowed, in words. */
  readonly allowed: string;
}

export interface Variable<T> extends VariableDocs {
  /** Reads the trimmed text. Throws nothing: answers with the value or with what is wrong, as a sentence. */
  read(text: string | undefined): { readonly value: T } | { readonly reason: string };
}

interface Described {
  readonly description: string;
}

function createVariable<T>(docs: VariableDocs, schema: z.ZodType<T, string>): Variable<T> {
  return {
    ...docs,
    read(text) {
      const given = text ?? docs.fallback;
      if (given === undefined) return { reason: 'is required' };
      const result = schema.safeParse(given);
      if (result.success) return { value: result.data };
      return { reason: result.error.issues.map((issue) => issue.message).join('; ') };
    },
  };
}

/** Makes a variable optional: absent is `undefined`, and `meaning` says what happens then. */
export function optional<T>(variable: Variable<T>, meaning: string): Variable<T | undefined> {
  return {
    ...variable,
    fallback: undefined,
    absent: meaning,
    read(text) {
      return text === undefined ? { value: undefined } : variable.read(text);
    },
  };
}

/** A whole number in decimal digits, within bounds. */
export function wholeNumber(
  env: string,
  options: Described & { unit: string; fallback: number; min: number; max: number },
): Variable<number> {
  const { min, max } = options;
  const allowed = `whole number from ${min} to ${max}`;
  const schema = z
    .string()
    .regex(/^-?\d{1,15}$/, `must be a ${allowed}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a ${allowed}`);
  return createVariable(
    {
      env,
      description: options.description,
      unit: options.unit,
      fallback: String(options.fallback),
      absent: undefined,
      secret: false,
      allowed,
    },
    schema,
  );
}

/** A share from 0 to 1. */
export function fraction(env: string, options: Described & { fallback: number }): Variable<number> {
  const allowed = 'number from 0 to 1';
  const schema = z
    .string()
    .regex(/^(0|1|0?\.\d{1,9}|1\.0*)$/, `must be a ${allowed}`)
    .transform(Number);
  return createVariable(
    {
      env,
      description: options.description,
      unit: 'share',
      fallback: String(options.fallback),
      absent: undefined,
      secret: false,
      allowed,
    },
    schema,
  );
}

/** A TCP port. 0 takes a free one. */
export function port(env: string, options: Described & { fallback: number }): Variable<number> {
  return wholeNumber(env, { ...options, unit: 'TCP port', min: 0, max: 65_535 });
}

/** A switch: `on` or `off`; `true`, `false`, `1`, `0`, `yes` and `no` are understood as well. */
export function onOff(env: string, options: Described & { fallback: boolean }): Variable<boolean> {
  const allowed = '`on` or `off`';
  const schema = z
    .string()
    .regex(/^(on|off|true|false|1|0|yes|no)$/i, 'must be on or off')
    .transform((text) => /^(on|true|1|yes)$/i.test(text));
  return createVariable(
    {
      env,
      description: options.description,
      unit: 'switch',
      fallback: options.fallback ? 'on' : 'off',
      absent: undefined,
      secret: false,
      allowed,
    },
    schema,
  );
}

/** One of a few words. */
export function oneOf<const Choices extends readonly [string, ...string[]]>(
  env: string,
  options: Described & { choices: Choices; fallback: Choices[number] },
): Variable<Choices[number]> {
  const allowed = options.choices.map((choice) => `\`${choice}\``).join(', ');
  return createVariable(
    {
      env,
      description: options.description,
      unit: 'word',
      fallback: options.fallback,
      absent: undefined,
      secret: false,
      allowed: `one of ${allowed}`,
    },
    z.enum(options.choices, { error: `must be one of ${options.choices.join(', ')}` }),
  );
}

/** Any text without control characters. */
export function text(env: string, options: Described & { unit: string; fallback: string }): Variable<string> {
  return createVariable(
    {
      env,
      description: options.description,
      unit: options.unit,
      fallback: options.fallback,
      absent: undefined,
      secret: false,
      allowed: 'text',
    },
    z.string().regex(/^\P{Cc}+$/u, 'must be text without control characters'),
  );
}

/** Several names, separated by commas. */
export function texts(
  env: string,
  options: Described & { unit: string; pattern: RegExp; allowed: string },
): Variable<readonly string[]> {
  const { allowed, description, pattern, unit } = options;
  return createVariable(
    { env, description, unit, fallback: undefined, absent: undefined, secret: false, allowed },
    z
      .string()
      .transform((list) => list.split(',').map((name) => name.trim()))
      .refine((names) => names.every((name) => pattern.test(name)), `must be ${allowed}`),
  );
}

/** A file of PEM. */
export function pemFile(
  env: string,
  { absent, description }: Described & { absent: string },
): Variable<string | undefined> {
  return optional(text(env, { description, unit: 'file', fallback: '' }), absent);
}

/** A name that may stand in a statement as it is. */
export function identifier(env: string, options: Described): Variable<string> {
  const allowed = 'letters, digits, `_` and `-`, at most 64';
  return createVariable(
    {
      env,
      description: options.description,
      unit: 'name',
      fallback: undefined,
      absent: undefined,
      secret: false,
      allowed,
    },
    z.string().regex(/^[a-z_][\w-]{0,63}$/i, `must be a name of ${allowed}`),
  );
}

/** A text that never appears in a message. Long enough that it can't be guessed. */
export function secret(env: string, options: Described & { charsMin: number }): Variable<string> {
  const allowed = `text of at least ${options.charsMin} characters`;
  return createVariable(
    {
      env,
      description: options.description,
      unit: 'secret',
      fallback: undefined,
      absent: undefined,
      secret: true,
      allowed,
    },
    z.string().min(options.charsMin, `must be a ${allowed}`),
  );
}

/** Headers of HTTP as `name=value,name=value`, values percent-encoded. They may hold a key and are therefore a secret. */
export function headerList(env: string, options: Described): Variable<Readonly<Record<string, string>>> {
  const allowed = '`name=value,name=value`';
  const schema = z
    .string()
    .regex(/^[\w-]+=[^,\s]+(,[\w-]+=[^,\s]+)*$/, 'must be name=value,name=value, with values percent-encoded')
    .transform((list) => Object.fromEntries(list.split(',').map(toHeader)));
  return createVariable(
    {
      env,
      description: options.description,
      unit: 'headers',
      fallback: undefined,
      absent: undefined,
      secret: true,
      allowed,
    },
    schema,
  );
}

function toHeader(pair: string): readonly [string, string] {
  const end = pair.indexOf('=');
  const [name, value] = [pair.slice(0, end), pair.slice(end + 1)];
  try {
    return [name, decodeURIComponent(value)];
  } catch {
    // A stray percent sign is no encoding: the value is meant as it stands.
    return [name, value];
  }
}

/** The address of a server. It may hold a password and is therefore a secret. Required unless wrapped in `optional`. */
export function serverUrl(
  env: string,
  options: Described & { protocols: readonly [string, ...string[]] },
): Variable<string> {
  const allowed = `URL that begins with ${options.protocols.map((name) => `\`${name}://\``).join(' or ')}`;
  const expected = `must be a URL that begins with ${options.protocols.map((name) => `${name}://`).join(' or ')}`;
  return createVariable(
    {
      env,
      description: options.description,
      unit: 'URL',
      fallback: undefined,
      absent: undefined,
      secret: true,
      allowed,
    },
    z.string().refine((given) => hasProtocol(given, options.protocols), expected),
  );
}

function hasProtocol(given: string, protocols: readonly string[]): boolean {
  if (!URL.canParse(given)) return false;
  const { protocol, hostname } = new URL(given);
  return protocols.includes(protocol.slice(0, -1)) && hostname !== '';
}
