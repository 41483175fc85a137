import { AppError } from '../platform/errors.js';
import type { Logger } from '../platform/logger.js';
import type { Telemetry } from '../platform/telemetry.js';
import type { EventBlock, EventStore } from './event-store.js';
import type { InsertJournal } from './insert-journal.js';

export interface InsertBlockOptions {
  readonly store: Pick<EventStore, 'insert'>;
  readonly journal: Pick<InsertJournal, 'setAside'>;
  readonly insertAttemptsMax: number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/**
 * Inserts a block, with retries while the store can't. A block whose rows the store refuses is cut in halves until the
 * rows at fault stand alone; those are set aside, the others stored. The halves have tokens made of the block's own, so
 * the whole may be repeated. Resolves with the number of rows set aside; rejects when the store stays away.
 */
export async function insertBlock(options: InsertBlockOptions, block: EventBlock): Promise<number> {
  try {
    await insertWithRetries(options, block);
    return 0;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const halves = cutInHalves(block);
    if (halves === undefined) return setAside(options, block, error);
    return (await insertBlock(options, halves[0])) + (await insertBlock(options, halves[1]));
  }
}

async function insertWithRetries(options: InsertBlockOptions, block: EventBlock): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await options.store.insert(block);
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

async function setAside(options: InsertBlockOptions, block: EventBlock, error: unknown): Promise<number> {
  await options.journal.setAside(block);
  options.telemetry.dropped.inc({ component: 'stream-processor', reason: 'row_refused' });
  options.logger.error({ err: error, token: block.token }, 'event set aside, the store refuses its row');
  return 1;
}
