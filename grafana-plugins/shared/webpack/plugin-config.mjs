import { readFileSync } from 'node:fs';
import path from 'node:path';
import CopyPlugin from 'copy-webpack-plugin';
import TerserPlugin from 'terser-webpack-plugin';

/**
 * The production build of one plugin, in the layout that Grafana's own scaffold has: `src/module.ts` becomes the AMD
 * library `dist/module.js`, and `dist/` also holds plugin.json, README, CHANGELOG, LICENSE, images and the source map.
 *
 * Everything the host shares stays external. `react/jsx-runtime` is one of these on purpose: a bundled copy from one
 * React major renders nothing under the other.
 *
 * @param {string} directory the plugin's workspace directory
 * @returns {import('webpack').Configuration}
 */
export function pluginConfig(directory) {
  const source = path.join(directory, 'src');
  const manifest = JSON.parse(readFileSync(path.join(source, 'plugin.json'), 'utf8'));
  const { version } = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
  return {
    name: manifest.id,
    mode: 'production',
    target: ['web', 'es2020'],
    context: source,
    devtool: 'source-map',
    entry: { module: './module.ts' },
    externals: [...sharedByHost],
    module: { rules: [typescriptRule(), { test: /\.(png|jpe?g|gif|svg)$/u, type: 'asset/resource' }] },
    resolve: {
      extensions: ['.ts', '.tsx', '.js', '.mjs'],
      extensionAlias: { '.js': ['.ts', '.tsx', '.js'] },
    },
    optimization: {
      minimize: true,
      minimizer: [
        new TerserPlugin({ extractComments: false, terserOptions: { format: { comments: false } } }),
      ],
    },
    output: {
      clean: true,
      path: path.join(directory, 'dist'),
      filename: '[name].js',
      chunkFilename: '[name].js?_cache=[contenthash]',
      library: { type: 'amd' },
      publicPath: `public/plugins/${manifest.id}/`,
      uniqueName: manifest.id,
    },
    performance: { hints: 'warning', maxAssetSize: 250_000, maxEntrypointSize: 250_000 },
    plugins: [new CopyPlugin({ patterns: copyPatterns(directory, version) })],
    stats: 'errors-warnings',
  };
}

/** Modules that Grafana hands to plugins at run time, in every version from 12.3 on. */
const sharedByHost = [
  'lodash',
  'jquery',
  'moment',
  'react',
  'react-dom',
  'react/jsx-runtime',
  'react-router',
  'react-router-dom',
  'redux',
  'react-redux',
  'rxjs',
  'rxjs/operators',
  'i18next',
  'emotion',
  '@emotion/css',
  '@emotion/react',
  'd3',
  'prismjs',
  /^@grafana\/ui/iu,
  /^@grafana\/runtime/iu,
  /^@grafana\/data/iu,
];

function typescriptRule() {
  return {
    test: /\.tsx?$/u,
    exclude: /node_modules/u,
    use: {
      loader: 'swc-loader',
      options: {
        jsc: {
          target: 'es2020',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic' } },
        },
      },
    },
  };
}

/** Today, unless SOURCE_DATE_EPOCH says which day it should be: then the same sources give the same bytes. */
function buildDate() {
  const seconds = process.env.SOURCE_DATE_EPOCH;
  return seconds === undefined ? new Date() : new Date(Number(seconds) * 1_000);
}

function copyPatterns(directory, version) {
  const today = buildDate().toISOString().slice(0, 10);
  const stamp = (content) => content.toString().replaceAll('%VERSION%', version).replaceAll('%TODAY%', today);
  return [
    { from: 'plugin.json', to: '.', transform: stamp },
    { from: 'img', to: 'img', noErrorOnMissing: true },
    { from: path.join(directory, 'README.md'), to: '.', transform: stamp },
    { from: path.join(directory, 'CHANGELOG.md'), to: '.' },
    { from: path.join(directory, 'LICENSE'), to: '[name]', toType: 'template' },
  ];
}
