// npm run deploy:check: what can be known of docker-compose.yml and deploy/Dockerfile without Docker. The schema of
// compose files, pinned images, no secret in the open, limits, names that exist. Reads the compiled configuration.
import fs from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';
import { known, ports } from './lib/configuration.mjs';
import { listVariables, readCompose, readDockerfile } from './lib/deployment.mjs';
import { checkCompose, checkDockerfile, checkScraping } from './lib/deployment-rules.mjs';
import { root } from './lib/paths.mjs';

const read = (name) => fs.readFileSync(path.join(root, name), 'utf8');

const compose = readCompose();

const wrong = [
  ...checkSchema(),
  ...checkScraping(parse(read('deploy/prometheus/prometheus.yml')), compose, ports),
  ...checkDataSources(),
  ...checkCompose(compose, { known, root, ownImages: ['backend', 'grafana'] }),
  ...checkDockerfile(readDockerfile(), { known, root, pluginIds: readPluginIds() }),
  ...validate(read('deploy/Dockerfile'), {}).map(
    ({ message, range }) => `deploy/Dockerfile:${range.start.line + 1}: ${message}`,
  ),
  ...checkExample(),
];
for (const sentence of wrong) process.stdout.write(`${sentence}\n`);
process.stdout.write(wrong.length === 0 ? 'docker-compose.yml and deploy/Dockerfile are sound.\n' : '');
process.exitCode = wrong.length === 0 ? 0 : 1;

function checkSchema() {
  const script = path.join(root, 'node_modules/dclint/bin/dclint.cjs');
  const args = [script, '--config', path.join(root, 'deploy/dclint.json'), 'docker-compose.yml'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? [] : [`${stdout}${stderr}`.trim()];
}

/** Grafana has a value for each variable that its data sources name. */
function checkDataSources() {
  const given = compose.services.grafana.environment;
  const folder = 'provisioning/datasources';
  return fs
    .readdirSync(path.join(root, folder))
    .flatMap((file) =>
      listVariables(read(`${folder}/${file}`).replace(/#.*$/gmu, '')).map(({ name }) => ({ file, name })),
    )
    .filter(({ name }) => given[name] === undefined)
    .map(({ file, name }) => `${folder}/${file}: ${name} is not set in the compose file`);
}

/** .env.example tells of every variable of the compose file, with its default. */
function checkExample() {
  const told = new Map(
    [...read('.env.example').matchAll(/^(\w+)=(.*)$/gmu)].map(([, name, value]) => [name, value]),
  );
  const used = new Map(
    listVariables(read('docker-compose.yml')).map(({ name, fallback }) => [name, fallback]),
  );
  return [
    ...[...used]
      .filter(([name, fallback]) => told.get(name) !== (fallback ?? ''))
      .map(([name]) => `.env.example: ${name} is missing, or has another default`),
    ...[...told.keys()]
      .filter((name) => !used.has(name) && !name.startsWith('COMPOSE_'))
      .map((name) => `.env.example: ${name} is not used`),
  ];
}

function readPluginIds() {
  const folders = [
    'datasource',
    'app',
    ...fs.readdirSync(path.join(root, 'grafana-plugins/panels')).map((name) => `panels/${name}`),
  ];
  return folders
    .map((folder) => path.join(root, 'grafana-plugins', folder, 'src/plugin.json'))
    .filter((file) => fs.existsSync(file))
    .map((file) => JSON.parse(fs.readFileSync(file, 'utf8')).id);
}
