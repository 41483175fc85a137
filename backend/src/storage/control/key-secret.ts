import { createHash, randomInt, timingSafeEqual } from 'node:crypto';

/** A key as its owner holds it: `cdk_` + prefix + `_` + secret, all of base 62. The prefix is public, the secret is not. */
export interface KeySecret {
  readonly key: string;
  readonly prefix: string;
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const prefixChars = 8;
/** 36 characters of base 62 are 214 bits. */
const secretChars = 36;
const webhookIdChars = 22;
const keyPattern = /^cdk_([0-9A-Za-z]{8})_[0-9A-Za-z]{32,64}$/;

/** A fresh key from the system's random source. */
export function createKeySecret(): KeySecret {
  const prefix = randomText(prefixChars);
  return { prefix, key: `cdk_${prefix}_${randomText(secretChars)}` };
}

/** The prefix of a text that has the form of a key. */
export function findKeyPrefix(key: string): string | undefined {
  return keyPattern.exec(key)?.[1];
}

/** SHA-256 of the whole key. A key is long and random, so a slow hash would add nothing. */
export function hashKey(key: string): Uint8Array {
  return createHash('sha256').update(key).digest();
}

/** Compares in a time that does not depend on where the two differ. */
export function isSameHash(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The public name of a webhook. Of 131 bits, so that it can't be guessed. */
export function createWebhookId(): string {
  return `wh_${randomText(webhookIdChars)}`;
}

/** What a webhook is signed with. */
export function createWebhookSecret(): string {
  return `whs_${randomText(secretChars)}`;
}

function randomText(length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}
