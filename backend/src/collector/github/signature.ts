import { createHmac, timingSafeEqual } from 'node:crypto';

const form = /^sha256=([0-9a-f]{64})$/;

/** Does a header `X-Hub-Signature-256` have the form of a signature? Tells what needs no body to be refused. */
export function isSignature(header: unknown): header is string {
  return typeof header === 'string' && form.test(header);
}

/** Is the signature that of the body as it was sent? Compares in a time that does not depend on where the two differ. */
export function isSignedWith(secret: string, body: Uint8Array, signature: string): boolean {
  const digits = form.exec(signature)?.[1];
  if (digits === undefined) return false;
  const expected = createHmac('sha256', secret).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(digits, 'hex'));
}
