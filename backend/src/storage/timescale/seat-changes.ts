import type { EventEnvelope } from '@coditect/contracts';

/** A row of seat_changes_v1. Times are ISO 8601. */
interface SeatChange {
  readonly tenant_id: string;
  readonly event_id: string;
  readonly action: string;
  readonly seat: string;
  readonly user_id: string;
  readonly team: string;
  readonly project: string;
  readonly seats: number;
  readonly occurred_at: string;
  readonly received_at: string;
}

/** What is looked at of an event. */
export type SeatEventFields = Pick<
  EventEnvelope,
  | 'tenantId'
  | 'eventId'
  | 'type'
  | 'subject'
  | 'userId'
  | 'team'
  | 'project'
  | 'occurredAt'
  | 'receivedAt'
  | 'attributes'
>;

const actions: ReadonlyMap<string, string> = new Map([
  ['ai.coditect.licence.seat.purchased.v1', 'purchased'],
  ['ai.coditect.licence.seat.assigned.v1', 'assigned'],
  ['ai.coditect.licence.seat.released.v1', 'released'],
]);

const seatsMax = 4_294_967_295;

/** What events say about seats, in the same words as ClickHouse's view has it. */
export function seatChangesOf(events: readonly SeatEventFields[]): readonly SeatChange[] {
  return events.flatMap((event) => {
    const action = actions.get(event.type);
    return action === undefined ? [] : [changeOf(event, action)];
  });
}

function changeOf(event: SeatEventFields, action: string): SeatChange {
  const user = firstOf(event.attributes['assignee.userId'], event.userId);
  return {
    tenant_id: event.tenantId,
    event_id: event.eventId,
    action,
    seat: firstOf(event.subject, user, event.eventId),
    user_id: user,
    team: event.team ?? '',
    project: event.project ?? '',
    seats: seatsIn(event.attributes.quantity),
    occurred_at: new Date(event.occurredAt).toISOString(),
    received_at: new Date(event.receivedAt).toISOString(),
  };
}

function firstOf(...texts: readonly (string | undefined)[]): string {
  return texts.find((text) => text !== undefined && text !== '') ?? '';
}

/** Whole numbers as `toUInt32OrZero` reads them; whatever is none is one seat. */
function seatsIn(quantity = ''): number {
  const seats = /^\+?\d+$/.test(quantity) ? Number(quantity) : 0;
  return seats > seatsMax ? 1 : Math.max(1, seats);
}

const columns = `tenant_id, event_id, action, seat, user_id, team, project, seats, occurred_at, received_at`;

/** Adds those that are not there yet. `json` is the placeholder of `seatChangesOf` as JSON. */
export function seatsInsertSql(json: string, where = ''): string {
  return `INSERT INTO analytics.seat_changes_v1 (${columns})
  SELECT ${columns} FROM jsonb_to_recordset(${json}::jsonb) AS change (
    tenant_id text, event_id uuid, action text, seat text, user_id text, team text, project text, seats bigint,
    occurred_at timestamptz, received_at timestamptz)${where}
  ON CONFLICT DO NOTHING`;
}

/** One more part of the statement that lands: those of `fresh`. */
export function seatsLandedSql(json: string): string {
  return `,
seated AS (
  ${seatsInsertSql(json, ' WHERE event_id IN (SELECT event_id FROM fresh)')}
)`;
}
