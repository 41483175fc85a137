import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const host = process.env.WORKBENCH_HOST ?? 'grafana-13';
if (host !== 'grafana-13' && host !== 'grafana-12') {
  throw new Error(`WORKBENCH_HOST is "${host}"; it must be "grafana-13" or "grafana-12".`);
}

/** The package whose dependencies go into the page: this one, or the older pinned set that is installed apart. */
const hostDir = host === 'grafana-13' ? here : join(here, 'hosts/grafana-12');
const hostRequire = createRequire(join(hostDir, 'package.json'));

function packageDir(name) {
  const found = hostRequire.resolve
    .paths(name)
    .map((path) => join(path, name))
    .find(existsSync);
  if (found === undefined) {
    throw new Error(`${name} is not installed for ${host}: run npm ci in ${hostDir}`);
  }
  return found;
}

const versionOf = (name) => JSON.parse(readFileSync(join(packageDir(name), 'package.json'), 'utf8')).version;
const versions = {
  grafana: versionOf('@grafana/ui'),
  scenes: versionOf('@grafana/scenes'),
  react: versionOf('react'),
};

/** The one source imports packages by name; this makes the names mean the chosen host's packages. */
function resolveFromHost() {
  const isOwnSource = (file) => file.startsWith(join(here, 'src')) && !file.includes('node_modules');
  return {
    name: 'workbench-resolve-from-host',
    enforce: 'pre',
    async resolveId(source, importer) {
      const isBare = /^[@\w]/.test(source) && !source.startsWith('virtual:');
      if (!isBare || importer === undefined || !isOwnSource(importer)) {
        return null;
      }
      return this.resolve(source, join(hostDir, 'package.json'), { skipSelf: true });
    },
  };
}

/**
 * A few setters that Grafana itself calls are in the published packages but behind their exports map. They are
 * reached by file, which is unsupported: this is why the versions are pinned exactly.
 */
function grafanaInternals() {
  const id = 'virtual:grafana-internals';
  const file = (name, path) => JSON.stringify(join(packageDir(name), 'dist/esm', path));
  const optional = {
    initDataSourceInstanceSettings: ['@grafana/runtime', 'services/dataSource/settings.mjs'],
    setDataSourcePluginImporter: ['@grafana/runtime', 'services/dataSource/dataSource.mjs'],
  };
  const optionalLines = Object.entries(optional).map(([name, [pkg, path]]) =>
    existsSync(join(packageDir(pkg), 'dist/esm', path))
      ? `export { ${name} } from ${file(pkg, path)};`
      : `export const ${name} = () => {};`,
  );
  const code = [
    `export { initializeI18n, loadNamespacedResources } from ${file('@grafana/i18n', 'i18n.mjs')};`,
    `export { setPanelDataErrorView } from ${file('@grafana/runtime', 'components/PanelDataErrorView.mjs')};`,
    `export { setPanelRenderer } from ${file('@grafana/runtime', 'components/PanelRenderer.mjs')};`,
    `export { setPluginPage } from ${file('@grafana/runtime', 'components/PluginPage.mjs')};`,
    `export { setGetObservablePluginLinks } from ${file('@grafana/runtime', 'services/pluginExtensions/getObservablePluginLinks.mjs')};`,
    `export { setGetObservablePluginComponents } from ${file('@grafana/runtime', 'services/pluginExtensions/getObservablePluginComponents.mjs')};`,
    ...optionalLines,
  ].join('\n');
  return {
    name: 'workbench-grafana-internals',
    resolveId: (source) => (source === id ? `\0${id}` : null),
    load: (loaded) => (loaded === `\0${id}` ? code : null),
  };
}

/** The workers of the code editor, which Grafana starts for it. JSON is the only language of ours that needs its own. */
function monacoWorkers() {
  const id = 'virtual:monaco-workers';
  const file = (path) => JSON.stringify(`${join(packageDir('monaco-editor'), 'esm/vs', path)}?worker`);
  const code = [
    `export { default as EditorWorker } from ${file('editor/editor.worker.js')};`,
    `export { default as JsonWorker } from ${file('language/json/json.worker.js')};`,
  ].join('\n');
  return {
    name: 'workbench-monaco-workers',
    resolveId: (source) => (source === id ? `\0${id}` : null),
    load: (loaded) => (loaded === `\0${id}` ? code : null),
  };
}

