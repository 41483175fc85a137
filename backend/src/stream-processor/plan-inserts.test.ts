import { anEvent } from '../testkit/an-event.js';
import { cutBySize, sortEvents } from './plan-inserts.js';

describe('events of a message', () => {
  const [a1, b1] = [anEvent({ id: 'a', acceptance: 1 }), anEvent({ id: 'b', acceptance: 1 })];
  const [a2, a3] = [
    { ...a1, acceptance: 2 },
    { ...a1, acceptance: 3 },
  ];
  const labelsOf = (events: readonly { id: string; acceptance?: number | undefined }[]): string[] =>
    events.map(({ acceptance, id }) => `${id}${acceptance}`);

  it('are new the first time, and duplicates when they were taken in again', () => {
    const { fresh, duplicates } = sortEvents([a1, b1, a2, a3], new Map([[b1.eventId, 7]]));
    expect(labelsOf(fresh)).toEqual(['a1']);
    expect(labelsOf(duplicates)).toEqual(['b1', 'a2', 'a3']);
  });

  it('are no duplicates when they are only carried again', () => {
    const { fresh, duplicates } = sortEvents([a1, a1, b1], new Map([[b1.eventId, 1]]));
    expect(labelsOf(fresh)).toEqual(['a1']);
    expect(duplicates).toEqual([]);
  });

  it('are no duplicates where nobody drew a number for their acceptance', () => {
    const old = anEvent({ id: 'old' });
    expect(sortEvents([old, old], new Map()).duplicates).toEqual([]);
    expect(sortEvents([old], new Map([[old.eventId, 5]])).duplicates).toEqual([]);
    expect(labelsOf(sortEvents([a2], new Map([[a2.eventId, 0]])).duplicates)).toEqual(['a2']);
  });
});

describe('blocks of bounded size', () => {
  it('keeps every event once and in order, and no block above the bound but a single long row', () => {
    const events = Array.from({ length: 10 }, (_, index) => anEvent({ id: `${index}` }));
    const format = (event: { id: string }) => ({
      text: event.id === '4' ? 'x'.repeat(100) : 'x'.repeat(10),
      id: event.id,
    });
    const blocks = [...cutBySize(events, format, 30)];
    expect(blocks.map((rows) => rows.map((row) => row.id).join(''))).toEqual(['012', '3', '4', '567', '89']);
  });

  it('makes no block of nothing', () => {
    expect([...cutBySize([], () => ({ text: '' }))]).toEqual([]);
  });
});
