import { anEvent } from '../testkit/an-event.js';
import { cutBySize } from './plan-inserts.js';

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