/** Icons that are in the page from the start, as Grafana has them: two hundred lines of a log would fetch one as often. */
function bundledIcons() {
  const id = 'virtual:bundled-icons';
  const ui = packageDir('@grafana/ui');
  const store = createRequire(join(ui, 'package.json'))
    .resolve('react-inlinesvg')
    .replace(/\.c?js$/, '.mjs');
  const names = (folder) => readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.svg'));
  const folders = [
    [join(here, 'icons'), 'unicons/'],
    [join(ui, 'dist/public/img/icons'), ''],
  ];
  const load = () => {
    const icons = Object.fromEntries(
      folders.flatMap(([folder, place]) =>
        names(folder).map((name) => [`${place}${name}`, readFileSync(join(folder, name), 'utf8')]),
      ),
    );
    return `export { cacheStore } from ${JSON.stringify(store)};\nexport const icons = ${JSON.stringify(icons)};`;
  };
  return {
    name: 'workbench-bundled-icons',
    resolveId: (source) => (source === id ? `\0${id}` : null),
    load: (loaded) => (loaded === `\0${id}` ? load() : null),
  };
}

const robotoMonoName = 'roboto/L0xTDF4xlVMF-BfR8bXMIhJHg45mwgGEFl0_3vrtSM1J-gEPT5Ese6hmHSh0mQ';

/** Icons and fonts that Grafana's packages fetch at run time, at the addresses where Grafana serves them. */
function publicFiles(outDir) {
  const fonts = [
    ['@fontsource/inter', 'inter-latin-400-normal', 'inter/Inter-Regular'],
    ['@fontsource/inter', 'inter-latin-500-normal', 'inter/Inter-Medium'],
    ['@fontsource/inter', 'inter-latin-400-italic', 'inter/Inter-Italic'],
    ['@fontsource/inter', 'inter-latin-500-italic', 'inter/Inter-MediumItalic'],
    // The name that Grafana's styles ask for, for every weight.
    ['@fontsource/roboto-mono', 'roboto-mono-latin-400-normal', robotoMonoName],
  ];
  return {
    name: 'workbench-public-files',
    writeBundle() {
      const icons = join(packageDir('@grafana/ui'), 'dist/public/img/icons');
      const iconsOut = join(outDir, 'public/build/img/icons');
      // The package does not ship every icon that its components name; ours fill the gaps that show.
      cpSync(join(here, 'icons'), join(iconsOut, 'unicons'), { recursive: true });
      cpSync(icons, iconsOut, { recursive: true });
      for (const [pkg, from, to] of fonts) {
        const target = join(outDir, 'public/fonts', `${to}.woff2`);
        mkdirSync(dirname(target), { recursive: true });
        cpSync(join(packageDir(pkg), 'files', `${from}.woff2`), target);
      }
      writeFileSync(join(outDir, 'versions.json'), `${JSON.stringify({ host, ...versions }, null, 2)}\n`);
    },
  };
}

const outDir = resolve(here, 'dist', host);

export default defineConfig({
  root: here,
  base: '/',
  publicDir: false,
  plugins: [resolveFromHost(), grafanaInternals(), monacoWorkers(), bundledIcons(), publicFiles(outDir)],
  define: {
    'process.env.NODE_ENV': '"production"',
    'process.env': '{}',
    global: 'globalThis',
    __GRAFANA_VERSION__: JSON.stringify(versions.grafana),
    __REACT_VERSION__: JSON.stringify(versions.react),
  },
  oxc: { jsx: { runtime: 'automatic' } },
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    minify: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 20_000,
    rolldownOptions: {
      // Directives such as "use client" mean nothing in a page that is all client.
      onwarn: (warning, warn) => (warning.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : warn(warning)),
      checks: { pluginTimings: false },
    },
  },
});
