import { promisify } from 'node:util';
import { crc32, inflate } from 'node:zlib';
import { LogoError, type PictureSize } from './logo-error.js';

const inflateInThread = promisify(inflate);
const signature = '89504e470d0a1a0a';
/** Length, type and checksum. */
const frameBytes = 12;
const headerBytes = 13;

/** Samples of a pixel, by colour type. */
const samples = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);

/**
 * Walks every chunk with its checksum up to the end, and unpacks the pixels no further than a picture of this size can
 * have. `checkSize` is asked before that. Throws `LogoError`.
 */
export async function inspectPng(bytes: Buffer, checkSize: (size: PictureSize) => void): Promise<void> {
  if (bytes.subarray(0, 8).toString('hex') !== signature) throw broken();
  const { header, pixels } = readChunks(bytes);
  const size = { width: header.readUInt32BE(0), height: header.readUInt32BE(4) };
  checkSize(size);
  const perPixel = (samples.get(header.readUInt8(9)) ?? 0) * header.readUInt8(8);
  const least = Math.ceil((size.width * size.height * perPixel) / 8);
  // A byte in front of each line, and lines of an interlaced picture in up to seven passes.
  const most = least + 16 * (size.height + size.width) + 1_024;
  const unpacked = await inflateInThread(pixels, { maxOutputLength: most }).catch(() => {
    throw broken();
  });
  if (perPixel === 0 || unpacked.length < least) throw broken();
}

function readChunks(bytes: Buffer): { readonly header: Buffer; readonly pixels: Buffer } {
  let header: Buffer | undefined;
  const pixels: Buffer[] = [];
  let at = 8;
  while (at + frameBytes <= bytes.length) {
    const { type, data, end } = readChunk(bytes, at);
    at = end;
    if (type === 'IEND') return wholeOf(header, pixels);
    if (type === 'IHDR') header = data;
    if (type === 'IDAT') pixels.push(data);
  }
  throw broken();
}

function readChunk(bytes: Buffer, at: number) {
  const length = bytes.readUInt32BE(at);
  const end = at + frameBytes + length;
  if (end > bytes.length) throw broken();
  const body = bytes.subarray(at + 4, end - 4);
  if (crc32(body) !== bytes.readUInt32BE(end - 4)) throw broken();
  return { type: body.toString('latin1', 0, 4), data: body.subarray(4), end };
}

function wholeOf(header: Buffer | undefined, pixels: readonly Buffer[]) {
  if (header?.length !== headerBytes || pixels.length === 0) throw broken();
  return { header, pixels: Buffer.concat(pixels) };
}

function broken(): LogoError {
  return new LogoError('The logo begins like a PNG, but it is damaged or cut short.');
}
