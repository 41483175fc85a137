import { PassThrough, Readable, pipeline } from 'node:stream';
import { ZipFile } from 'yazl';
import { buildManifest, type ManifestEntry, type ManifestHead } from './manifest.js';
import type { CsvFile } from './write-csv.js';

export interface ZipSource {
  readonly head: ManifestHead;
  readonly files: readonly { readonly entry: ManifestEntry; readonly csv: CsvFile }[];
}

/**
 * Several files and their manifest as one stream, one file after the other, nothing held back. An error of a source
 * destroys the stream with it; destroying the stream closes the source that is being read.
 */
export function zipCsv({ head, files }: ZipSource): Readable {
  const zip = new ZipFile();
  const out = new PassThrough();
  const options = { mtime: new Date(head.generatedAt), compress: true };
  let reading: Readable | undefined;
  const add = (name: string, open: () => AsyncIterable<Buffer>): void => {
    zip.addReadStreamLazy(name, options, (deliver) => {
      reading = Readable.from(open(), { objectMode: false });
      reading.once('error', (error) => out.destroy(error));
      deliver(null, reading);
    });
  };
  for (const { entry, csv } of files) add(entry.file, () => csv.chunks);
  // Opened after the last file was read to its end: only then are its totals known.
  add('manifest.json', () => manifestOf({ head, files }));
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

async function* manifestOf({ head, files }: ZipSource): AsyncGenerator<Buffer> {
  const known = files.map(({ entry, csv }) => ({ entry, summary: csv.summary() }));
  yield Buffer.from(`${JSON.stringify(buildManifest(head, known), null, 2)}\n`);
}
