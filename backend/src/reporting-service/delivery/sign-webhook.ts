import { createHmac } from 'node:crypto';

const secretStart = 'whsec_';

/** Heads in the form of Standard Webhooks: HMAC-SHA256 of id, time and body. */
export function signWebhook(
  body: string,
  { id, secret, nowMs }: { readonly id: string; readonly secret: string; readonly nowMs: number },
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const key = Buffer.from(secret.slice(secretStart.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
