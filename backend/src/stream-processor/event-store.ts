import type { EventEnvelope } from '@coditect/contracts';

/** One insert into the raw table: rows of one table partition under one deduplication token. */
export interface EventBlock {
  readonly token: string;
  /** Rows as the store reads them, one a line. */
  readonly ndjson: Buffer;
}

/**
 * Where events go. `insert` may be repeated with the same block any number of times, before or after a crash: rows and
 * every aggregate behind them count it once. It rejects with `AppError` `rows_refused`, not retryable, when the store has
 * read the rows and will never take them as they are; nothing of the block is stored then.
 */
export interface EventStore {
  insert(block: EventBlock): Promise<void>;
  /** Which of these ids are stored already, as the store's set of text ids; leaves out those that the named message brought. */
  findStoredIds(
    tenantId: string,
    eventIds: readonly string[],
    options?: { readonly exceptOfMessage?: string },
  ): Promise<ReadonlySet<string>>;
  /** Up to `limit` ids of a partition (of all, when left out), oldest receipt first, in chunks, and whether these are all there are. */
  loadRecentIds(
    limit: number,
    partition?: { readonly index: number; readonly count: number },
  ): Promise<{ readonly chunks: readonly (readonly string[])[]; readonly isWhole: boolean }>;
  /** Makes rows, without a line break, that say which message brought the event. */
  createRowFormat(messageId: string): (event: EventEnvelope) => string;
  /** The event of a row that was made here. */
  parseRow(row: string): EventEnvelope;
  /** Names the table partition an event belongs to. */
  partitionOf(event: EventEnvelope): string;
}
