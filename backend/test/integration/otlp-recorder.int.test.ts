import { createServer } from 'node:http';
import { createOtlpRecorder, type OtlpRecorder } from '../../src/platform/otlp-recorder.js';
import { createTraces } from '../../src/platform/traces.js';
import { findFreePort } from '../../src/testkit/free-port.js';

const lost: number[] = [];
const closers: (() => void)[] = [];

afterEach(() => {
  lost.length = 0;
  for (const close of closers.splice(0)) close();
});

/** A receiver that answers every request alike. Returns its address and counts what came. */
async function startReceiver(status: number): Promise<{ url: string; requests: () => number }> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume().once('end', () => response.writeHead(status).end('{}'));
  });
  const port = await findFreePort();
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${port}/`, requests: () => requests };
}

function record(endpoint: string, sampleRatio: number): OtlpRecorder {
  const about = { service: 'test', version: '1', headers: {} };
  return createOtlpRecorder({
    ...about,
    endpoint,
    sampleRatio,
    onLost: (spans) => lost.push(spans),
  });
}

async function makeSpans(recorder: OtlpRecorder, count: number): Promise<void> {
  const traces = createTraces();
  traces.recordBy(recorder);
  for (let made = 0; made < count; made += 1)
    await traces.span('work', { kind: 'internal' }, () => Promise.resolve());
  await recorder.close();
}

describe('spans on their way to a receiver', () => {
  it('get there when the process closes', async () => {
    const receiver = await startReceiver(200);
    await makeSpans(record(receiver.url, 1), 3);
    expect(receiver.requests()).toBe(1);
    expect(lost).toEqual([]);
  });

  it('are counted when nobody is there', async () => {
    await makeSpans(record(`http://127.0.0.1:${await findFreePort()}`, 1), 3);
    expect(lost).toEqual([3]);
  });

  it('are counted when they are refused', async () => {
    const receiver = await startReceiver(400);
    await makeSpans(record(receiver.url, 1), 2);
    expect(lost).toEqual([2]);
  });

  it('are none where no trace is chosen', async () => {
    const receiver = await startReceiver(200);
    await makeSpans(record(receiver.url, 0), 50);
    expect(receiver.requests()).toBe(0);
  });
});
