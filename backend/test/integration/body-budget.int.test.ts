import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { eventually } from '../../src/testkit/eventually.js';
import { createGate } from '../../src/testkit/event-bus-suite.js';
import { post, startCollector, type RunningCollector } from './collector-fixture.js';

const kibibyte = 1_024;
/** Half of all. */
const roomOfTenant = 64 * kibibyte;
let running: RunningCollector;

afterEach(() => running.service.close());

function aBody(id: string, bytes: number): string {
  const text = 'x'.repeat(1_000);
  const attributes = Object.fromEntries(
    Array.from({ length: Math.ceil(bytes / 1_010) }, (_, index) => [`a${index}`, text]),
  );
  return JSON.stringify({
    specversion: '1.0',
    id,
    source: '/try',
    type: 'com.example.large',
    data: attributes,
  });
}

interface SlowSender {
  readonly sent: ClientRequest;
  /** Rejects when the connection ends without one. */
  readonly status: Promise<number | undefined>;
}

/** Sends the first part and keeps the rest. */
function beginSlowly(body: string, part: number): SlowSender {
  const sent = request(`${running.address}/v1/events`, {
    method: 'POST',
    headers: {
      authorization: 'Bearer good',
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    },
  });
  const status = once(sent, 'response').then(([response]: IncomingMessage[]) => {
    response?.resume();
    return response?.statusCode;
  });
  // Looked at by those who wait for it.
  status.catch(() => undefined);
  sent.on('error', () => undefined);
  sent.write(body.slice(0, part));
  return { sent, status };
}

const acceptedIds = (): string[] => running.published.map((event) => event.id).sort();

describe('bodies under way', () => {
  it('are refused beyond the budget while slow ones are read, and each is either refused or stored', async () => {
    running = await startCollector({ bodiesBytesMax: 2 * roomOfTenant });
    const bodies = Array.from({ length: 12 }, (_, index) => aBody(`slow-${index}`, 10 * kibibyte));
    const senders = bodies.map((body) => beginSlowly(body, body.length - 1));
    const answers = new Map<number, number | undefined>();
    senders.forEach(({ status }, index) => void status.then((code) => answers.set(index, code)));
    // Six have room; the others are told so before they have sent all.
    await eventually(() => {
      expect([...answers.values()].filter((status) => status === 429).length).toBeGreaterThanOrEqual(6);
    });
    expect(running.bodies.bytes).toBeLessThanOrEqual(roomOfTenant);
    expect(running.bodies.bytes).toBeGreaterThan(40 * kibibyte);
    const refused = await post(`${running.address}/v1/events`, aBody('late', 30 * kibibyte));
    expect(refused).toMatchObject({ status: 429, json: { error: { code: 'overloaded' } } });
    expect(refused.headers.get('retry-after')).toBe('1');
    senders.forEach(({ sent }, index) => sent.end(bodies[index]?.slice(-1)));
    const statuses = await Promise.all(senders.map(({ status }) => status));
    const expected = statuses.flatMap((status, index) => (status === 202 ? [`slow-${index}`] : []));
    expect(expected.length).toBeGreaterThan(0);
    expect(new Set(statuses)).toEqual(new Set([202, 429]));
    expect(acceptedIds()).toEqual(expected.sort());
    expect(running.bodies.bytes).toBe(0);
  });

  it('count as large as they are inflated, until they are answered', async () => {
    running = await startCollector({ bodiesBytesMax: 2 * 1_024 * kibibyte, attributesMax: 4_096 });
    const gate = createGate();
    let stuck = 0;
    running.fault = async () => {
      stuck += 1;
      await gate.opened;
      throw new Error('the store is away');
    };
    const send = (id: string): ReturnType<typeof post> =>
      post(`${running.address}/v1/events`, gzipSync(aBody(id, 300 * kibibyte)), {
        'content-encoding': 'gzip',
      });
    const first = ['1', '2', '3'].map(send);
    await eventually(() => {
      expect(stuck).toBe(3);
    });
    expect(running.bodies.bytes).toBeGreaterThan(900 * kibibyte);
    expect(await send('4')).toMatchObject({ status: 429, json: { error: { code: 'overloaded' } } });
    gate.open();
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(running.bodies.bytes).toBe(0);
    running.fault = undefined;
    const again = await Promise.all(['1', '2', '3'].map(send));
    expect(again.map(({ status }) => status)).toEqual([202, 202, 202]);
  });

  it('take no room any more when their senders hang up in the middle', async () => {
    running = await startCollector({ bodiesBytesMax: 2 * roomOfTenant });
    const senders = Array.from({ length: 5 }, (_, index) =>
      beginSlowly(aBody(`gone-${index}`, 20 * kibibyte), 10 * kibibyte),
    );
    await eventually(() => {
      expect(running.bodies.bytes).toBe(50 * kibibyte);
    });
    for (const { sent } of senders) sent.destroy();
    await eventually(() => {
      expect(running.bodies.bytes).toBe(0);
    });
    const answer = await post(`${running.address}/v1/events`, aBody('next', 40 * kibibyte));
    expect(answer.status).toBe(202);
    expect(acceptedIds()).toEqual(['next']);
  });
});
