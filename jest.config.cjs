// The embedded ClickHouse engine runs queries on libuv threads: with the default of four, a few slow queries
// would freeze the file system calls of a test. Workers inherit this at their start.
process.env.UV_THREADPOOL_SIZE ??= '16';

/** ES modules (and TypeScript) become CommonJS; source maps are inline so that stack traces point at the source. */
function swc(syntax, jsx) {
  return [
    '@swc/jest',
    {
      swcrc: false,
      sourceMaps: 'inline',
      jsc: {
        target: 'es2022',
        parser: syntax === 'typescript' ? { syntax, tsx: jsx } : { syntax, jsx },
        transform: { react: { runtime: 'automatic' } },
      },
      module: { type: 'commonjs' },
    },
  ];
}

const transform = {
  '\\.[cm]?ts$': swc('typescript', false),
  '\\.tsx$': swc('typescript', true),
  '\\.[cm]?jsx?$': swc('ecmascript', true),
};

const moduleNameMapper = {
  '^@coditect/contracts$': '<rootDir>/contracts/src/index.ts',
  '^(\\.{1,2}/.*)\\.js$': '$1',
  '^fast-check$': '<rootDir>/scripts/jest/fast-check.cjs',
};

const modulePathIgnorePatterns = ['<rootDir>/.*/dist/', '<rootDir>/\\.cache/', '<rootDir>/\\.data/'];

/** Packages of the browser world that come as ES modules only. */
const esModules = [
  '@grafana/.*',
  '@wojtekmaj/.*',
  '@openfeature/.*',
  'd3(-[a-z-]+)?',
  'delaunator',
  'get-user-locale',
  'internmap',
  'marked',
  'memoize',
  'mimic-function',
  'ol',
  'quickselect',
  'rbush',
  'react-calendar',
  'react-colorful',
  'robust-predicates',
  'rxjs',
  'uuid',
];

/** The same of the backend's. */
const transformIgnorePatterns = ['node_modules/(?!jose/)'];

/** @type {import('jest').Config} */
module.exports = {
  projects: [
    {
      displayName: 'unit',
      rootDir: __dirname,
      testEnvironment: 'node',
      roots: [
        '<rootDir>/contracts',
        '<rootDir>/backend/src',
        '<rootDir>/grafana-plugins/workbench',
        '<rootDir>/scripts',
      ],
      testMatch: ['**/*.test.ts', '**/*.test.mjs'],
      testPathIgnorePatterns: ['/node_modules/', '/dist/', '<rootDir>/grafana-plugins/workbench/src/'],
      modulePathIgnorePatterns,
      moduleNameMapper,
      transform,
      transformIgnorePatterns,
    },
    {
      displayName: 'plugins',
      rootDir: __dirname,
      testEnvironment: 'jsdom',
      roots: [
        '<rootDir>/grafana-plugins/shared',
        '<rootDir>/grafana-plugins/datasource',
        '<rootDir>/grafana-plugins/panels',
        '<rootDir>/grafana-plugins/app',
        '<rootDir>/grafana-plugins/workbench/src',
      ].filter((root) => require('node:fs').existsSync(root.replace('<rootDir>', __dirname))),
      testMatch: ['**/*.test.ts', '**/*.test.tsx'],
      testPathIgnorePatterns: ['/node_modules/', '/dist/'],
      modulePathIgnorePatterns,
      moduleNameMapper: {
        '\\.(css|scss|svg|png)$': '<rootDir>/scripts/jest/empty-module.cjs',
        // Grafana's packages import it for a hook that nothing here calls, and it comes as an ES module only.
        '^@react-hookz/web$': '<rootDir>/scripts/jest/empty-module.cjs',
        '^react-inlinesvg$': '<rootDir>/scripts/jest/no-icon.cjs',
        ...moduleNameMapper,
      },
      transform,
      transformIgnorePatterns: [`node_modules/(?!(.*/)?(${esModules.join('|')})/)`],
      setupFilesAfterEnv: ['<rootDir>/scripts/jest/setup-browser.cjs'],
    },
    {
      displayName: 'integration',
      rootDir: __dirname,
      testEnvironment: 'node',
      roots: ['<rootDir>/backend/test'],
      testMatch: ['**/*.int.test.ts'],
      modulePathIgnorePatterns,
      moduleNameMapper,
      transform,
      transformIgnorePatterns,
      // Jest reads no `testTimeout` of a project.
      setupFilesAfterEnv: ['<rootDir>/scripts/jest/allow-time.cjs'],
    },
  ],
};
