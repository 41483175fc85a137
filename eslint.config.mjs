import comments from '@eslint-community/eslint-plugin-eslint-comments';
import globals from 'globals';
import importX from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import sonarjs from 'eslint-plugin-sonarjs';
import tseslint from 'typescript-eslint';

// A rule is an error or it is off: the run must end without a warning. Limits and reasons: CONTRIBUTING.md.

const typescriptFiles = ['**/*.ts', '**/*.tsx'];
const scriptFiles = ['**/*.mjs', '**/*.cjs', '**/*.js'];
const testFiles = [
  '**/*.test.ts',
  '**/*.test.tsx',
  '**/*.fixture.ts',
  'backend/test/**',
  'backend/src/testkit/**',
  'grafana-plugins/e2e/**',
];
const pluginFiles = ['grafana-plugins/**/*.ts', 'grafana-plugins/**/*.tsx'];

const budget = {
  'max-lines': ['error', { max: 400 }],
  'max-lines-per-function': ['error', { max: 80 }],
  'sonarjs/cognitive-complexity': ['error', 11],
};

const disablesNeedReasons = {
  '@eslint-community/eslint-comments/require-description': ['error', { ignore: ['eslint-enable'] }],
  '@eslint-community/eslint-comments/no-unlimited-disable': 'error',
  '@eslint-community/eslint-comments/disable-enable-pair': 'error',
};

const noBarrels = {
  selector: 'ExportAllDeclaration',
  message: 'List each export by name: a barrel hides what a package offers.',
};
const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name. Only a tool that demands a default export gets one.',
};

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/',
      '**/dist/',
      '**/coverage/',
      '**/test-results/',
      '**/playwright-report/',
      '.cache/',
      '.data/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    plugins: { 'import-x': importX, sonarjs, '@eslint-community/eslint-comments': comments },
    rules: { ...budget, ...disablesNeedReasons },
  },

  // TypeScript, with types.
  ...tseslint.configs.recommendedTypeChecked.map((config) => ({ ...config, files: typescriptFiles })),
  {
    files: typescriptFiles,
    languageOptions: {
      parserOptions: { project: ['./tsconfig.test.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-syntax': ['error', noBarrels, noDefaultExport],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      // Casts are counted by scripts/ratchet.mjs; a literal is never worth one.
      '@typescript-eslint/consistent-type-assertions': [
        'error',
        { assertionStyle: 'as', objectLiteralTypeAssertions: 'never' },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Ports are objects of functions that know no `this`; taking one apart is how they are passed on.
      '@typescript-eslint/unbound-method': 'off',
      // `async` without `await` is how a function keeps a port that promises.
      '@typescript-eslint/require-await': 'off',
      'import-x/no-extraneous-dependencies': [
        'error',
        { devDependencies: [...testFiles, '**/*.config.ts', 'bench/**'], includeTypes: false },
      ],
    },
  },
  {
    files: [
      'contracts/src/**',
      'backend/src/**',
      'grafana-plugins/*/src/**',
      'grafana-plugins/panels/*/src/**',
    ],
    ignores: ['backend/src/platform/config.ts', ...testFiles],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only platform/config.ts reads the environment.' },
      ],
    },
  },

  // Plugins and the workbench: one program for all, with the browser's types.
  {
    files: pluginFiles,
    languageOptions: {
      parserOptions: { project: ['./tsconfig.plugins.json'], tsconfigRootDir: import.meta.dirname },
    },
  },
  {
    // Not the end-to-end tests: Playwright's fixtures call their continuation `use`.
    files: ['grafana-plugins/*/src/**', 'grafana-plugins/panels/*/src/**'],
    plugins: { 'react-hooks': reactHooks },
    rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'error' },
  },

  // Tests live by the same rules; a describe block is a function, so only its length is looser.
  {
    files: testFiles,
    rules: { 'max-lines-per-function': ['error', { max: 400 }] },
  },
  {
    files: ['**/*.config.ts', '**/*.config.mts'],
    rules: { 'no-restricted-syntax': ['error', noBarrels] },
  },

  // Scripts and configuration files: no types, and they talk to a terminal.
  {
    files: scriptFiles,
    languageOptions: { globals: globals.node, sourceType: 'module' },
    rules: {
      eqeqeq: 'error',
      'no-undef': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-unreachable': 'error',
      'no-fallthrough': 'error',
    },
  },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' } },
  { files: ['**/*.test.mjs'], languageOptions: { globals: globals.jest } },
  {
    files: [
      'grafana-plugins/workbench/src/**/*.js',
      'grafana-plugins/workbench/public/**/*.js',
      'scripts/jest/**',
    ],
    languageOptions: { globals: globals.browser },
  },
);
