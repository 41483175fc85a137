import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { AppError } from './errors.js';
import type { Logger } from './logger.js';
import { schemaWords } from './schema-words.js';

/** A file of provisioning is written by people. */
const fileBytesMax = 1_048_576;
/** Thousands of them end the process: the reader compiles expressions that are as long as a file is deep. */
const depthMax = 100;
/** Of a file that is something else altogether, nearly every line is a mistake. */
const issuesMax = 100;

/** One mistake in a file. Lines and columns count from 1. */
export interface YamlIssue {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  readonly reason: string;
}

/** A file with everything that is wrong in it, each with its line. */
export class YamlError extends AppError {
  readonly issues: readonly YamlIssue[];

  /** Of very many mistakes the first ones, and how many are left out. */
  constructor(issues: readonly YamlIssue[]) {
    const said = issues.slice(0, issuesMax);
    const next = issues[issuesMax];
    if (next !== undefined) said.push({ ...next, reason: `and ${issues.length - issuesMax} mistakes more` });
    super('file_invalid', said.map(describeIssue).join('\n'), { status: 422 });
    this.name = 'YamlError';
    this.issues = said;
  }
}

function describeIssue({ file, line, reason }: YamlIssue): string {
  return `${file}:${line}: ${reason}`;
}

/** What a file says, and where it says it. */
export interface YamlDocument {
  readonly file: string;
  /** `null` of an empty file. */
  readonly value: unknown;
  /** The line of a place in the value, or of the nearest one around it. */
  lineOf(path: readonly PropertyKey[]): number;
  /** The same, with the column. */
  placeOf(path: readonly PropertyKey[]): YamlPlace;
}

export interface YamlPlace {
  readonly line: number;
  readonly column: number;
}

/** Reads YAML 1.2. Throws `YamlError` with every mistake. */
export function parseYaml(file: string, text: string): YamlDocument {
  const tooDeep = findTooDeep(text);
  if (tooDeep !== undefined)
    throw new YamlError([{ file, line: tooDeep, reason: `A file is at most ${depthMax} levels deep.` }]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeAt = (offset: number): YamlPlace => {
    const { col, line } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const mistakes = [...document.errors, ...document.warnings];
  if (mistakes.length > 0) {
    throw new YamlError(mistakes.map(({ message, pos }) => ({ file, ...placeAt(pos[0]), reason: message })));
  }
  const placeOf = (path: readonly PropertyKey[]): YamlPlace => {
    for (let length = path.length; length > 0; length -= 1) {
      const found = document.getIn(path.slice(0, length), true);
      if (isNode(found) && found.range) return placeAt(found.range[0]);
    }
    return { line: 1, column: 1 };
  };
  return { file, value: toValue(file, document), lineOf: (path) => placeOf(path).line, placeOf };
}

/**
 * The first line, from 1, that may be deeper than files of people are: by what it begins with, or by brackets that are
 * open. Brackets within texts count, too, as nobody leaves so many of them open.
 */
function findTooDeep(text: string): number | undefined {
  let open = 0;
  const index = text.split('\n').findIndex((line) => {
    const [indicators = ''] = /^[ \t?:-]*/.exec(line) ?? [];
    for (const [bracket] of line.matchAll(/[[\]{}]/g)) {
      open = bracket === '[' || bracket === '{' ? open + 1 : Math.max(0, open - 1);
      if (open > depthMax) return true;
    }
    return /[^ \t]/.test(line) && indicators.length > depthMax * 2;
  });
  return index < 0 ? undefined : index + 1;
}

/** Aliases that would unfold beyond measure are refused by the reader. */
function toValue(file: string, document: Document): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw new YamlError([{ file, line: 1, reason: cause instanceof Error ? cause.message : String(cause) }]);
  }
}

/** What a file says, as a schema wants it. Throws `YamlError` with every mistake and its line. */
export function readYamlAs<T>(schema: z.ZodType<T>, document: YamlDocument): T {
  const result = schema.safeParse(document.value, schemaWords);
  if (result.success) return result.data;
  throw new YamlError(
    result.error.issues.map((issue) => {
      const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
      const place = path.length === 0 ? '' : `${path.map(String).join('.')}: `;
      return { file: document.file, line: document.lineOf(path), reason: `${place}${issue.message}` };
    }),
  );
}

export interface YamlText {
  /** Relative to the folder, with `/`: `acme.yaml`, `acme/adoption.yaml`. */
  readonly name: string;
  readonly path: string;
  /** Empty where the file could not be read. */
  readonly text: string;
  /** Why it could not be: whose file it is must be told, and nobody else's be held up. */
  readonly fault?: string;
}

