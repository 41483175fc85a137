import { isSignature, isSignedWith } from './signature.js';

describe('isSignedWith', () => {
  // GitHub's own worked example, from its page "Validating webhook deliveries".
  const secret = "It's a Secret to Everybody";
  const body = Buffer.from('Hello, World!');
  const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';

  it("proves GitHub's example", () => {
    expect(isSignedWith(secret, body, signature)).toBe(true);
  });

  it('refuses another body, another secret, and one digit changed', () => {
    expect(isSignedWith(secret, Buffer.from('Hello, World?'), signature)).toBe(false);
    expect(isSignedWith('another', body, signature)).toBe(false);
    expect(isSignedWith(secret, body, signature.replace(/7$/, '8'))).toBe(false);
  });

  it.each([
    undefined,
    '',
    'sha256=',
    `sha1=${'0'.repeat(40)}`,
    `sha256=${'0'.repeat(63)}`,
    `sha256=${'g'.repeat(64)}`,
  ])('takes %p for no signature', (header) => {
    expect(isSignature(header)).toBe(false);
  });
});
