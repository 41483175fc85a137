import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { fromBufferPromise } from 'yauzl';
import type { TableColumn } from '../document/report-document.js';
import { csvFileName } from './csv-file-name.js';
import { writeCsv, type CsvFile, type CsvRow } from './write-csv.js';
import { zipCsv } from './zip-csv.js';

const columns: readonly TableColumn[] = [{ name: 'value', type: 'number', unit: 'count' }];
const generatedAt = '2026-12-01T05:12:00.000Z';
const manifest = (): object => ({});

function aFile(rows: AsyncIterable<readonly CsvRow[]>): CsvFile {
  return writeCsv({ columns, rows, style: 'raw', bom: false, timeZone: 'UTC' });
}

async function* numbers(...values: readonly number[]): AsyncGenerator<readonly CsvRow[]> {
  for (const value of values) yield [[value]];
}

async function unzip(bytes: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const zip = await fromBufferPromise(bytes);
  for await (const entry of zip.eachEntry()) {
    files.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)));
  }
  return files;
}

describe('zipCsv', () => {
  it('holds the files as asked and a manifest that proves them', async () => {
    const files = [
      { name: '01-a.csv', csv: aFile(numbers(1, 2)) },
      { name: '02-b.csv', csv: aFile(numbers(0.5)) },
    ];
    const summaries = (): object => ({ files: files.map(({ csv }) => csv.summary()) });
    const back = await unzip(await buffer(zipCsv({ generatedAt, files, manifest: summaries })));
    expect([...back.keys()]).toEqual(['01-a.csv', '02-b.csv', 'manifest.json']);
    const first = back.get('01-a.csv') ?? Buffer.alloc(0);
    expect(first.toString()).toBe('value\r\n1\r\n2\r\n');
    expect(JSON.parse(String(back.get('manifest.json')))).toMatchObject({
      files: [
        {
          rows: 2,
          controlTotals: [{ column: 'value', values: 2, sum: 3 }],
          sha256: createHash('sha256').update(first).digest('hex'),
        },
        { rows: 1, controlTotals: [{ sum: 0.5 }] },
      ],
    });
  });

  it('breaks with the error of a source', async () => {
    async function* broken(): AsyncGenerator<readonly CsvRow[]> {
      yield [[1]];
      throw new Error('the store went away');
    }
    const files = [
      { name: 'a.csv', csv: aFile(numbers(1)) },
      { name: 'b.csv', csv: aFile(broken()) },
    ];
    await expect(buffer(zipCsv({ generatedAt, manifest, files }))).rejects.toThrow('the store went away');
  });

  it('closes the source it reads when nobody wants the rest', async () => {
    const { promise: closed, close } = aClosing();
    async function* endless(): AsyncGenerator<readonly CsvRow[]> {
      try {
        for (let value = 0; ; value += 1) yield Array.from({ length: 1_000 }, () => [Math.sin(value)]);
      } finally {
        close();
      }
    }
    const zip = zipCsv({ generatedAt, manifest, files: [{ name: 'a.csv', csv: aFile(endless()) }] });
    for await (const chunk of zip) if (Buffer.isBuffer(chunk)) break;
    await closed;
  });
});

function aClosing(): { promise: Promise<void>; close: () => void } {
  let close: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    close = resolve;
  });
  return { promise, close: () => close() };
}

describe('csvFileName', () => {
  it('sorts as asked, and is a name on every machine', () => {
    expect([
      csvFileName(0, 'Coût / équipe: été'),
      csvFileName(11, '売上'),
      csvFileName(1, '../../etc'),
    ]).toEqual(['01-cout-equipe-ete.csv', '12.csv', '02-etc.csv']);
  });
});