/** What the file says. Throws `YamlError`, with the file called so, where it could not be read. */
export function textOf({ fault, text }: YamlText, file: string): string {
  if (fault === undefined) return text;
  throw new YamlError([{ file, line: 1, reason: fault }]);
}

/**
 * The `*.yaml` and `*.yml` of a folder and of the folders in it, by name; `undefined` when there is no folder. What
 * begins with a dot is none of ours.
 */
export async function readYamlFolder(folder: string): Promise<readonly YamlText[] | undefined> {
  const entries = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  });
  if (entries === undefined) return undefined;
  const texts: YamlText[] = [];
  for (const entry of entries.toSorted()) {
    if (entry.startsWith('.')) continue;
    if (isYaml(entry)) texts.push(await readYamlText(folder, entry));
    else texts.push(...(await readInner(folder, entry)));
  }
  return texts;
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

async function readInner(folder: string, inner: string): Promise<readonly YamlText[]> {
  const path = join(folder, inner);
  try {
    if (!(await stat(path)).isDirectory()) return [];
    const names = (await readdir(path)).filter((name) => isYaml(name) && !name.startsWith('.'));
    return await Promise.all(names.toSorted().map((name) => readYamlText(folder, `${inner}/${name}`)));
  } catch (error) {
    return [{ name: `${inner}/*`, path, text: '', fault: faultOf(error) }];
  }
}

async function readYamlText(folder: string, name: string): Promise<YamlText> {
  const path = join(folder, name);
  const faulty = (fault: string): YamlText => ({ name, path, text: '', fault });
  try {
    const found = await stat(path);
    // Whatever else has a name may be endless, or never begin.
    if (!found.isFile()) return faulty('This is no file.');
    if (found.size > fileBytesMax) return faulty(`A file has at most ${fileBytesMax} bytes.`);
    return { name, path, text: await readFile(path, 'utf8') };
  } catch (error) {
    return faulty(faultOf(error));
  }
}

/** Of those that are the file's own; whatever else may pass, and is thrown. */
function faultOf(error: unknown): string {
  const code = codeOf(error);
  if (typeof code !== 'string' || !fileFaults.has(code)) throw error;
  return `This can't be read (${code}).`;
}

/** Gone meanwhile or a link to nothing, not ours to read, a link to itself. */
const fileFaults: ReadonlySet<string> = new Set(['ENOENT', 'EACCES', 'EPERM', 'ELOOP']);

function isYaml(name: string): boolean {
  return name.endsWith('.yaml') || name.endsWith('.yml');
}

export interface FollowOptions {
  readonly folder: string;
  readonly everyMs: number;
  readonly logger: Logger;
  /** Takes all files of the folder; called again whenever one was changed, has come or has gone. */
  readonly load: (files: readonly YamlText[]) => Promise<void>;
}

export interface Following {
  close(): Promise<void>;
}

/**
 * Loads the files of a folder, then again after each change, until it is closed. Contents are compared: notices of file
 * systems do not come through every mount. A load that fails is tried again at the next look; what was loaded stays. An
 * `AppError` that is retryable says that the load waits for something, and is no error.
 */
export async function followYamlFolder(options: FollowOptions): Promise<Following> {
  const { everyMs, folder, logger } = options;
  const stop = new AbortController();
  let loaded: string | undefined;
  let failed: string | undefined;

  async function look(): Promise<void> {
    try {
      const files = await readYamlFolder(folder);
      if (files === undefined) return;
      const stamp = stampOf(files);
      if (stamp === loaded) return;
      await options.load(files);
      loaded = stamp;
      failed = undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // Said once, not at each look.
      if (reason !== failed) say(error, reason);
      failed = reason;
    }
  }

  function say(error: unknown, reason: string): void {
    if (error instanceof AppError && error.retryable) logger.info({ folder, reason }, 'provisioning waits');
    else logger.error({ err: error, folder }, 'provisioning not loaded');
  }

  async function run(): Promise<void> {
    for (;;) {
      await sleep(everyMs, undefined, { signal: stop.signal, ref: false });
      await look();
    }
  }

  await look();
  const running = run().catch((error: unknown) => {
    if (!stop.signal.aborted) logger.error({ err: error, folder }, 'provisioning is no longer followed');
  });
  return {
    async close() {
      stop.abort();
      await running;
    },
  };
}

function stampOf(files: readonly YamlText[]): string {
  const hash = createHash('sha256');
  for (const { fault, name, text } of files) hash.update(JSON.stringify([name, text, fault]));
  return hash.digest('hex');
}
