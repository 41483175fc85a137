import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { AnswerCell } from '@coditect/contracts';
import type { TableColumn } from '../document/report-document.js';
import { writeCsv, type CsvFile, type CsvRow, type CsvSource } from './write-csv.js';

const columns: readonly TableColumn[] = [
  { name: 'time', type: 'time', unit: undefined, interval: '1d' },
  { name: 'team', type: 'string', unit: undefined },
  { name: 'value', type: 'number', unit: 'milliseconds' },
];

async function* batches(rows: readonly CsvRow[], size = 3): AsyncGenerator<readonly CsvRow[]> {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}

function aFile(rows: readonly CsvRow[], given: Partial<CsvSource> = {}): CsvFile {
  return writeCsv({
    columns,
    rows: batches(rows),
    style: 'raw',
    bom: false,
    timeZone: 'Europe/Berlin',
    ...given,
  });
}

async function read({ chunks }: CsvFile): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

const midnight = '2026-10-31T23:00:00.000Z';

describe('writeCsv', () => {
  it('writes a head line, CRLF and quotes where they are needed', async () => {
    const text = await read(
      aFile([
        [midnight, 'a, "b"\nc', 1.5],
        [midnight, '', null],
      ]),
    );
    expect(text.toString()).toBe(`time,team,value\r\n${midnight},"a, ""b""\nc",1.5\r\n${midnight},,\r\n`);
  });

  it('formats as the PDF does, units in the head, times in the zone', async () => {
    const text = await read(
      aFile(
        [
          [midnight, 'a', 1_234.56],
          [midnight, 'b', null],
        ],
        { style: 'formatted' },
      ),
    );
    expect(text.toString()).toBe('time,team,value (ms)\r\n2026-11-01,a,"1,234.6"\r\n2026-11-01,b,\r\n');
  });

  it('starts with the mark of UTF-8 when asked to', async () => {
    const bytes = await read(aFile([], { bom: true }));
    expect([...bytes.subarray(0, 4)]).toEqual([0xef, 0xbb, 0xbf, 't'.charCodeAt(0)]);
  });

  it.each(['=1+1', '+1', '-1', '@sum', '\tx', '\rx', '\nx', '＝1', "=cmd|'/C calc'!A0"])(
    'shows the text %j instead of running it',
    async (text) => {
      const [, row] = parse(await read(aFile([[midnight, text, -5]])), { relax_column_count: false });
      expect(row).toEqual([midnight, `'${text}`, '-5']);
    },
  );

  it.each([
    ['team;=1+1', "team;'=1+1"],
    ['a\t+1;b', "a\t'+1;b"],
    ['a\n@sum\r\n＝1', "a\n'@sum\r\n'＝1"],
    ['a;"=1', `a;"'=1`],
    ['a = 1; b-2', 'a = 1; b-2'],
  ])('runs no part of the text %j where a spreadsheet splits it', async (text, shown) => {
    const [, row] = parse(await read(aFile([[midnight, text, -5]])));
    expect(row).toEqual([midnight, shown, '-5']);
  });

  it('does not run the name of a column either', async () => {
    const file = aFile([], { columns: [{ name: '=HYPERLINK("x")', type: 'string', unit: undefined }] });
    expect((await read(file)).toString()).toBe(`"'=HYPERLINK(""x"")"\r\n`);
  });

  it('sums up while it writes, and proves the bytes', async () => {
    const columns = [
      { name: 'time', type: 'time', unit: undefined },
      { name: 'latency', type: 'number', unit: 'milliseconds' },
      { name: 'value', type: 'number', unit: 'USD' },
    ] as const;
    const rows = [
      [midnight, 5, 0.1],
      [midnight, 5, null],
      [midnight, 5, 0.2],
      [midnight, 5, -7],
    ];
    const file = aFile(rows, { columns });
    expect(() => file.summary()).toThrow('not written to its end');
    const bytes = await read(file);
    expect(file.summary()).toEqual({
      rows: 4,
      controlTotals: [{ column: 'value', unit: 'USD', values: 3, sum: -6.7 }],
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
  });

  it('closes its source when the reader leaves early', async () => {
    let isClosed = false;
    async function* endless(): AsyncGenerator<readonly CsvRow[]> {
      try {
        for (;;) yield [[midnight, 'a', 1]];
      } finally {
        isClosed = true;
      }
    }
    const file = aFile([], { rows: endless() });
    for await (const chunk of file.chunks) if (chunk.length > 20) break;
    expect(isClosed).toBe(true);
    expect(() => file.summary()).toThrow('not written to its end');
  });

  it('gives back every text and every number to a parser', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 });
    const cell = fc.oneof(
      text,
      fc.constantFrom('"', '\r', '\n', '\r\n', ',', ' x ', '""'),
      fc.constant(null),
    );
    const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null));
    const row = fc.tuple(cell, cell, number);
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 12 }), async (rows) => {
        const [, ...back] = parse(await read(aFile(rows)), { skip_empty_lines: false });
        expect(back).toEqual(rows.map((cells) => cells.map(expected)));
      }),
    );
  });

  it('keeps rows of one empty cell as rows', async () => {
    const only: readonly TableColumn[] = [{ name: 'team', type: 'string', unit: undefined }];
    const back = parse(await read(aFile([[''], [null], ['x']], { columns: only })), {
      skip_empty_lines: true,
    });
    expect(back).toEqual([['team'], [''], [''], ['x']]);
  });

  it('asks for the next batch only when the last was taken', async () => {
    let asked = 0;
    async function* counted(): AsyncGenerator<readonly CsvRow[]> {
      for (let batch = 0; batch < 40; batch += 1) {
        asked += 1;
        yield Array.from({ length: 5_000 }, (_row, index): CsvRow => [midnight, `team ${index}`, index]);
      }
    }
    const file = aFile([], { rows: counted() });
    let taken = 0;
    for await (const chunk of file.chunks) {
      expect(chunk.length).toBeGreaterThan(0);
      expect(asked).toBe(taken);
      taken += 1;
    }
    expect([taken - 1, file.summary().rows]).toEqual([40, 200_000]);
  });
});

function expected(cell: AnswerCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  return /^[=+\-@\t\r\n＝＋－＠]/.test(cell) ? `'${cell}` : cell;
}
