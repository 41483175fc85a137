import { z } from 'zod';
import { createLogger } from '../../platform/logger.js';
import { openTimescaleAt, type Timescale } from '../../storage/timescale/open-timescale.js';
import { eventually } from './eventually.js';
import type { Ledger } from './fleet.js';
import { databaseUrl, type StoresAddress } from './wiring.js';

/** What is in the store of reports, over all tenants or for one. */
export interface ReportCounts {
  readonly landed: number;
  readonly rolledUp: number;
}

const countsRow = z.object({
  landed: z.coerce.number(),
  distinct: z.coerce.number(),
  ids: z.coerce.number(),
  hours: z.coerce.number(),
  days: z.coerce.number(),
});

async function readCounts(timescale: Timescale, tenantId: string): Promise<z.infer<typeof countsRow>> {
  const [row] = await timescale.database.query(
    `SELECT count(*)::text AS landed, count(DISTINCT event_id)::text AS distinct,
       (SELECT count(*)::text FROM analytics.event_ids_v1 WHERE tenant_id = $1) AS ids,
       (SELECT coalesce(sum(events), 0)::text FROM analytics.rollups_v1 WHERE tenant_id = $1 AND grain = 'hour') AS hours,
       (SELECT coalesce(sum(events), 0)::text FROM analytics.rollups_v1 WHERE tenant_id = $1 AND grain = 'day') AS days
     FROM analytics.events_landing_v1 WHERE tenant_id = $1`,
    [tenantId],
  );
  return countsRow.parse(row);
}

const marksRow = z.object({ marks: z.coerce.number() });

async function countMarks({ database }: Timescale): Promise<number> {
  const [row] = await database.query('SELECT count(*)::text AS marks FROM analytics.rollup_marks_v1');
  return marksRow.parse(row).marks;
}

const rolledUpWithinMs = 120_000;

type ReportCheck = ReportCounts & { readonly problems: readonly string[] };

async function compare(timescale: Timescale, ledgers: readonly Ledger[]): Promise<ReportCheck> {
  const problems: string[] = [];
  const marks = await countMarks(timescale);
  if (marks > 0) problems.push(`${marks} marks wait to be rolled up`);
  let landed = 0;
  let rolledUp = 0;
  for (const { acknowledged, tenantId } of ledgers) {
    const counts = await readCounts(timescale, tenantId);
    landed += counts.landed;
    rolledUp += counts.hours;
    for (const [name, value] of Object.entries(counts))
      if (value !== acknowledged.size)
        problems.push(`${tenantId}: ${name} of reports ${value} != acknowledged ${acknowledged.size}`);
  }
  return { landed, rolledUp, problems };
}

/**
 * Compares landing and rollups with what was acknowledged, to the last event, and waits for ticks while they differ. All
 * days of the load are over. Nothing may be sent meanwhile.
 */
export async function checkReports(
  address: StoresAddress,
  ledgers: readonly Ledger[],
  signal: AbortSignal,
): Promise<ReportCheck> {
  const logger = createLogger({ level: 'silent', pretty: false, service: 'faults' });
  // Opened for one use: before and after it the stores may be killed.
  const options = { connections: 1, queryTimeoutMs: 60_000 };
  const timescale = await openTimescaleAt(databaseUrl(address.postgresPort), options, logger);
  let check: ReportCheck | undefined;
  const agree = async (): Promise<true | undefined> => {
    check = await compare(timescale, ledgers);
    return check.problems.length === 0 ? true : undefined;
  };
  try {
    await eventually('all is landed and rolled up', agree, {
      withinMs: rolledUpWithinMs,
      everyMs: 200,
      signal,
    });
  } catch (error) {
    // What differs is told with everything else that does.
    if (check === undefined || signal.aborted) throw error;
  } finally {
    await timescale.close();
  }
  return check ?? compare(timescale, ledgers);
}
