import type { SqlExecutor } from '../../postgres/sql-executor.js';
import { seatChangesOf, seatsInsertSql, type SeatEventFields } from '../seat-changes.js';
import { toInstant } from './spans.js';

/** Is there a time of which nothing is known about seats, and that was not taken from the stream's store yet? */
export async function lacksSeatHistory(executor: SqlExecutor): Promise<boolean> {
  const rows = await executor.query('SELECT 1 FROM analytics.seat_history_v1 WHERE taken_at IS NULL');
  return rows.length > 0;
}

/** Adds what is not there yet. Safe to repeat. */
export async function addSeatChanges(
  executor: SqlExecutor,
  events: readonly SeatEventFields[],
): Promise<void> {
  await executor.query(seatsInsertSql('$1'), [JSON.stringify(seatChangesOf(events))]);
}

export async function markSeatHistoryTaken(executor: SqlExecutor, takenAtMs: number): Promise<void> {
  await executor.query(
    'UPDATE analytics.seat_history_v1 SET taken_at = $1::timestamptz WHERE taken_at IS NULL',
    [toInstant(takenAtMs)],
  );
}
