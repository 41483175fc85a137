import { inspectLogo, logoBytesMax } from './inspect-logo.js';
import { aPng, sampleJpeg } from './sample-logos.fixture.js';

describe('inspectLogo', () => {
  it('takes a PNG and a JPEG', async () => {
    await expect(inspectLogo(aPng())).resolves.toBeUndefined();
    await expect(inspectLogo(sampleJpeg)).resolves.toBeUndefined();
    await expect(inspectLogo(aPng({ width: 1_200, height: 1_200 }))).resolves.toBeUndefined();
  });

  it('refuses every PNG that was cut short: a decoder could loop on it for ever', async () => {
    const whole = aPng();
    for (let length = 0; length < whole.length; length += 1) {
      await expect(inspectLogo(whole.subarray(0, length))).rejects.toThrow(/damaged or cut short|neither/);
    }
  });

  it('refuses a JPEG without its size or without its end', async () => {
    for (const length of [2, 4, 20, 180, sampleJpeg.length - 1]) {
      await expect(inspectLogo(sampleJpeg.subarray(0, length))).rejects.toThrow('damaged or cut short');
    }
  });

  it('refuses a JPEG of a kind that a PDF can not hold', async () => {
    const arithmetic = Buffer.from(sampleJpeg);
    arithmetic[arithmetic.indexOf(Buffer.from([0xff, 0xc0])) + 1] = 0xc9;
    await expect(inspectLogo(arithmetic)).rejects.toThrow('of a kind');
  });

  it('refuses a changed byte, a bomb, and too few pixels', async () => {
    const changed = aPng();
    changed[45] = (changed[45] ?? 0) ^ 1;
    await expect(inspectLogo(changed)).rejects.toThrow('damaged');
    await expect(inspectLogo(aPng({ pixels: Buffer.alloc(20_000_000) }))).rejects.toThrow('damaged');
    await expect(inspectLogo(aPng({ pixels: Buffer.alloc(100) }))).rejects.toThrow('damaged');
  });

  it('refuses what is too large, before it is unpacked', async () => {
    const wide = aPng({ width: 1_201, height: 1, pixels: Buffer.alloc(0) });
    await expect(inspectLogo(wide)).rejects.toThrow('this one is 1201 by 1');
    await expect(inspectLogo(aPng({ width: 0 }))).rejects.toThrow('no width');
    await expect(inspectLogo(Buffer.alloc(logoBytesMax + 1))).rejects.toThrow('at most 524288 bytes');
    await expect(inspectLogo(Buffer.from('<svg/>'))).rejects.toThrow('neither PNG nor JPEG');
  });
});
