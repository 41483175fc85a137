import { basename, join } from 'node:path';
import { AppError } from '../platform/errors.js';
import {
  createChunkCutter,
  type Chunk,
  type ChunkCutter,
  type ChunkLimits,
  type RejectedLine,
} from './cut-chunks.js';
import { detectFormat } from './detect-format.js';
import {
  createImportStateStore,
  freshState,
  type ImportState,
  type ImportStateStore,
} from './import-state.js';
import { openImportInput, type ImportInput } from './open-input.js';
import { createAccessLogParser } from './parse-access-log-line.js';
import { parseCloudEventLine } from './parse-cloud-event-line.js';
import type { ImportFormat, ParseLine } from './parsed-line.js';
import { openRejectionList, type RejectionList } from './rejection-list.js';
import { sendWithRetries, type ImportReceipt, type ImportSink, type RetryOptions } from './send-chunk.js';
import { createLineSplitter, type Line } from './split-lines.js';

export interface ImportCounts {
  /** Lines that hold something: accepted and rejected together. */
  readonly read: number;
  readonly accepted: number;
  /** The part of accepted that was stored before; `null` where a broker stands between. */
  readonly duplicates: number | null;
  readonly rejected: number;
}

export interface ImportProgress extends ImportCounts {
  /** How much of the file is read, from 0 to 1. */
  readonly fraction: number;
}

export interface ImportResult extends ImportCounts {
  /** The first rejected lines of this run. */
  readonly firstRejected: readonly RejectedLine[];
  /** The list of all rejected lines. */
  readonly rejectedPath: string;
}

export interface ImportOptions {
  readonly path: string;
  readonly tenantId: string;
  readonly format: ImportFormat | 'auto';
  /** Folder of import states and lists of rejections. */
  readonly folder: string;
  readonly sink: ImportSink;
  readonly limits: ChunkLimits & {
    readonly lineBytesMax: number;
    /** Chunks that are on their way at the same time. */
    readonly inFlightMax: number;
    readonly shownRejectionsMax: number;
  };
  readonly retry: RetryOptions;
  /** Stops before the next chunk; what was stored is remembered. */
  readonly signal: AbortSignal;
  /** Called once when an interrupted import goes on behind this line. */
  readonly onResume: (line: number) => void;
  readonly onProgress: (progress: ImportProgress) => void;
}

export const defaultImportLimits: ImportOptions['limits'] = {
  eventsMax: 1_000,
  bytesMax: 900_000,
  lineBytesMax: 1_048_576,
  inFlightMax: 4,
  shownRejectionsMax: 10,
};

/**
 * Brings a file of history in, of any size, in constant memory. Run again after an interruption it goes on where it
 * was; run again after its end it starts anew and finds everything stored.
 * Throws `AppError` `import_file_unreadable`, `import_format_unknown`, `import_interrupted`, `import_file_damaged`,
 * or what the sink throws when it can't be persuaded.
 */
export async function importFile(options: ImportOptions): Promise<ImportResult> {
  const input = await openImportInput(options.path);
  const format = options.format === 'auto' ? requireFormat(input) : options.format;
  const { tenantId, folder } = options;
  const states = createImportStateStore(folder, { ...input, tenantId, format });
  const before = await states.find();
  if (before !== undefined) options.onResume(before.line);
  const state = before ?? freshState;
  const listPath = join(folder, `${tenantId}-${basename(input.path)}.rejected.ndjson`);
  const list = await openRejectionList(listPath, state.rejectedFileBytes);
  try {
    const ledger = createLedger({ options, input, states, list, state });
    await sendAll({ options, input, parse: createParser(input, format), ledger });
    await states.remove();
    return ledger.getResult();
  } finally {
    await list.close();
  }
}

function requireFormat(input: ImportInput): ImportFormat {
  // An empty file has no format and no events.
  const format = input.head.length === 0 ? 'cloudevents' : detectFormat(input.head);
  if (format !== undefined) return format;
  throw new AppError(
    'import_format_unknown',
    `${input.path} begins with neither CloudEvents, one JSON object a line, nor an access log in common or combined format.`,
    { status: 400 },
  );
}

function createParser(input: ImportInput, format: ImportFormat): ParseLine {
  if (format === 'cloudevents') return parseCloudEventLine;
  // A log and its compressed copy are one source.
  const fileName = basename(input.path).replace(/\.gz$/i, '');
  return createAccessLogParser({ fileName, isCombined: format === 'combined' });
}

interface Ledger {
  readonly start: { readonly offset: number; readonly line: number };
  /** Writes down that everything up to the end of the chunk is done. */
  commit(chunk: Chunk, receipt: ImportReceipt): Promise<void>;
  getResult(): ImportResult;
}

