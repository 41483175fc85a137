import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { AppError } from './errors.js';
import type { Logger } from './logger.js';

/** A file of provisioning is written by people. */
const fileBytesMax = 1_048_576;

/** One mistake in a file. Lines and columns count from 1. */
export interface YamlIssue {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  readonly reason: string;
}

/** A file with everything that is wrong in it, each with its line. */
export class YamlError extends AppError {
  constructor(readonly issues: readonly YamlIssue[]) {
    super('file_invalid', issues.map(describeIssue).join('\n'), { status: 422 });
    this.name = 'YamlError';
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
  const result = schema.safeParse(document.value);
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
  readonly text: string;
}

/**
 * The `*.yaml` and `*.yml` of a folder and of the folders in it, by name; `undefined` when there is no folder. What
 * begins with a dot is none of ours. Throws `YamlError` for a file that is too large.
 */
export async function readYamlFolder(folder: string): Promise<readonly YamlText[] | undefined> {
  const entries = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
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

function isMissing(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return error.code === 'ENOENT' || error.code === 'ENOTDIR';
}

async function readInner(folder: string, inner: string): Promise<readonly YamlText[]> {
  if (!(await stat(join(folder, inner))).isDirectory()) return [];
  const names = (await readdir(join(folder, inner))).filter((name) => isYaml(name) && !name.startsWith('.'));
  return Promise.all(names.toSorted().map((name) => readYamlText(folder, `${inner}/${name}`)));
}

async function readYamlText(folder: string, name: string): Promise<YamlText> {
  const path = join(folder, name);
  const bytes = await readFile(path);
  if (bytes.length > fileBytesMax)
    throw new YamlError([{ file: path, line: 1, reason: `A file has at most ${fileBytesMax} bytes.` }]);
  return { name, path, text: bytes.toString('utf8') };
}

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
  for (const { name, text } of files) hash.update(JSON.stringify([name, text]));
  return hash.digest('hex');
}
