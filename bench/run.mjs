// npm run bench [-- ingest|freshness|queries|server ...] [--seconds N] [--partitions N,N]: prints ratios and times;
// never part of the tests. The options are the server bench's.
import { parseArgs } from 'node:util';
import { benchFreshness } from './freshness.mjs';
import { benchIngest } from './ingest.mjs';
import { print } from './lib/measure.mjs';
import { benchQueries } from './queries.mjs';
import { benchServer } from './server.mjs';

const { positionals: asked, values } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string' }, partitions: { type: 'string' } },
});
const serverOptions = {
  ...(values.seconds !== undefined && { seconds: Number(values.seconds) }),
  ...(values.partitions !== undefined && { partitions: values.partitions.split(',').map(Number) }),
};
const benches = {
  ingest: benchIngest,
  freshness: benchFreshness,
  queries: benchQueries,
  server: () => benchServer(serverOptions),
};
const unknown = asked.filter((name) => !(name in benches));
if (unknown.length > 0) {
  print(`There is no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.`);
  process.exitCode = 2;
} else {
  for (const name of asked.length > 0 ? asked : Object.keys(benches)) await benches[name]();
}
