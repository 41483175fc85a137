import { Agent, get } from 'node:http';
import { pino } from 'pino';
import { createHttpService } from './http-service.js';
import { createTelemetry } from './telemetry.js';

describe('stopping an HTTP service', () => {
  it('gives the answers under way and keeps no connection for a next request', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let arrived = (): void => undefined;
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const service = createHttpService({
      name: 'test',
      host: '127.0.0.1',
      port: 0,
      logger: pino({ level: 'silent' }),
      telemetry: createTelemetry({ defaultMetrics: false }),
      openapi: () => ({}),
      isReady: () => Promise.resolve(true),
      mount: (app) => {
        app.get('/slow', async (_request, response) => {
          arrived();
          await held;
          response.send('done');
        });
      },
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
    const closed = service.close();
    release();
    expect(await answer).toBe(200);
    // A client that keeps its connection would hold the service for seconds: longer than this test may take.
    await closed;
    agent.destroy();
  }, 3_000);
});
