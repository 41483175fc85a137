import { gzipSync } from 'node:zlib';
import { anEvent } from '../../testkit/an-event.js';
import { decodeEvents, encodeEvents, inflatedBytesMax, isGzip } from './codec.js';

describe('codec', () => {
  const events = [
    anEvent({ attributes: { text: 'line\nend "ä" 🙂' }, costUsd: 0.1 }),
    anEvent({ userId: 'u_1' }),
  ];

  it('reads what it wrote', async () => {
    const { body, bytes } = encodeEvents(events);
    expect(await decodeEvents(body, 2)).toEqual(events);
    expect(bytes).toBeGreaterThan(body.length);
    expect(isGzip(body)).toBe(true);
  });

  it('reads bodies put one after the other as one message', async () => {
    const more = [anEvent()];
    const joined = Buffer.concat([encodeEvents(events).body, encodeEvents(more).body]);
    expect(await decodeEvents(joined, 3)).toEqual([...events, ...more]);
  });

  it('leaves fields out that a later version adds, and keeps the event', async () => {
    const line = JSON.stringify({ ...anEvent({ id: 'newer' }), addedLater: 1 });
    const [event] = await decodeEvents(gzipSync(line), undefined);
    expect(event).toMatchObject({ id: 'newer' });
    expect(event).not.toHaveProperty('addedLater');
  });

  it.each([
    ['what is not gzip', Buffer.from('hello')],
    ['a body cut short', encodeEvents(events).body.subarray(0, -10)],
    ['a line that is not JSON', gzipSync('{"eventId":')],
    ['a line that is not an event', gzipSync('{"eventId":"x"}')],
    ['a body without events', gzipSync('\n')],
    ['another number of events than was counted', encodeEvents([anEvent()]).body],
    ['bytes behind the last event', Buffer.concat([encodeEvents([anEvent()]).body, Buffer.from('lost')])],
    ['a body that inflates beyond the bound', gzipSync(Buffer.alloc(inflatedBytesMax + 1, 10))],
  ])('refuses %s for good', async (_what, body) => {
    await expect(decodeEvents(body, 2)).rejects.toMatchObject({
      code: 'message_unreadable',
      retryable: false,
    });
  });
});
