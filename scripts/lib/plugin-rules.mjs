// What Grafana's plugin validator looks at and what can be told from a built folder alone. The validator's npm package
// only fetches a program from elsewhere, so the rules are written down here; signing is none of them.

const idPattern = /^[0-9a-z]+-(?:[0-9a-z]+-)*(app|panel|datasource)$/u;
const versionPattern = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/u;
const trackers = [
  'google-analytics.com',
  'googletagmanager.com',
  'hotjar.com',
  'cdn.segment.com',
  'mixpanel.com',
];
const forbiddenCode = [
  ['grafanaBootData', 'reads the boot data of the page'],
  ['document.write(', 'writes into the document'],
  ['window.__grafana', "reads Grafana's own globals"],
];

const text = (files, name) => files.get(name)?.toString('utf8') ?? '';

/**
 * @param {{ files: Map<string, Buffer>, version: string }} plugin the files of `dist/` by their relative names
 * @returns {Array<{ rule: string, severity: 'error' | 'warning', message: string }>}
 */
export function checkPlugin({ files, version }) {
  const findings = [];
  const report = (rule, isWrong, message, severity = 'error') => {
    if (isWrong) findings.push({ rule, severity, message });
  };
  checkArchive(files, report);
  const manifest = readManifest(files, report);
  if (manifest !== undefined) {
    checkMetadata(manifest, version, report);
    checkPictures(manifest, files, report);
    checkLinks(manifest, files, report);
    checkReadmePictures(manifest.id, files, report);
  }
  checkTexts(files, report);
  checkCode(files, report);
  return findings;
}

function checkArchive(files, report) {
  for (const name of ['plugin.json', 'module.js', 'README.md', 'CHANGELOG.md', 'LICENSE'])
    report('archive', !files.has(name), `${name} is missing`);
  for (const name of files.keys()) {
    const isHidden = name.split('/').some((part) => part.startsWith('.'));
    report('archive', isHidden || name.includes('node_modules/'), `${name} has no business in the archive`);
  }
}

function readManifest(files, report) {
  try {
    return JSON.parse(text(files, 'plugin.json'));
  } catch (error) {
    report('metadata', true, `plugin.json cannot be read: ${error.message}`);
    return undefined;
  }
}

function checkMetadata({ id = '', type, name, info = {}, dependencies = {} }, version, report) {
  report('metadata', idPattern.exec(id)?.[1] !== type, `the id "${id}" must be <org>-<name>-${type}`);
  report('metadata', !name, 'the name is missing');
  report('metadata', !info.description, 'info.description is missing');
  report('metadata', !info.author?.name, 'info.author.name is missing');
  report('metadata', !(info.keywords?.length > 0), 'info.keywords is empty');
  report('metadata', !versionPattern.test(info.version ?? ''), `"${info.version}" is no version`);
  report('metadata', info.version !== version, `plugin.json says ${info.version}, package.json ${version}`);
  report('metadata', !/^\d{4}-\d{2}-\d{2}$/u.test(info.updated ?? ''), `"${info.updated}" is no date`);
  report('metadata', !dependencies.grafanaDependency, 'dependencies.grafanaDependency is missing');
}

function checkPictures({ info = {} }, files, report) {
  for (const size of ['small', 'large']) {
    const logo = info.logos?.[size] ?? '';
    report('logos', !files.has(logo), `the ${size} logo "${logo}" is not in the archive`);
    report('logos', !/\.(?:svg|png)$/u.test(logo), `the ${size} logo must be SVG or PNG`);
  }
  const screenshots = info.screenshots ?? [];
  report('screenshots', screenshots.length === 0, 'no screenshots: the catalogue wants some', 'warning');
  for (const { path = '' } of screenshots)
    report('screenshots', !files.has(path), `the screenshot "${path}" is not in the archive`);
}

function checkLinks({ info = {} }, files, report) {
  for (const { url = '' } of info.links ?? [])
    report('links', !url.startsWith('https://'), `the link "${url}" is not https`);
  // The catalogue shows the README at another address, where relative links lead nowhere.
  for (const [, target] of text(files, 'README.md').matchAll(/\]\(([^)\s]+)/gu))
    report(
      'links',
      !/^(?:https:\/\/|#|mailto:)/u.test(target),
      `README.md has the relative link "${target}"`,
    );
}

/** Pictures of a README are found where Grafana serves the plugin's own files. */
function checkReadmePictures(id, files, report) {
  const root = `/public/plugins/${id}/`;
  for (const [, source] of text(files, 'README.md').matchAll(/<img[^>]*\ssrc="([^"]*)"/gu)) {
    const isThere = source.startsWith(root) && files.has(source.slice(root.length));
    report('screenshots', !isThere, `README.md shows "${source}", which is not in the archive`);
  }
}

function checkTexts(files, report) {
  const readme = text(files, 'README.md');
  report('readme', readme.length < 400, 'README.md says too little');
  report('readme', /This is a template|TODO/u.test(readme), 'README.md is a template');
  report('changelog', !/^## /mu.test(text(files, 'CHANGELOG.md')), 'CHANGELOG.md names no version');
  report('license', !text(files, 'LICENSE').includes('Apache License'), 'LICENSE is not the declared one');
}

function checkCode(files, report) {
  for (const [name, content] of files) {
    if (!name.endsWith('.js')) continue;
    const code = content.toString('utf8');
    for (const [part, what] of forbiddenCode) report('code', code.includes(part), `${name} ${what}`);
    for (const tracker of trackers) report('tracking', code.includes(tracker), `${name} names ${tracker}`);
    checkSourceMap(name, files, report);
  }
}

/** The validator compares sources with maps: each script has one, and it holds our sources. */
function checkSourceMap(name, files, report) {
  const map = files.get(`${name}.map`);
  if (map === undefined) {
    report('source map', true, `${name} has no source map`);
    return;
  }
  const { sources = [], sourcesContent = [] } = JSON.parse(map.toString('utf8'));
  const isWhole = sources.length === sourcesContent.length && sourcesContent.every((part) => part !== null);
  report('source map', !isWhole, `the source map of ${name} lacks sources`);
}
