import { anEvent } from '../../testkit/an-event.js';
import { seatChangesOf } from './seat-changes.js';

const purchased = 'ai.coditect.licence.seat.purchased.v1';
const assigned = 'ai.coditect.licence.seat.assigned.v1';

describe('the changes of seats in a batch', () => {
  it('are of the events of seats only', () => {
    const events = [
      anEvent({}),
      anEvent({ type: assigned, subject: 's1' }),
      anEvent({ type: `${assigned}x` }),
    ];
    expect(seatChangesOf(events).map(({ action, seat }) => [action, seat])).toEqual([['assigned', 's1']]);
  });

  it('name the seat by its subject, else by the person, else by the event', () => {
    const event = anEvent({ type: assigned, subject: '', userId: 'ada' });
    const given = { ...event, attributes: { 'assignee.userId': 'bob' } };
    const nameless = anEvent({ type: assigned, userId: '' });
    const named = seatChangesOf([event, given, { ...given, subject: 's1' }, nameless]);
    expect(named.map(({ seat, user_id }) => [seat, user_id])).toEqual([
      ['ada', 'ada'],
      ['bob', 'bob'],
      ['s1', 'bob'],
      [nameless.eventId, ''],
    ]);
  });

  it.each([
    ['12', 12],
    ['+5', 5],
    ['007', 7],
    ['0', 1],
    ['-3', 1],
    ['2.5', 1],
    ['1e3', 1],
    [' 5', 1],
    ['many', 1],
    ['', 1],
    ['4294967295', 4_294_967_295],
    ['4294967296', 1],
  ])('read a quantity of %j as %d seats, as the other store does', (quantity, seats) => {
    const [change] = seatChangesOf([anEvent({ type: purchased, attributes: { quantity } })]);
    expect(change?.seats).toBe(seats);
  });
});