function createLedger(context: {
  readonly options: ImportOptions;
  readonly input: ImportInput;
  readonly states: ImportStateStore;
  readonly list: RejectionList;
  readonly state: ImportState;
}): Ledger {
  const { options, input, states, list } = context;
  let { state } = context;
  const firstRejected: RejectedLine[] = [];
  return {
    start: state,
    async commit(chunk, receipt) {
      const rejected = listRejected(chunk, receipt);
      const room = options.limits.shownRejectionsMax - firstRejected.length;
      firstRejected.push(...rejected.slice(0, Math.max(0, room)));
      state = addChunk(state, chunk, receipt, rejected.length, await list.append(rejected));
      await states.put(state);
      const fraction = input.sizeBytes === 0 ? 1 : Math.min(1, input.countBytesRead() / input.sizeBytes);
      options.onProgress({ ...pickCounts(state), fraction });
    },
    getResult: () => ({ ...pickCounts(state), firstRejected, rejectedPath: list.path }),
  };
}

function addChunk(
  state: ImportState,
  chunk: Chunk,
  receipt: ImportReceipt,
  rejected: number,
  rejectedFileBytes: number,
): ImportState {
  return {
    version: 1,
    offset: chunk.end.offset,
    line: chunk.end.line,
    read: state.read + receipt.accepted + rejected,
    accepted: state.accepted + receipt.accepted,
    duplicates: addKnown(state.duplicates, receipt.duplicates),
    rejected: state.rejected + rejected,
    rejectedFileBytes,
  };
}

function addKnown(left: number | null, right: number | null): number | null {
  return left === null || right === null ? null : left + right;
}

function pickCounts({ read, accepted, duplicates, rejected }: ImportCounts): ImportCounts {
  return { read, accepted, duplicates, rejected };
}

/** What the reader and the collector refused, in the order of the file. */
function listRejected(chunk: Chunk, receipt: ImportReceipt): readonly RejectedLine[] {
  const refused = receipt.rejected.map(({ index, code, pointer, reason }) => ({
    line: chunk.lines[index] ?? chunk.end.line,
    code,
    pointer,
    reason,
  }));
  return [...chunk.rejected, ...refused].sort((left, right) => left.line - right.line);
}

interface Sending {
  readonly chunk: Chunk;
  /** Never rejects: a failure is kept until its turn comes. */
  readonly receipt: Promise<
    { readonly ok: true; readonly value: ImportReceipt } | { readonly ok: false; readonly error: unknown }
  >;
}

/**
 * A few chunks are on their way at a time; they are written down in the order of the file, so the state has no holes:
 * behind a chunk that failed nothing is written down any more, though it may have been stored.
 */
async function sendAll(context: {
  readonly options: ImportOptions;
  readonly input: ImportInput;
  readonly parse: ParseLine;
  readonly ledger: Ledger;
}): Promise<void> {
  const { options, ledger } = context;
  const underWay: Sending[] = [];

  async function commitOldest(): Promise<void> {
    const oldest = underWay.shift();
    if (oldest === undefined) return;
    const receipt = await oldest.receipt;
    if (receipt.ok) {
      await ledger.commit(oldest.chunk, receipt.value);
      return;
    }
    await Promise.all(underWay.splice(0).map((sending) => sending.receipt));
    throw receipt.error;
  }

  try {
    for await (const chunk of readChunks(context)) {
      requireNotStopped(options.signal);
      underWay.push({ chunk, receipt: startSending(options, chunk) });
      if (underWay.length >= options.limits.inFlightMax) await commitOldest();
    }
  } finally {
    // When the reader failed or was stopped, what is on its way still counts.
    while (underWay.length > 0) await commitOldest();
  }
}

function requireNotStopped(signal: AbortSignal): void {
  if (!signal.aborted) return;
  const reason = 'The import was stopped. Run the same command again to go on where it was.';
  throw new AppError('import_interrupted', reason, { status: 503 });
}

async function startSending(options: ImportOptions, chunk: Chunk): ReturnType<() => Sending['receipt']> {
  if (chunk.candidates.length === 0) return { ok: true, value: { accepted: 0, duplicates: 0, rejected: [] } };
  const { sink, tenantId, retry } = options;
  try {
    return {
      ok: true,
      value: await sendWithRetries(() => sink.importEvents(tenantId, chunk.candidates), retry),
    };
  } catch (error) {
    return { ok: false, error };
  }
}

async function* readChunks(context: {
  readonly options: ImportOptions;
  readonly input: ImportInput;
  readonly parse: ParseLine;
  readonly ledger: Ledger;
}): AsyncGenerator<Chunk> {
  const { limits } = context.options;
  const { start } = context.ledger;
  const splitter = createLineSplitter({ lineBytesMax: limits.lineBytesMax, start });
  const cutter = createChunkCutter(context.parse, limits);
  try {
    for await (const block of context.input.read(start.offset)) yield* cutLines(cutter, splitter.push(block));
    yield* cutLines(cutter, splitter.end());
  } catch (error) {
    // A file that breaks off counts up to there.
    yield* cutter.end();
    throw error;
  }
  yield* cutter.end();
}

function* cutLines(cutter: ChunkCutter, lines: readonly Line[]): Generator<Chunk> {
  for (const line of lines) {
    const chunk = cutter.push(line);
    if (chunk !== undefined) yield chunk;
  }
}
