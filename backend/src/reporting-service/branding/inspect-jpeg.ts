import { LogoError, type PictureSize } from './logo-error.js';

/** Frames that a reader of PDF can decode: baseline, extended and progressive, with Huffman codes. */
const knownFrames = new Set([0xc0, 0xc1, 0xc2]);
/** Tables that have numbers among those of frames. */
const noFrames = new Set([0xc4, 0xc8, 0xcc]);
const startOfScan = 0xda;

/** Walks the segments up to the pixels, and looks whether these come to their end. Throws `LogoError`. */
export function inspectJpeg(bytes: Buffer): PictureSize {
  let size: PictureSize | undefined;
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes.readUInt8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const segment = bytes.subarray(at + 2, at + 2 + bytes.readUInt16BE(at + 2));
    if (marker === startOfScan) return wholeOf(bytes, size);
    if (isFrame(marker)) size = readFrame(marker, segment);
    at += 2 + Math.max(2, bytes.readUInt16BE(at + 2));
  }
  throw broken();
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && !noFrames.has(marker);
}

function readFrame(marker: number, segment: Buffer): PictureSize {
  if (segment.length < 8) throw broken();
  const isPlain = knownFrames.has(marker) && segment.readUInt8(2) === 8;
  if (!isPlain || ![1, 3, 4].includes(segment.readUInt8(7))) {
    throw new LogoError(
      'The logo is a JPEG of a kind that a PDF can not hold. Save it as a baseline JPEG or as PNG.',
    );
  }
  return { width: segment.readUInt16BE(5), height: segment.readUInt16BE(3) };
}

function wholeOf(bytes: Buffer, size: PictureSize | undefined): PictureSize {
  if (size === undefined || bytes.lastIndexOf(Buffer.from([0xff, 0xd9])) < 0) throw broken();
  return size;
}

function broken(): LogoError {
  return new LogoError('The logo begins like a JPEG, but it is damaged or cut short.');
}
