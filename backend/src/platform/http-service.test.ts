import { Agent, get } from 'node:http';
import type { Express } from 'express';
import { pino } from 'pino';
import { createDeadline } from './deadline.js';
import { createHttpService, type HttpService } from './http-service.js';
import { createTelemetry } from './telemetry.js';

/** How long Grafana's data proxy, and whatever else is written in Go, keeps a connection by default. */
const clientIdleSeconds = 90;

const openService = (mount: (app: Express) => void): HttpService =>
  createHttpService({
    name: 'test',
    host: '127.0.0.1',
    port: 0,
    logger: pino({ level: 'silent' }),
    telemetry: createTelemetry({ defaultMetrics: false }),
    openapi: () => ({}),
    isReady: () => Promise.resolve(true),
    mount,
  });

it('keeps a connection longer than its clients do, so that no request meets its end', async () => {
  const service = openService(() => undefined);
  const { headers } = await fetch(`${await service.start()}/healthz`);
  await service.close();
  const [, seconds] = /^timeout=(\d+)$/.exec(headers.get('keep-alive') ?? '') ?? [];
  expect(Number(seconds)).toBeGreaterThan(clientIdleSeconds);
});

interface Held {
  readonly service: HttpService;
  /** Resolves with the status, rejects when the connection ends without an answer. */
  readonly answer: Promise<number | undefined>;
  /** Lets the answer go. */
  release(): void;
  end(): void;
}

/** A service with a request under way that waits for its answer. */
async function holdRequest(): Promise<Held> {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let arrived = (): void => undefined;
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const service = openService((app) => {
    app.get('/slow', async (_request, response) => {
      arrived();
      await held;
      response.send('done');
    });
  });
  const agent = new Agent({ keepAlive: true });
  const url = await service.start();
  const answer = new Promise<number | undefined>((resolve, reject) => {
    get(`${url}/slow`, { agent }, (response) => {
      response.resume().once('end', () => {
        resolve(response.statusCode);
      });
    }).once('error', reject);
  });
  await arrival;
  return {
    service,
    answer,
    release,
    end: () => {
      agent.destroy();
    },
  };
}

describe('stopping an HTTP service', () => {
  it('gives the answers under way and keeps no connection for a next request', async () => {
    const { answer, end, release, service } = await holdRequest();
    const closed = service.close(createDeadline(60_000));
    release();
    expect(await answer).toBe(200);
    // A client that keeps its connection would hold the service for seconds: longer than this test may take.
    await closed;
    end();
  }, 3_000);

  it('cuts requests that have no answer at the deadline', async () => {
    const { answer, end, release, service } = await holdRequest();
    const unanswered = expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' });
    await service.close(createDeadline(50));
    await unanswered;
    release();
    end();
  }, 3_000);
});
