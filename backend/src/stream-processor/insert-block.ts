import type { DeadLetterSink } from '../platform/dead-letters.js';
import { AppError } from '../platform/errors.js';
import type { Logger } from '../platform/logger.js';
import type { Telemetry } from '../platform/telemetry.js';
import type { EventBlock, EventStore } from './event-store.js';

export interface InsertBlockOptions {
  readonly store: Pick<EventStore, 'insert' | 'parseRow'>;
  readonly deadLetters: DeadLetterSink;
  readonly insertAttemptsMax: number;
  /** Called right before each insert. Throws when nothing may be inserted now; that is not tried again here. */
  readonly requireMayInsert?: () => void;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/**
 * Inserts a block, with retries while the store can't. A block whose rows the store refuses is cut in halves until the
 * rows at fault stand alone; those become dead letters, the others are stored. The halves have tokens made of the block's own, so
 * the whole may be repeated. Resolves with the number of rows given up; rejects when the store stays away.
 */
export async function insertBlock(options: InsertBlockOptions, block: EventBlock): Promise<number> {
  try {
    await insertWithRetries(options, block);
    return 0;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const halves = cutInHalves(block);
    if (halves === undefined) return giveUp(options, block, error);
    return (await insertBlock(options, halves[0])) + (await insertBlock(options, halves[1]));
  }
}

async function insertWithRetries(options: InsertBlockOptions, block: EventBlock): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    options.requireMayInsert?.();
    try {
      const stop = options.telemetry.insertDuration.startTimer();
      await options.store.insert(block);
      stop();
      options.telemetry.insertBytes.observe(block.ndjson.length);
      return;
    } catch (error) {
      if (isRefusal(error)) throw error;
      options.telemetry.errors.inc({ component: 'stream-processor', code: 'insert_failed' });
      options.logger.warn({ err: error, token: block.token, attempt }, 'insert failed');
      if (attempt >= options.insertAttemptsMax) throw error;
      await options.sleep(100 * 2 ** attempt);
    }
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof AppError && error.code === 'rows_refused';
}

/** `undefined` for a single row. A row has no line break within. */
function cutInHalves({ token, ndjson }: EventBlock): readonly [EventBlock, EventBlock] | undefined {
  const rows = ndjson.toString('utf8').split('\n');
  if (rows.length < 2) return undefined;
  const middle = Math.ceil(rows.length / 2);
  return [
    { token: `${token}-1`, ndjson: Buffer.from(rows.slice(0, middle).join('\n')) },
    { token: `${token}-2`, ndjson: Buffer.from(rows.slice(middle).join('\n')) },
  ];
}

async function giveUp(options: InsertBlockOptions, block: EventBlock, error: unknown): Promise<number> {
  const event = options.store.parseRow(block.ndjson.toString('utf8'));
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
  options.logger.error({ err: error, token: block.token }, 'event set aside, the store refuses its row');
  return 1;
}

/** What the engine says of the row, without the row. */
function messageOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.split('\n', 1)[0]?.slice(0, 300) ?? '';
}
