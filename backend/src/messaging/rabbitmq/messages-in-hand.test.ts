import { parseIncoming, type IncomingMessage } from './incoming-message.js';
import { createMessagesInHand } from './messages-in-hand.js';

function aMessage(events: number | undefined, deliveriesBefore = 0): IncomingMessage {
  const headers = { ...(events !== undefined && { events }), 'x-delivery-count': deliveriesBefore };
  const none = undefined;
  return parseIncoming({
    content: Buffer.from('x'),
    fields: { consumerTag: 'c', deliveryTag: 1, redelivered: false, exchange: '', routingKey: '' },
    properties: {
      headers,
      contentType: none,
      contentEncoding: none,
      deliveryMode: none,
      priority: none,
      correlationId: none,
      replyTo: none,
      expiration: none,
      messageId: 'm',
      timestamp: none,
      type: none,
      userId: none,
      appId: none,
      clusterId: none,
    },
  });
}

/** Takes messages in hand as long as they fit; ends them when it is told to. */
function createHands() {
  const hands = createMessagesInHand({ prefetch: 8, messagesMax: 3, eventsMax: 100 });
  const ends: (() => void)[] = [];
  return {
    hands,
    take(message: IncomingMessage): boolean {
      if (!hands.fits(message)) return false;
      void hands.hold(message, () => new Promise((resolve) => ends.push(resolve)));
      return true;
    },
    async endAll() {
      for (const end of ends.splice(0)) end();
      await hands.done();
    },
  };
}

describe('messages in hand', () => {
  it('stay within their number and their events, and one that is larger goes alone', async () => {
    const { endAll, take } = createHands();
    expect([1, 2, 3, 4].map((events) => take(aMessage(events)))).toEqual([true, true, true, false]);
    await endAll();
    expect([60, 41, 40].map((events) => take(aMessage(events)))).toEqual([true, false, true]);
    await endAll();
    expect([5_000, 1].map((events) => take(aMessage(events)))).toEqual([true, false]);
    await endAll();
    // Of a stranger nobody knows how many it holds.
    expect([take(aMessage(1)), take(aMessage(undefined))]).toEqual([true, false]);
  });

  it('are one when it came more than twice: nothing is taken beside it, nor it beside others', async () => {
    const { endAll, take } = createHands();
    expect([take(aMessage(1)), take(aMessage(1, 1)), take(aMessage(1, 2))]).toEqual([true, true, false]);
    await endAll();
    expect([take(aMessage(1, 2)), take(aMessage(1))]).toEqual([true, false]);
  });

  it('are done when the last of them is', async () => {
    const { endAll, hands, take } = createHands();
    take(aMessage(1));
    take(aMessage(1));
    let isDone = false;
    const done = hands.done().then(() => (isDone = true));
    await Promise.resolve();
    expect(isDone).toBe(false);
    await endAll();
    await done;
    expect(isDone).toBe(true);
  });
});
