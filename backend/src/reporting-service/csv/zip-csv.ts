import { PassThrough, Readable, pipeline } from 'node:stream';
import { ZipFile } from 'yazl';
import type { CsvFile } from './write-csv.js';

export interface ZipSource {
  /** ISO-8601; the time of every file in it. */
  readonly generatedAt: string;
  readonly files: readonly { readonly name: string; readonly csv: CsvFile }[];
  /** Asked for after the last file was written to its end: only then are all totals known. */
  readonly manifest: () => unknown;
}

/**
 * Several files and their manifest as one stream, one file after the other, nothing held back. An error of a source
 * destroys the stream with it; destroying the stream closes the source that is being read.
 */
export function zipCsv({ generatedAt, files, manifest }: ZipSource): Readable {
  const zip = new ZipFile();
  const out = new PassThrough();
  const options = { mtime: new Date(generatedAt), compress: true };
  let reading: Readable | undefined;
  const add = (name: string, open: () => AsyncIterable<Buffer>): void => {
    zip.addReadStreamLazy(name, options, (deliver) => {
      reading = Readable.from(open(), { objectMode: false });
      reading.once('error', (error) => out.destroy(error));
      deliver(null, reading);
    });
  };
  for (const { name, csv } of files) add(name, () => csv.chunks);
  add('manifest.json', () => textOf(manifest));
  zip.on('error', (error: unknown) => {
    out.destroy(
      error instanceof Error ? error : new Error('the archive could not be written', { cause: error }),
    );
  });
  zip.end();
  pipeline(zip.outputStream, out, () => {
    reading?.destroy();
  });
  return out;
}

async function* textOf(manifest: () => unknown): AsyncGenerator<Buffer> {
  yield Buffer.from(`${JSON.stringify(manifest(), null, 2)}\n`);
}
