import { createSecretBox, isEncrypted } from './secret-box.js';

const key = 'k'.repeat(32);

describe('createSecretBox', () => {
  it('gives a secret back to its owner, and shows nothing of it meanwhile', () => {
    const sealed = createSecretBox(key).seal('whs_secret', 'wh_1');
    expect(isEncrypted(sealed)).toBe(true);
    expect(Buffer.from(sealed).toString('latin1')).not.toContain('secret');
    expect(createSecretBox(key).open(sealed, 'wh_1')).toBe('whs_secret');
  });

  it('never seals twice alike', () => {
    const box = createSecretBox(key);
    expect(box.seal('same', 'wh_1')).not.toEqual(box.seal('same', 'wh_1'));
  });

  it.each([
    ['for another owner', () => createSecretBox(key).open(sealed(), 'wh_2'), 'secrets_key_wrong'],
    ['with another key', () => createSecretBox('x'.repeat(32)).open(sealed(), 'wh_1'), 'secrets_key_wrong'],
    ['without a key', () => createSecretBox(undefined).open(sealed(), 'wh_1'), 'secrets_key_missing'],
    ['that was changed', () => createSecretBox(key).open(changed(), 'wh_1'), 'secrets_key_wrong'],
    ['that was cut', () => createSecretBox(key).open(sealed().subarray(0, 9), 'wh_1'), 'secrets_key_wrong'],
  ])('does not open a secret %s', (_name, open, code) => {
    expect(faultOf(open)).toMatchObject({ code, status: 503 });
  });

  it('reads what was stored before there was a key', () => {
    const stored = createSecretBox(undefined).seal('old', 'wh_1');
    expect(isEncrypted(stored)).toBe(false);
    expect(createSecretBox(key).open(stored, 'wh_1')).toBe('old');
  });
});

/** One bit of the last byte. */
function changed(): Uint8Array {
  return sealed().map((byte, index, all) => (index === all.length - 1 ? byte ^ 1 : byte));
}

function sealed(): Uint8Array {
  return createSecretBox(key).seal('whs_secret', 'wh_1');
}

function faultOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
