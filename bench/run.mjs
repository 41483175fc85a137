// npm run bench [-- ingest|freshness|queries ...]: prints ratios and times; never part of the tests.
import { benchFreshness } from './freshness.mjs';
import { benchIngest } from './ingest.mjs';
import { print } from './lib/measure.mjs';
import { benchQueries } from './queries.mjs';

const benches = { ingest: benchIngest, freshness: benchFreshness, queries: benchQueries };
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in benches));
if (unknown.length > 0) {
  print(`There is no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.`);
  process.exitCode = 2;
} else {
  for (const name of asked.length > 0 ? asked : Object.keys(benches)) await benches[name]();
}
