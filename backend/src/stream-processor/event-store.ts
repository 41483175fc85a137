import type { EventEnvelope } from '@coditect/contracts';

/** One insert into the raw table: rows of one table partition under one deduplication token. */
export interface EventBlock {
  readonly token: string;
  /** Rows as the store reads them, one a line. */
  readonly ndjson: Buffer;
}

/** The first 32 bits of an identity, modulo `count`, are its partition. */
export interface PartitionOfIds {
  readonly index: number;
  readonly count: number;
}

export type TenantEventId = Pick<EventEnvelope, 'tenantId' | 'eventId'>;

/**
 * Where events go. `insert` may be repeated with the same block any number of times, before or after a crash: rows and
 * every aggregate behind them count it once. It rejects with `AppError` `rows_refused`, not retryable, when the store has
 * read the rows and will never take them as they are; nothing of the block is stored then.
 */
export interface EventStore {
  insert(block: EventBlock): Promise<void>;
  /** Rejects as `insert` would because of these rows. Stores nothing. */
  check(ndjson: Buffer): Promise<void>;
  /** A row with every column, of values that any store of ours takes. Never stored. */
  readonly soundRow: string;
  /**
   * Keeps that events were taken in again. A row that is kept already, of the same event and acceptance, changes nothing,
   * whatever it comes with.
   */
  insertDuplicates(ndjson: Buffer): Promise<void>;
  /** Makes a row for `insertDuplicates`, without a line break. */
  formatDuplicate(event: EventEnvelope): string;
  /**
   * Which of these are stored already, of any tenants (an identity is that of one tenant's event), and of which acceptance
   * they are: 0 where that is not known. Leaves out those that the named message brought.
   */
  findStoredIds(
    events: readonly TenantEventId[],
    options?: { readonly exceptOfMessage?: string },
  ): Promise<ReadonlyMap<string, number>>;
  /** About how many ids are stored, of all partitions. */
  countIds(options?: { readonly signal?: AbortSignal }): Promise<number>;
  /**
   * One of `count` parts, about equally large, of the ids of a partition (of all, when left out): 16 bytes each, as they
   * stand in the text, in any order. Over all parts, every id that was stored before the first was asked for.
   */
  loadIds(
    slice: { readonly index: number; readonly count: number },
    options?: { readonly partition?: PartitionOfIds; readonly signal?: AbortSignal },
  ): Promise<Buffer>;
  /** Makes rows, without a line break, that say which message brought the event. */
  createRowFormat(messageId: string): (event: EventEnvelope) => string;
  /** The event of a row that was made here. */
  parseRow(row: string): EventEnvelope;
  /** Names the table partition an event belongs to. */
  partitionOf(event: EventEnvelope): string;
}
