import { inspectJpeg } from './inspect-jpeg.js';
import { inspectPng } from './inspect-png.js';
import { LogoError, type PictureSize } from './logo-error.js';

export const logoBytesMax = 524_288;
/** Print at 600 dots an inch needs less; decoding takes the more time the larger it is, for each report. */
const sideMax = 1_200;

/**
 * By its bytes, not by its name, and before anything decodes it: a decoder may loop for ever on a picture that was cut
 * short, and unpack one that is a bomb. Throws `LogoError`.
 */
export async function inspectLogo(logo: Uint8Array): Promise<void> {
  if (logo.length > logoBytesMax) {
    throw new LogoError(
      `A logo has at most ${logoBytesMax} bytes; this one has ${logo.length}.`,
      'logo_too_large',
    );
  }
  const bytes = Buffer.from(logo.buffer, logo.byteOffset, logo.byteLength);
  const magic = bytes.subarray(0, 2).toString('hex');
  if (magic === '8950') await inspectPng(bytes, checkSize);
  else if (magic === 'ffd8') checkSize(inspectJpeg(bytes));
  else throw new LogoError('The logo is neither PNG nor JPEG.');
}

function checkSize({ width, height }: PictureSize): void {
  if (width < 1 || height < 1) throw new LogoError('The logo has no width or no height.');
  if (width <= sideMax && height <= sideMax) return;
  const reason = `A logo is at most ${sideMax} pixels wide and high; this one is ${width} by ${height}.`;
  throw new LogoError(reason, 'logo_too_large');
}
