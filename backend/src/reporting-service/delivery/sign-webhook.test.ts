import { Webhook } from 'standardwebhooks';
import { signWebhook } from './sign-webhook.js';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

describe('signWebhook', () => {
  it('signs as the library of receivers expects it', () => {
    const body = JSON.stringify({ title: 'Größe 🙂' });
    const headers = signWebhook(body, { id: 'run_1.0', secret, nowMs: Date.now() });
    expect(new Webhook(secret).verify(body, headers)).toEqual({ title: 'Größe 🙂' });
  });

  it('does not fit another body, another id or another secret', () => {
    const headers = signWebhook('{}', { id: 'run_1.0', secret, nowMs: Date.now() });
    const other = new Webhook(`whsec_${Buffer.alloc(32, 8).toString('base64')}`);
    expect(() => new Webhook(secret).verify('{ }', headers)).toThrow();
    expect(() => new Webhook(secret).verify('{}', { ...headers, 'webhook-id': 'run_2.0' })).toThrow();
    expect(() => other.verify('{}', headers)).toThrow();
  });
});
