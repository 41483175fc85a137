import type { EventEnvelope } from '@coditect/contracts';
import fc from 'fast-check';
import { anEvent } from '../../src/testkit/an-event.js';

export const hour = 3_600_000;
export const day = 24 * hour;
// The clocks change on 8 March (New York), 29 March (London) and 5 April (Lord Howe, by half an hour).
export const firstMs = Date.UTC(2026, 2, 4);

export interface Change {
  readonly action: 'purchased' | 'assigned' | 'released';
  readonly seat: string;
  readonly user: string;
  readonly team: string;
  readonly atMs: number;
}
export interface Sign {
  readonly user: string;
  readonly team: string;
  readonly atMs: number;
}

export const times = fc
  .tuple(
    fc.integer({ min: 0, max: 38 }),
    fc.constantFrom(0, 1, 23.5 * hour, 23 * hour, 4.25 * hour, 13.5 * hour),
  )
  .map(([days, offset]) => firstMs + days * day + offset);
const users = fc.constantFrom('ada', 'bob', 'cy');
const teams = fc.constantFrom('red', 'blue', '');
export const anyChanges = fc
  .array(
    fc.record({
      action: fc.constantFrom<Change['action']>('purchased', 'assigned', 'assigned', 'released'),
      seat: fc.constantFrom('s1', 's2', 's3'),
      user: users,
      team: teams,
      atMs: times,
    }),
    { maxLength: 25, size: 'max' },
  )
  // Who gets a seat at one and the same instant twice is anybody's guess.
  .map((changes) => [
    ...new Map(changes.map((change) => [`${change.seat}/${change.action}/${change.atMs}`, change])).values(),
  ]);
export const anySigns = fc.array(fc.record({ user: users, team: teams, atMs: times }), {
  maxLength: 30,
  size: 'max',
});

export function toEvents(
  tenantId: string,
  changes: readonly Change[],
  signs: readonly Sign[],
): EventEnvelope[] {
  return [
    ...changes.map(({ action, seat, user, team, atMs }) =>
      anEvent({
        tenantId,
        type: `ai.coditect.licence.seat.${action}.v1`,
        subject: seat,
        occurredAt: atMs,
        ...(action === 'purchased'
          ? { attributes: { quantity: '2' } }
          : { team, attributes: { 'assignee.userId': user } }),
      }),
    ),
    ...signs.map(({ user, team, atMs }) => anEvent({ tenantId, userId: user, team, occurredAt: atMs })),
  ];
}
