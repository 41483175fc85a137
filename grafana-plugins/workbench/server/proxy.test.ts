import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { forwardRequest } from './proxy';

const timeoutMs = 250;
const encoding = 'utf8';

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return isAddress(address) ? address.port : 0;
}

function isAddress(address: ReturnType<Server['address']>): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

/** A target whose answers the test gives by hand, behind the proxy. */
async function createProxied(): Promise<{
  ask: (path: string) => Promise<IncomingMessage>;
  waiting: Promise<ServerResponse>[];
  close: () => void;
}> {
  const arrivals: Array<(response: ServerResponse) => void> = [];
  const waiting = [0, 1].map(() => new Promise<ServerResponse>((arrive) => arrivals.push(arrive)));
  const target = createServer((_request, response) => arrivals.shift()?.(response));
  const targetPort = await listen(target);
  const app = express();
  app.use((request, response) =>
    forwardRequest(
      request,
      response,
      { kind: 'forward', url: new URL(`http://127.0.0.1:${targetPort}${request.url}`), headers: [] },
      timeoutMs,
    ),
  );
  const proxy = createServer(app);
  const proxyPort = await listen(proxy);
  return {
    ask: (path) =>
      new Promise((answer, fail) => {
        httpRequest({ host: '127.0.0.1', port: proxyPort, path }, answer).on('error', fail).end();
      }),
    waiting,
    close: () => {
      for (const server of [proxy, target]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

async function next(message: IncomingMessage): Promise<string> {
  return new Promise((done) => message.once('data', (chunk: Buffer) => done(chunk.toString(encoding))));
}

describe('forwardRequest', () => {
  it('hands on each event of a stream when it comes, and keeps a silent stream open', async () => {
    const proxied = await createProxied();
    const asked = proxied.ask('/live');
    const stream = await proxied.waiting[0];
    stream?.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    const answer = await asked;
    expect(answer.statusCode).toBe(200);
    const first = next(answer);
    stream?.write('data: 1\n\n');
    expect(await first).toBe('data: 1\n\n');

    // Another request that is given up for its silence shows that the stream was silent long enough.
    expect((await proxied.ask('/slow')).statusCode).toBe(504);
    const second = next(answer);
    stream?.write('data: 2\n\n');
    expect(await second).toBe('data: 2\n\n');
    proxied.close();
  });

  it('ends the request to the target when the browser goes away', async () => {
    const proxied = await createProxied();
    const asked = proxied.ask('/live');
    const stream = await proxied.waiting[0];
    const closed = new Promise((done) => stream?.once('close', done));
    stream?.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    (await asked).destroy();
    await closed;
    expect(stream?.writableFinished).toBe(false);
    proxied.close();
  });
});
