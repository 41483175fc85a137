import { anEvent } from '../testkit/an-event.js';
import { cutLandings } from './cut-landings.js';

describe('cutLandings', () => {
  it('keeps every event, in order, with at most so many rows in a landing', () => {
    const events = Array.from({ length: 25 }, () => anEvent());
    const cuts = [...cutLandings(events, 10)];
    expect(cuts.map((cut) => cut.length)).toEqual([10, 10, 5]);
    expect(cuts.flat()).toEqual(events);
  });

  it('cuts before a landing is too long for one message of the store', () => {
    const long = (): ReturnType<typeof anEvent> => anEvent({ team: 'x'.repeat(2_000_000) });
    const events = [long(), long(), anEvent(), anEvent({ team: 'x'.repeat(9_000_000) }), anEvent()];
    const cuts = [...cutLandings(events, 10)];
    expect(cuts.map((cut) => cut.length)).toEqual([1, 2, 1, 1]);
    expect(cuts.flat()).toEqual(events);
  });

  it('makes nothing of nothing', () => {
    expect([...cutLandings([], 10)]).toEqual([]);
  });
});
