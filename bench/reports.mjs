// PDF of twelve tiles and of fifty pages, in the worker that ships; CSV of five million rows to /dev/null, with the
// memory it took, beside the same rows written by hand in the same process.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { print, round, timed } from './lib/measure.mjs';

const require = createRequire(import.meta.url);
const built = '../backend/dist/reporting-service';
const startMs = Date.parse('2026-10-31T23:00:00.000Z');

export async function benchReports({ rows = 5_000_000, rounds = 5 } = {}) {
  await benchPdf(rounds);
  await benchCsv(rows);
}

async function benchPdf(rounds) {
  const sample = require(`${built}/document/sample-report.fixture.js`);
  const { renderPdf } = require(`${built}/pdf/render-pdf.js`);
  const reports = {
    '12 tiles': sample.aReport(sample.twelveTiles()),
    '2,500 rows of 6 columns, 50 pages and more': sample.aReport([sample.aLongPanel(2_500)]),
  };
  for (const [name, report] of Object.entries(reports)) {
    const times = [];
    let bytes = 0;
    for (let count = 0; count < rounds; count += 1) {
      const { ms, result } = await timed(() => renderPdf(report));
      times.push(ms);
      bytes = result.length;
    }
    times.sort((a, b) => a - b);
    const [best, middle] = [times[0], times[Math.floor(times.length / 2)]];
    print(
      `reports: PDF of ${name}: ${round(middle)} ms, best ${round(best)} ms with its thread; ${round(bytes / 1_000)} kB`,
    );
  }
}

const columns = [
  { name: 'time', type: 'time', interval: '1h' },
  { name: 'team', type: 'string' },
  { name: 'agent', type: 'string' },
  { name: 'runs', type: 'number', unit: 'count' },
  { name: 'value', type: 'number', unit: 'USD' },
];

/** One batch, made before the clock runs: what is measured is the writing. */
function makeBatch(size) {
  return Array.from({ length: size }, (_row, index) => [
    new Date(startMs + Math.floor(index / 40) * 3_600_000).toISOString(),
    `team-${index % 20}`,
    `agent, "${index % 7}"`,
    index,
    (index * 31) / 100,
  ]);
}

async function* repeat(batch, rows) {
  for (let done = 0; done < rows; done += batch.length) yield batch;
}

async function benchCsv(rows) {
  const { writeCsv } = require(`${built}/csv/write-csv.js`);
  const batch = makeBatch(5_000);
  const byHand = await measure(async function* byHandLines() {
    for await (const some of repeat(batch, rows)) {
      yield Buffer.from(
        some
          .map((row) => row.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(','))
          .join('\r\n'),
      );
    }
  });
  for (const style of ['raw', 'formatted']) {
    const source = { columns, rows: repeat(batch, rows), style, bom: false, timeZone: 'Europe/Berlin' };
    const file = writeCsv(source);
    const { ms, peakMb } = await measure(() => file.chunks);
    const summary = file.summary();
    print(
      `reports: CSV ${style}: ${round(rows / (ms / 1_000))} rows/s, ${round(byHand.ms / ms, 2)} of writing by hand; ` +
        `${round(summary.rows)} rows, ${round(summary.bytes / 1e6)} MB, memory grew by ${round(peakMb)} MB at most`,
    );
  }
}

async function measure(open) {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 50);
  const { ms } = await timed(() => pipeline(Readable.from(open()), fs.createWriteStream('/dev/null')));
  clearInterval(watch);
  return { ms, peakMb: (peak - before) / 1e6 };
}
