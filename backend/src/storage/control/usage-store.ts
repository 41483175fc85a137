import { z } from 'zod';
import type { DayUsage, StoredEvents, UsageStore } from '../../platform/usage.js';
import type { SqlDatabase } from '../postgres/sql-executor.js';

const usageRow = z.object({
  day: z.string(),
  tenant_id: z.string(),
  events: z.coerce.number(),
  rows_read: z.coerce.number(),
  report_ms: z.coerce.number(),
});
const storedRow = z.object({
  tenant_id: z.string(),
  stored_events: z.coerce.number(),
  counted_at: z.date(),
});

const sums = `sum(events)::text AS events, sum(rows_read)::text AS rows_read, sum(report_ms)::text AS report_ms`;
const storedColumns = 'tenant_id, stored_events::text AS stored_events, counted_at';

/** Usage in PostgreSQL. What is told of a tenant that is none is left out. */
export function createUsageStore(options: {
  readonly database: SqlDatabase;
  readonly now: () => Date;
}): UsageStore {
  const { database, now } = options;
  return {
    async write(runId, totals) {
      await database.query(
        `INSERT INTO control.tenant_usage AS usage (tenant_id, day, run_id, events, rows_read, report_ms)
         SELECT tenant_id, day::date, $1, events, rows_read, report_ms
         FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])
           AS told (tenant_id, day, events, rows_read, report_ms)
         JOIN control.tenants USING (tenant_id)
         ON CONFLICT (day, tenant_id, run_id) DO UPDATE SET
           events = greatest(usage.events, excluded.events),
           rows_read = greatest(usage.rows_read, excluded.rows_read),
           report_ms = greatest(usage.report_ms, excluded.report_ms)`,
        [
          runId,
          totals.map(({ tenantId }) => tenantId),
          totals.map(({ day }) => day),
          totals.map(({ events }) => Math.round(events)),
          totals.map(({ rowsRead }) => Math.round(rowsRead)),
          totals.map(({ reportMs }) => Math.round(reportMs)),
        ],
      );
    },
    async readDay(day, exceptRunId) {
      const rows = await database.query(
        `SELECT day::text AS day, tenant_id, ${sums} FROM control.tenant_usage
         WHERE day = $1::date AND run_id <> $2 GROUP BY day, tenant_id`,
        [day, exceptRunId],
      );
      return new Map(rows.map((row) => [usageRow.parse(row).tenant_id, toUsage(row)]));
    },
    async readTenant(tenantId, days) {
      const rows = await database.query(
        `SELECT day::text AS day, tenant_id, ${sums} FROM control.tenant_usage
         WHERE tenant_id = $1 AND day > ($2::timestamptz AT TIME ZONE 'UTC')::date - $3::integer
         GROUP BY day, tenant_id ORDER BY day DESC`,
        [tenantId, now(), days],
      );
      return rows.map((row) => ({ day: usageRow.parse(row).day, ...toUsage(row) }));
    },
    async putStoredEvents(counts) {
      await database.transaction(async (executor) => {
        await executor.query('DELETE FROM control.tenant_storage');
        await executor.query(
          `INSERT INTO control.tenant_storage (tenant_id, stored_events, counted_at)
           SELECT tenant_id, stored_events, $3 FROM unnest($1::text[], $2::bigint[]) AS told (tenant_id, stored_events)
           JOIN control.tenants USING (tenant_id)
           ON CONFLICT (tenant_id) DO UPDATE SET stored_events = excluded.stored_events, counted_at = excluded.counted_at`,
          [[...counts.keys()], [...counts.values()], now()],
        );
      });
    },
    async readStoredEvents() {
      const rows = await database.query(`SELECT ${storedColumns} FROM control.tenant_storage`);
      return new Map(rows.map((row) => [storedRow.parse(row).tenant_id, toStored(row)]));
    },
    async findStoredEvents(tenantId) {
      const [row] = await database.query(
        `SELECT ${storedColumns} FROM control.tenant_storage WHERE tenant_id = $1`,
        [tenantId],
      );
      return row === undefined ? undefined : toStored(row);
    },
    async forget(before) {
      await database.query('DELETE FROM control.tenant_usage WHERE day < $1::date', [before]);
    },
  };
}

function toUsage(row: unknown): DayUsage {
  const { events, report_ms: reportMs, rows_read: rowsRead } = usageRow.parse(row);
  return { events, rowsRead, reportMs };
}

function toStored(row: unknown): StoredEvents {
  const { counted_at: countedAt, stored_events: events } = storedRow.parse(row);
  return { events, countedAt };
}
