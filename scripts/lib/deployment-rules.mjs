import fs from 'node:fs';
import path from 'node:path';
import { environmentOf, readCopy, readExec } from './deployment.mjs';

const pinned = /^[\w./-]+:v?\d+\.\d+(\.\d+)*([.-][\w.]+)*$/u;
/** What may hold a secret: it comes from a file or it is empty. */
const secretName = /(PASSWORD|SECRET|TOKEN|KEY|_URL)$/u;

/**
 * What is wrong with the compose file, as sentences. `known` is what the product's configuration has: all names, and
 * those of secrets.
 */
export function checkCompose(compose, { known, root, ownImages }) {
  const services = Object.entries(compose.services);
  return [
    ...services.flatMap(([name, service]) => checkService(name, service, { known, ownImages })),
    ...services.flatMap(([name, service]) => checkMounts(name, service, root)),
    ...checkNames(compose),
  ];
}

function checkService(name, service, context) {
  const isOurs = context.ownImages.includes(service.build?.target);
  const { cpus, memory } = service.deploy?.resources?.limits ?? {};
  const demands = [
    [isOurs || pinned.test(service.image), `the image ${service.image} is not pinned`],
    [cpus !== undefined && memory !== undefined, 'has no limits of CPU and memory'],
    [service.healthcheck !== undefined, 'has no healthcheck'],
    [service.security_opt?.includes('no-new-privileges:true'), 'may gain privileges'],
    [!isOurs || service.read_only === true, 'writes into its root file system'],
    [!isOurs || service.cap_drop?.includes('ALL'), 'keeps capabilities'],
    ...(service.ports ?? []).map((port) => [
      port.startsWith('127.0.0.1:'),
      `listens beyond this machine by default: ${port}`,
    ]),
  ];
  const wrong = demands.filter(([isMet]) => !isMet).map(([, sentence]) => sentence);
  return [...wrong, ...checkEnvironment(service, context)].map((sentence) => `${name}: ${sentence}`);
}

function checkEnvironment({ build, environment = {} }, { known }) {
  const entries = Object.entries(environment);
  const names = build?.target === 'backend' ? Object.keys(environment) : [];
  return [
    ...entries
      .filter(([variable, value]) => isSecretInTheOpen(variable, String(value), known))
      .map(([variable]) => `${variable} holds a secret`),
    ...names
      .filter((variable) => !known.all.has(variable))
      .map((variable) => `there is no variable ${variable}`),
  ];
}

function isSecretInTheOpen(variable, value, known) {
  if (value === '' || value.includes('/run/secrets/')) return false;
  // An address without a user holds none.
  if (/^https?:\/\/[^@]*$/u.test(value)) return false;
  return known.secrets.has(variable) || secretName.test(variable);
}

function checkMounts(name, service, root) {
  const sources = (service.volumes ?? []).map((volume) => volume.split(':')[0]);
  return sources
    .filter((source) => source.startsWith('.') && !fs.existsSync(path.join(root, source)))
    .map((source) => `${name}: ${source} is mounted and does not exist`);
}

/** Every volume, secret, network and service that is named is declared, and the other way round. */
function checkNames(compose) {
  const services = Object.values(compose.services);
  const used = {
    volumes: services
      .flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0]))
      .filter((source) => /^\w/u.test(source)),
    secrets: services.flatMap(({ secrets = [] }) => secrets.map((secret) => secret.source ?? secret)),
    networks: services.flatMap(({ networks = [] }) => networks),
  };
  const wrong = Object.entries(used).flatMap(([kind, names]) => {
    const declared = Object.keys(compose[kind]);
    return [
      ...names.filter((name) => !declared.includes(name)).map((name) => `${kind}: ${name} is not declared`),
      ...declared.filter((name) => !names.includes(name)).map((name) => `${kind}: ${name} is not used`),
    ];
  });
  const files = services.flatMap(({ environment = {}, command = [], secrets = [] }) => {
    const given = secrets.map((secret) => secret.source ?? secret);
    const named = [...Object.values(environment), ...command].flatMap((text) =>
      [...String(text).matchAll(/\/run\/secrets\/(\w+)/gu)].map(([, secret]) => secret),
    );
    return named.filter((secret) => !given.includes(secret));
  });
  return [...wrong, ...files.map((name) => `secrets: /run/secrets/${name} is read where it is not given`)];
}

/** Every role is scraped under its name, at its port. `ports` has the port of each role. */
export function checkScraping(prometheus, compose, ports) {
  const roles = Object.values(compose.services)
    .filter(({ command }) => command?.[0] === 'run')
    .map(({ command }) => command[1]);
  return roles
    .filter((role) => {
      const job = prometheus.scrape_configs.find(({ job_name: name }) => name === role);
      return !job?.dns_sd_configs?.some(
        ({ names, port }) => names.includes(role) && port === ports.get(role),
      );
    })
    .map((role) => `prometheus: does not scrape ${role} at port ${ports.get(role)}`);
}

/** What is wrong with the stages of the Dockerfile, as sentences. */
export function checkDockerfile(stages, { known, pluginIds, root }) {
  const stageOf = (wanted) => stages.find(({ name }) => name === wanted);
  const copies = stages.flatMap(({ name, instructions }) =>
    instructions
      .filter(({ keyword }) => keyword === 'COPY')
      .map(({ args }) => ({ stage: name, ...readCopy(args) })),
  );
  return [
    ...stages.filter(({ from }) => !pinned.test(from)).map(({ from }) => `${from} is not pinned`),
    ...checkBackendStage(stageOf('backend'), known),
    ...copies.flatMap((copy) => checkCopy(copy, { stages, root })),
    ...checkGrafanaStage(stageOf('grafana'), { copies, pluginIds }),
  ];
}

function checkBackendStage(stage, known) {
  const user = stage.instructions.find(({ keyword }) => keyword === 'USER')?.args ?? 'root';
  const unknown = Object.keys(environmentOf(stage)).filter(
    (name) => !known.all.has(name) && !name.startsWith('NODE_'),
  );
  return [
    ...(/^(root|0)/u.test(user) ? ['backend: runs as root'] : []),
    ...(readExec(stage, 'HEALTHCHECK') === undefined ? ['backend: has no health check'] : []),
    ...unknown.map((name) => `backend: there is no variable ${name}`),
  ];
}

function checkGrafanaStage(stage, { copies, pluginIds }) {
  const allowed = environmentOf(stage).GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS.split(',');
  const copied = copies
    .filter(({ stage: name }) => name === 'grafana')
    .map(({ target }) => path.basename(target));
  return pluginIds
    .filter((id) => !allowed.includes(id) || !copied.includes(id))
    .map((id) => `grafana: the plugin ${id} is missing`);
}

function checkCopy({ from, sources, stage }, { stages, root }) {
  if (from !== undefined)
    return stages.some(({ name }) => name === from)
      ? []
      : [`${stage}: copies from ${from}, which is no stage`];
  return sources
    .filter((source) => !fs.existsSync(path.join(root, source)))
    .map((source) => `${stage}: copies ${source}, which does not exist`);
}
