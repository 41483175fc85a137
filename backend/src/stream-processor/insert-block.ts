import type { DeadLetterSink } from '../platform/dead-letters.js';
import { AppError } from '../platform/errors.js';
import type { Logger } from '../platform/logger.js';
import type { Telemetry } from '../platform/telemetry.js';
import type { EventBlock, EventStore } from './event-store.js';
import { findRefusedRows } from './find-refused-rows.js';

export interface InsertBlockOptions {
  readonly store: Pick<EventStore, 'insert' | 'check' | 'soundRow' | 'parseRow'>;
  readonly deadLetters: DeadLetterSink;
  readonly insertAttemptsMax: number;
  /** Called right before each insert. Throws when nothing may be inserted now; that is not tried again here. */
  readonly requireMayInsert?: () => void;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/**
 * Inserts a block, with retries while the store can't. Rows that the store refuses become dead letters, and what remains
 * is inserted as one block under the same token: should the whole block come again once the store takes such rows, it is
 * skipped. Resolves with the number of rows given up; rejects when the store stays away or the fault is the store's own.
 */
export async function insertBlock(options: InsertBlockOptions, block: EventBlock): Promise<number> {
  try {
    await insertWithRetries(options, block);
    return 0;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return insertWithoutRefused(options, block, error);
  }
}

async function insertWithRetries(options: InsertBlockOptions, block: EventBlock): Promise<void> {
  await tryAgain(options, block, async () => {
    const stop = options.telemetry.insertDuration.startTimer();
    await options.store.insert(block);
    stop();
    options.telemetry.insertBytes.observe(block.ndjson.length);
  });
}

type RetryOptions = Omit<InsertBlockOptions, 'store'>;

async function tryAgain(
  options: RetryOptions,
  { token }: Pick<EventBlock, 'token'>,
  insert: () => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    options.requireMayInsert?.();
    try {
      await insert();
      return;
    } catch (error) {
      if (isRefusal(error)) throw error;
      options.telemetry.errors.inc({ component: 'stream-processor', code: 'insert_failed' });
      options.logger.warn({ err: error, token, attempt }, 'insert failed');
      if (attempt >= options.insertAttemptsMax) throw error;
      await options.sleep(100 * 2 ** attempt);
    }
  }
}

/** Keeps that events of a request were taken in again, with retries while the store can't. */
export function insertDuplicates(
  options: RetryOptions & { readonly store: Pick<EventStore, 'insertDuplicates'> },
  requestId: string,
  ndjson: Buffer,
): Promise<void> {
  return tryAgain(options, { token: `${requestId}-duplicates` }, () =>
    options.store.insertDuplicates(ndjson),
  );
}

function isRefusal(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'rows_refused';
}

async function insertWithoutRefused(
  options: InsertBlockOptions,
  block: EventBlock,
  refusal: AppError,
): Promise<number> {
  // A row has no line break within.
  const rows = block.ndjson.toString('utf8').split('\n');
  const judgement = await findRefusedRows(rows, options.store.soundRow, (some) =>
    findRefusal(options, { token: block.token, ndjson: Buffer.from(some.join('\n')) }),
  );
  if (judgement.fault === 'store') {
    const { error = refusal } = judgement;
    options.logger.error({ err: error, token: block.token, rows: rows.length }, 'store refuses sound rows');
    throw judgement.error === undefined ? refusal : createStoreRefuses(error);
  }
  // Before the others are stored: the token then stands for the block without these.
  for (const { index, error } of judgement.refused)
    await setAside(options, { token: block.token, row: rows[index] ?? '', error });
  const atFault = new Set(judgement.refused.map(({ index }) => index));
  const others = rows.filter((_, index) => !atFault.has(index));
  if (others.length > 0)
    await insertWithRetries(options, { token: block.token, ndjson: Buffer.from(others.join('\n')) });
  return atFault.size;
}

async function findRefusal(options: InsertBlockOptions, block: EventBlock): Promise<Error | undefined> {
  try {
    await tryAgain(options, block, () => options.store.check(block.ndjson));
    return undefined;
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
}

/** Passes when someone repairs the store; until then nothing is given up. */
function createStoreRefuses(cause: Error): AppError {
  return new AppError('store_refuses_rows', 'The store refuses rows that are not at fault.', {
    status: 503,
    retryable: true,
    cause,
  });
}

async function setAside(
  options: InsertBlockOptions,
  { token, row, error }: { token: string; row: string; error: Error },
): Promise<void> {
  const event = options.store.parseRow(row);
  // A letter of its own, whatever it was stored with: replayed, it is an insert of its own.
  await options.deadLetters.add({
    messageId: event.eventId,
    origin: 'stream',
    code: 'row_refused',
    reason: `The store refuses the row of this event: ${messageOf(error)}`,
    attempts: 1,
    events: [event],
  });
  options.telemetry.dropped.inc({ component: 'stream-processor', reason: 'row_refused' });
  options.logger.error({ err: error, token }, 'event set aside, the store refuses its row');
}

/** What the engine says of the row, without the row. */
function messageOf(error: Error): string {
  const { message } = error.cause instanceof Error ? error.cause : error;
  return message.split('\n', 1)[0]?.slice(0, 300) ?? '';
}
