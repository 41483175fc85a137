import type { Logger } from '../../platform/logger.js';
import type { Tenant } from '../../platform/tenancy.js';
import type { SqlDatabase } from '../../storage/postgres/sql-executor.js';
import {
  addSeatChanges,
  lacksSeatHistory,
  markSeatHistoryTaken,
} from '../../storage/timescale/rollup/seat-history.js';
import type { StreamCounts, StreamedSeatEvent } from './stream-counts.js';

export interface SeatHistoryOptions {
  readonly database: SqlDatabase;
  readonly stream: Pick<StreamCounts, 'listSeatEvents'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly logger: Logger;
  readonly pageRowsMax?: number;
}

const firstId = '00000000-0000-0000-0000-000000000000';

/**
 * Takes what happened to seats before their changes were landed from the stream's store, as far as single events are
 * kept there; once in the life of the store. Who stops in the middle begins again: what is there stays as it is.
 */
export async function takeSeatHistory(
  { database, stream, now, logger, pageRowsMax: rowsMax = 5_000 }: SeatHistoryOptions,
  tenants: readonly Tenant[],
  signal?: AbortSignal,
): Promise<void> {
  if (!(await lacksSeatHistory(database))) return;
  let found = 0;
  for (const { id } of tenants) {
    let afterId = firstId;
    for (;;) {
      if (signal?.aborted === true) return;
      const events = await stream.listSeatEvents(id, { afterId, rowsMax });
      await addSeatChanges(
        database,
        events.map((event) => toFields(id, event)),
      );
      found += events.length;
      afterId = events.at(-1)?.eventId ?? afterId;
      if (events.length < rowsMax) break;
    }
  }
  await markSeatHistoryTaken(database, now());
  logger.info({ events: found }, 'what happened to seats before was taken from the store of the stream');
}

function toFields(
  tenantId: string,
  { assignee, quantity, ...event }: StreamedSeatEvent,
): Parameters<typeof addSeatChanges>[1][number] {
  return { ...event, tenantId, attributes: { 'assignee.userId': assignee, quantity } };
}
