import { z } from 'zod';
import type { ClickHouse } from '../client.js';

const seatEventRow = z.object({
  eventId: z.string(),
  type: z.string(),
  subject: z.string(),
  userId: z.string(),
  assignee: z.string(),
  quantity: z.string(),
  team: z.string(),
  project: z.string(),
  occurredAt: z.number(),
  receivedAt: z.number(),
});
export type SeatEvent = z.infer<typeof seatEventRow>;

/** Single events of seats in the order of their ids, from the one after `afterId` on. Times are epoch milliseconds. */
export async function querySeatEvents(
  clickHouse: ClickHouse,
  tenantId: string,
  page: { readonly afterId: string; readonly rowsMax: number },
): Promise<readonly SeatEvent[]> {
  return clickHouse.query({
    name: 'seat-events',
    tenantId,
    sql: `SELECT toString(event_id) AS eventId, type, subject, user_id AS userId, attributes['assignee.userId'] AS assignee,
  attributes['quantity'] AS quantity, team, project, toUnixTimestamp64Milli(occurred_at) AS occurredAt,
  toUnixTimestamp64Milli(received_at) AS receivedAt
FROM events_raw_v1
WHERE tenant_id = {tenantId:String} AND event_id > {afterId:UUID}
  AND type IN ('ai.coditect.licence.seat.purchased.v1', 'ai.coditect.licence.seat.assigned.v1', 'ai.coditect.licence.seat.released.v1')
ORDER BY event_id LIMIT 1 BY event_id LIMIT {rowsMax:UInt32}`,
    params: { tenantId, ...page },
    row: seatEventRow,
  });
}
