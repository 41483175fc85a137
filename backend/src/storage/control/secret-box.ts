import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { AppError } from '../../platform/errors.js';

/**
 * Keeps secrets that must be read again. `owner` is who a secret belongs to: one that was encrypted for another owner
 * does not open, so that rows that were mixed up are noticed.
 */
export interface SecretBox {
  seal(secret: string, owner: string): Uint8Array;
  /** Throws `AppError` 503 `secrets_key_missing` or `secrets_key_wrong`. */
  open(sealed: Uint8Array, owner: string): string;
}

const asIs = 0;
const aes256Gcm = 1;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * With a key: AES-256-GCM. Without: the secret as it is. The first byte says which, so that what was stored before the
 * key was set can still be read.
 */
export function createSecretBox(secretsKey: string | undefined): SecretBox {
  // The key is long and random, so a slow derivation would add nothing.
  const key =
    secretsKey === undefined
      ? undefined
      : Buffer.from(hkdfSync('sha256', secretsKey, '', 'coditect control secrets v1', 32));
  return {
    seal: (secret, owner) =>
      key === undefined
        ? Buffer.concat([Buffer.of(asIs), Buffer.from(secret, 'utf8')])
        : encrypt(key, secret, owner),
    open(sealed, owner) {
      if (sealed[0] === asIs) return Buffer.from(sealed.subarray(1)).toString('utf8');
      if (key === undefined) {
        const reason = 'A stored secret is encrypted and SECRETS_KEY is not set.';
        throw new AppError('secrets_key_missing', reason, { status: 503 });
      }
      return decrypt(key, sealed, owner);
    },
  };
}

export function isEncrypted(sealed: Uint8Array): boolean {
  return sealed[0] === aes256Gcm;
}

function encrypt(key: Uint8Array, secret: string, owner: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(owner, 'utf8'));
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(aes256Gcm), nonce, cipher.getAuthTag(), text]);
}

function decrypt(key: Uint8Array, sealed: Uint8Array, owner: string): string {
  const nonce = sealed.subarray(1, 1 + nonceBytes);
  const tag = sealed.subarray(1 + nonceBytes, 1 + nonceBytes + tagBytes);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(owner, 'utf8')).setAuthTag(tag);
    const text = decipher.update(sealed.subarray(1 + nonceBytes + tagBytes));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch (cause) {
    const reason = 'A stored secret was encrypted with another SECRETS_KEY.';
    throw new AppError('secrets_key_wrong', reason, { status: 503, cause });
  }
}
