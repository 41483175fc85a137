import { z } from 'zod';
import type { ClickHouse } from '../client.js';

const countsRow = z.object({
  raw: z.number(),
  distinctIds: z.number(),
  ids: z.number(),
  perMinute: z.number(),
  activity: z.number(),
  apiRaw: z.number(),
  apiPerMinute: z.number(),
  apiPerQuarter: z.number(),
  agentRaw: z.number(),
  agentDurations: z.number(),
  seatRaw: z.number(),
  seatChanges: z.number(),
  userQuartersRaw: z.number(),
  userQuarters: z.number(),
  presenceRaw: z.number(),
  presence: z.number(),
  userFirstsRaw: z.string(),
  userFirsts: z.string(),
  costRaw: z.string(),
  cost: z.string(),
});
export type EventCounts = z.infer<typeof countsRow>;

/**
 * How often one tenant's events are counted, in the raw table and in every aggregate. Each pair has to agree to the
 * last event while raw events are kept. Reads all raw rows of the tenant: for checks, not for panels.
 */
export async function countEverywhere(clickHouse: ClickHouse, tenantId: string): Promise<EventCounts> {
  const [counts] = await clickHouse.query({
    name: 'count-everywhere',
    tenantId,
    sql: `WITH raw AS (
        SELECT count() AS raw, uniqExact(event_id) AS distinctIds,
          countIf(type = 'ai.coditect.api.request.completed.v1') AS apiRaw,
          countIf(domain = 'agent') AS agentRaw,
          countIf(type IN ('ai.coditect.licence.seat.purchased.v1', 'ai.coditect.licence.seat.assigned.v1', 'ai.coditect.licence.seat.released.v1')) AS seatRaw,
          uniqExactIf((user_id, intDiv(toUnixTimestamp(occurred_at), 900)), user_id != '') AS presenceRaw,
          uniqExactIf((user_id, domain, team, project, intDiv(toUnixTimestamp(occurred_at), 900)), user_id != '') AS userQuartersRaw,
          toString(sum(cost_usd)) AS costRaw
        FROM events_raw_v1 WHERE tenant_id = {tenantId:String}),
      activity AS (SELECT sum(events) AS activity, toString(sum(cost_usd)) AS cost
        FROM activity_per_quarter_v1 WHERE tenant_id = {tenantId:String})
      SELECT raw.*, activity.*,
        (SELECT count() FROM event_ids_v1 WHERE tenant_id = {tenantId:String}) AS ids,
        (SELECT sum(events) FROM events_per_minute_v1 WHERE tenant_id = {tenantId:String}) AS perMinute,
        (SELECT sum(events) FROM api_requests_per_minute_v1 WHERE tenant_id = {tenantId:String}) AS apiPerMinute,
        (SELECT sum(events) FROM api_requests_per_quarter_v1 WHERE tenant_id = {tenantId:String}) AS apiPerQuarter,
        (SELECT sum(events) FROM agent_durations_per_quarter_v1 WHERE tenant_id = {tenantId:String}) AS agentDurations,
        (SELECT count() FROM seat_changes_v1 FINAL WHERE tenant_id = {tenantId:String}) AS seatChanges,
        (SELECT sum(bitCount(mask)) FROM (SELECT groupBitOr(quarters) AS mask FROM user_days_v1
          WHERE tenant_id = {tenantId:String} GROUP BY utc_day, domain, team, project, user_key)) AS userQuarters,
        (SELECT sum(bitCount(mask)) FROM (SELECT groupBitOr(quarters) AS mask FROM user_presence_v1
          WHERE tenant_id = {tenantId:String} GROUP BY utc_day, user_key)) AS presence,
        ${firstsSql(`SELECT milestone, user_key, team, project, min(occurred_at) AS at FROM events_raw_v1
          ARRAY JOIN if(type = 'ai.coditect.agent.run.finished.v1' AND status = 'succeeded', ['seen', 'runSucceeded'], ['seen']) AS milestone
          WHERE tenant_id = {tenantId:String} AND user_id != '' GROUP BY milestone, sipHash64(user_id) AS user_key, team, project`)} AS userFirstsRaw,
        ${firstsSql(`SELECT milestone, user_key, team, project, min(first_at) AS at FROM user_firsts_v1
          WHERE tenant_id = {tenantId:String} GROUP BY milestone, user_key, team, project`)} AS userFirsts
      FROM raw CROSS JOIN activity`,
    params: { tenantId },
    row: countsRow,
    timeoutMs: 120_000,
  });
  if (counts === undefined) throw new Error('count-everywhere answers one row');
  return counts;
}

/** How many there are, and a sum that is another one as soon as one of them is. */
function firstsSql(rows: string): string {
  return `(SELECT concat(toString(count()), '/', toString(sum(sipHash64(milestone, user_key, team, project, at)))) FROM (${rows}))`;
}

/** The pairs that differ, as text; empty when raw events and every aggregate agree. */
export function findDifferences(counts: EventCounts): readonly string[] {
  const pairs: readonly (readonly [keyof EventCounts, keyof EventCounts])[] = [
    ['raw', 'distinctIds'],
    ['raw', 'ids'],
    ['raw', 'perMinute'],
    ['raw', 'activity'],
    ['apiRaw', 'apiPerMinute'],
    ['apiRaw', 'apiPerQuarter'],
    ['agentRaw', 'agentDurations'],
    ['seatRaw', 'seatChanges'],
    ['userQuartersRaw', 'userQuarters'],
    ['presenceRaw', 'presence'],
    ['userFirstsRaw', 'userFirsts'],
    ['costRaw', 'cost'],
  ];
  return pairs
    .filter(([one, other]) => counts[one] !== counts[other])
    .map(([one, other]) => `${one} ${counts[one]} != ${other} ${counts[other]}`);
}
