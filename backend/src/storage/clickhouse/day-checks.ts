import type { ClickHouse } from './client.js';

/** What both stores have of one type on one local day. */
export interface DayCheck {
  readonly type: string;
  readonly streamEvents: number;
  readonly batchEvents: number;
  readonly lateEvents: number;
}

export interface CheckedDay {
  /** When the local day begins. Epoch milliseconds. */
  readonly fromMs: number;
  readonly checkedAtMs: number;
  readonly checks: readonly DayCheck[];
}

/** Writes down a comparison of a day, in place of the one before. */
export async function writeDayChecks(
  clickHouse: ClickHouse,
  tenantId: string,
  { checkedAtMs, checks, fromMs }: CheckedDay,
): Promise<void> {
  if (checks.length === 0) return;
  const rows = checks.map((check) =>
    JSON.stringify({
      tenant_id: tenantId,
      day: Math.floor(fromMs / 1_000),
      type: check.type,
      stream_events: check.streamEvents,
      batch_events: check.batchEvents,
      late_events: check.lateEvents,
      checked_at: checkedAtMs,
    }),
  );
  const token = `day-checks-${tenantId}-${fromMs}-${checkedAtMs}`;
  await clickHouse.insert({ table: 'day_checks_v1', token, ndjson: Buffer.from(rows.join('\n')) });
}
