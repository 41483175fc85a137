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

/** What is kept beside landing, and how much of it there must be by what landed. */
const besideRow = z.object({
  seatEvents: z.coerce.number(),
  seatChanges: z.coerce.number(),
  users: z.coerce.number(),
  firsts: z.coerce.number(),
});

async function findLacks({ database }: Timescale, tenantId: string): Promise<readonly string[]> {
  const [row] = await database.query(
    `SELECT count(*) FILTER (WHERE type LIKE 'ai.coditect.licence.seat.%')::text AS "seatEvents",
       (SELECT count(*)::text FROM analytics.seat_changes_v1 WHERE tenant_id = $1) AS "seatChanges",
       count(DISTINCT user_id) FILTER (WHERE user_id <> '')::text AS users,
       (SELECT count(DISTINCT user_id)::text FROM analytics.user_firsts_v1 WHERE tenant_id = $1 AND milestone = 'seen') AS firsts
     FROM analytics.events_landing_v1 WHERE tenant_id = $1`,
    [tenantId],
  );
  const { firsts, seatChanges, seatEvents, users } = besideRow.parse(row);
  const lacks: string[] = [];
  if (seatChanges !== seatEvents)
    lacks.push(`${tenantId}: ${seatChanges} changes of seats != landed ${seatEvents}`);
  if (firsts !== users) lacks.push(`${tenantId}: ${firsts} first uses != ${users} users that landed`);
  return lacks;
}

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

interface ReportCheckOptions {
  /** Also what is kept beside landing, which an older version may not know. */
  readonly besides?: boolean;
  readonly withinMs?: number;
}

async function compare(
  timescale: Timescale,
  ledgers: readonly Ledger[],
  besides: boolean,
): Promise<ReportCheck> {
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
    if (besides) problems.push(...(await findLacks(timescale, tenantId)));
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
  { besides = true, withinMs = rolledUpWithinMs }: ReportCheckOptions = {},
): Promise<ReportCheck> {
  const logger = createLogger({ level: 'silent', pretty: false, service: 'faults' });
  // Opened for one use: before and after it the stores may be killed.
  const options = { connections: 1, queryTimeoutMs: 60_000 };
  const timescale = await openTimescaleAt(databaseUrl(address.postgresPort), options, logger);
  let check: ReportCheck | undefined;
  const agree = async (): Promise<true | undefined> => {
    check = await compare(timescale, ledgers, besides);
    return check.problems.length === 0 ? true : undefined;
  };
  try {
    await eventually('all is landed and rolled up', agree, {
      withinMs,
      everyMs: 200,
      signal,
    });
  } catch (error) {
    // What differs is told with everything else that does.
    if (check === undefined || signal.aborted) throw error;
  } finally {
    await timescale.close();
  }
  return check ?? compare(timescale, ledgers, besides);
}
