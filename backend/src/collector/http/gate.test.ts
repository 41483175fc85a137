import { AppError } from '../../platform/errors.js';
import { createGate } from './gate.js';

const tenant = { id: 'noisy', name: 'noisy', timeZone: 'UTC' };
const principal = { keyId: 'key', tenant, scopes: ['ingest'] as const };
const tooMuch = new AppError('rate_limited', 'too much', { status: 429, retryAfterSeconds: 1 });

describe('gate of the collector', () => {
  it('gives the room of a request back before its refusal is held', async () => {
    let isRefused = true;
    let answer = (): void => undefined;
    const held: string[] = [];
    const gate = createGate({
      authenticator: { authenticate: () => Promise.resolve(principal) },
      limits: { requestsInFlightMax: 1 },
      admission: {
        requireRoom: () => (isRefused ? Promise.reject(tooMuch) : Promise.resolve()),
      },
      refusals: {
        hold(tenantId) {
          held.push(tenantId);
          return new Promise((resolve) => {
            answer = resolve;
          });
        },
      },
    });
    const refused = gate.pass({}, () => Promise.resolve('refused'));
    while (held.length === 0) await Promise.resolve();
    isRefused = false;
    await expect(gate.pass({}, () => Promise.resolve('taken'))).resolves.toBe('taken');
    answer();
    await expect(refused).rejects.toBe(tooMuch);
    expect(held).toEqual(['noisy']);
  });

  it('holds nobody whose key is not known', async () => {
    const unknown = new AppError('key_unknown', 'Who is this?', { status: 401 });
    const gate = createGate({
      authenticator: { authenticate: () => Promise.reject(unknown) },
      limits: { requestsInFlightMax: 1 },
      admission: { requireRoom: () => Promise.resolve() },
      refusals: { hold: () => Promise.reject(new Error('held')) },
    });
    await expect(gate.pass({}, () => Promise.resolve('taken'))).rejects.toBe(unknown);
  });
});
