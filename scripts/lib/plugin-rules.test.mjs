import { checkPlugin } from './plugin-rules.mjs';

const manifest = {
  id: 'coditect-kpi-panel',
  type: 'panel',
  name: 'KPI',
  info: {
    description: 'Shows one.',
    author: { name: 'CODITECT' },
    keywords: ['kpi'],
    version: '1.2.3',
    updated: '2026-01-02',
    logos: { small: 'img/logo.svg', large: 'img/logo.svg' },
    screenshots: [{ name: 'One', path: 'img/one.png' }],
    links: [{ name: 'Docs', url: 'https://example.com' }],
  },
  dependencies: { grafanaDependency: '>=12.3.0' },
};

function pluginOf(changes = {}, info = {}) {
  const files = {
    'plugin.json': JSON.stringify({ ...manifest, info: { ...manifest.info, ...info } }),
    'module.js': 'define([], function () {});',
    'module.js.map': JSON.stringify({ sources: ['a.ts'], sourcesContent: ['1'] }),
    'README.md': `# KPI\n${'It shows a KPI. '.repeat(40)}[docs](https://example.com) [below](#below)`,
    'CHANGELOG.md': '# Changelog\n\n## 1.2.3\n',
    LICENSE: 'Apache License',
    'img/logo.svg': '<svg/>',
    'img/one.png': 'png',
    ...changes,
  };
  const kept = Object.entries(files).filter(([, content]) => content !== undefined);
  return { version: '1.2.3', files: new Map(kept.map(([name, content]) => [name, Buffer.from(content)])) };
}

const rulesOf = (plugin) => checkPlugin(plugin).map(({ rule }) => rule);

describe('checkPlugin', () => {
  it('finds nothing in a plugin as it should be', () => {
    expect(checkPlugin(pluginOf())).toEqual([]);
  });

  it.each([
    ['a file that must be there is missing', { LICENSE: undefined }, {}, 'archive'],
    ['a hidden file is inside', { '.DS_Store': '' }, {}, 'archive'],
    ['the version is another one', {}, { version: '1.2.4' }, 'metadata'],
    ['a logo is missing', {}, { logos: { small: 'img/none.svg', large: 'img/logo.svg' } }, 'logos'],
    ['a screenshot is missing', { 'img/one.png': undefined }, {}, 'screenshots'],
    [
      'a picture of the README is missing',
      { 'README.md': `${'x'.repeat(500)} <img src="/public/plugins/other-id/img/one.png" />` },
      {},
      'screenshots',
    ],
    ['a link of the README is relative', { 'README.md': `${'x'.repeat(500)} [a](../b.md)` }, {}, 'links'],
    ['a script has no source map', { 'other.js': '' }, {}, 'source map'],
    ['a source map lacks sources', { 'module.js.map': '{"sources":["a.ts"]}' }, {}, 'source map'],
    ['a script names a tracker', { 'module.js': 'fetch("https://google-analytics.com")' }, {}, 'tracking'],
    ["a script reads the page's boot data", { 'module.js': 'window.grafanaBootData' }, {}, 'code'],
  ])('reports when %s', (_when, changes, info, rule) => {
    expect(rulesOf(pluginOf(changes, info))).toContain(rule);
  });

  it('only warns when there are no screenshots', () => {
    expect(checkPlugin(pluginOf({}, { screenshots: [] }))).toMatchObject([
      { rule: 'screenshots', severity: 'warning' },
    ]);
  });
});
