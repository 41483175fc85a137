import { createKeySecret, findKeyPrefix, hashKey, isSameHash } from './key-secret.js';

describe('key secret', () => {
  it('has a public prefix of 8 and a secret of at least 32 base-62 characters', () => {
    const { key, prefix } = createKeySecret();
    expect(key).toMatch(/^cdk_[0-9A-Za-z]{8}_[0-9A-Za-z]{32,}$/);
    expect(findKeyPrefix(key)).toBe(prefix);
  });

  it('never comes twice', () => {
    const keys = new Set(Array.from({ length: 1_000 }, () => createKeySecret().key));
    expect(keys.size).toBe(1_000);
  });

  it.each([
    '',
    'cdk_',
    'cdk_short_x',
    `cdk_12345678_${'a'.repeat(31)}`,
    `cdk_12345678_${'a'.repeat(65)}`,
    `CDK_12345678_${'a'.repeat(36)}`,
    `cdk_12345678_${'a'.repeat(35)}ä`,
  ])('does not take %p for a key', (text) => {
    expect(findKeyPrefix(text)).toBeUndefined();
  });

  it('is proven by the hash of the whole key', () => {
    const { key } = createKeySecret();
    expect(isSameHash(hashKey(key), hashKey(key))).toBe(true);
    expect(isSameHash(hashKey(key), hashKey(`${key}0`))).toBe(false);
    expect(isSameHash(hashKey(key), new Uint8Array(3))).toBe(false);
  });
});
