// npm run bench [-- ingest|landing|freshness|queries|dashboards|noisy|reports|report-jobs|rollup|server ...] [--seconds N] [--partitions N,N] [--turns N] [--only TEXT]:
// prints ratios and times; never part of the tests. The first two options are the server bench's, the others noisy's.
import { parseArgs } from 'node:util';
import { benchDashboards } from './dashboards.mjs';
import { benchFreshness } from './freshness.mjs';
import { benchIngest } from './ingest.mjs';
import { benchLanding } from './landing.mjs';
import { print } from './lib/measure.mjs';
import { benchNoisy } from './noisy.mjs';
import { benchQueries } from './queries.mjs';
import { benchReportJobs } from './report-jobs.mjs';
import { benchReports } from './reports.mjs';
import { benchRollup } from './rollup.mjs';
import { benchServer } from './server.mjs';

const { positionals: asked, values } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string' },
    partitions: { type: 'string' },
    turns: { type: 'string' },
    only: { type: 'string' },
  },
});
const serverOptions = {
  ...(values.seconds !== undefined && { seconds: Number(values.seconds) }),
  ...(values.partitions !== undefined && { partitions: values.partitions.split(',').map(Number) }),
};
const noisyOptions = {
  ...(values.turns !== undefined && { turns: Number(values.turns) }),
  ...(values.only !== undefined && { only: values.only }),
};
const benches = {
  ingest: benchIngest,
  landing: benchLanding,
  freshness: benchFreshness,
  queries: benchQueries,
  dashboards: () => benchDashboards(),
  noisy: () => benchNoisy(noisyOptions),
  reports: () => benchReports(),
  'report-jobs': () => benchReportJobs(),
  rollup: () => benchRollup(),
  server: () => benchServer(serverOptions),
};
const unknown = asked.filter((name) => !(name in benches));
if (unknown.length > 0) {
  print(`There is no bench ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.`);
  process.exitCode = 2;
} else {
  for (const name of asked.length > 0 ? asked : Object.keys(benches)) await benches[name]();
}
