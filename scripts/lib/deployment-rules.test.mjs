import { readCompose, readDockerfile, listVariables } from './deployment.mjs';
import { checkCompose, checkDockerfile, checkScraping } from './deployment-rules.mjs';

const root = process.cwd();
const known = {
  all: new Set(['LOG_LEVEL', 'DATABASE_URL', 'DATABASE_URL_FILE']),
  secrets: new Set(['DATABASE_URL']),
};
const context = { known, root, ownImages: ['backend'] };

const sound = {
  image: 'rabbitmq:4.2.9',
  security_opt: ['no-new-privileges:true'],
  healthcheck: { test: ['CMD', 'true'] },
  deploy: { resources: { limits: { cpus: '1', memory: '1g' } } },
};
const ofService = (changes) =>
  checkCompose(
    { services: { it: { ...sound, ...changes } }, volumes: {}, secrets: {}, networks: {} },
    context,
  );

it('has nothing to say of a sound service', () => {
  expect(ofService({})).toEqual([]);
});

it.each([
  ['an image of any version', { image: 'rabbitmq:latest' }, 'the image rabbitmq:latest is not pinned'],
  ['an image without a version', { image: 'rabbitmq' }, 'the image rabbitmq is not pinned'],
  ['no limits', { deploy: {} }, 'has no limits of CPU and memory'],
  ['no health check', { healthcheck: undefined }, 'has no healthcheck'],
  ['a password', { environment: { DB_PASSWORD: 'x' } }, 'DB_PASSWORD holds a secret'],
  [
    'an address with a user',
    { environment: { DATABASE_URL: 'postgres://a:b@c/d' } },
    'DATABASE_URL holds a secret',
  ],
  ['an open port', { ports: ['3000:3000'] }, 'listens beyond this machine by default: 3000:3000'],
  ['a mount of nothing', { volumes: ['./nowhere:/x:ro'] }, './nowhere is mounted and does not exist'],
  [
    'a variable that there is not',
    { build: { target: 'backend' }, read_only: true, cap_drop: ['ALL'], environment: { LOG_LEVLE: 'info' } },
    'there is no variable LOG_LEVLE',
  ],
  [
    'a role that writes where it should not',
    { build: { target: 'backend' }, cap_drop: ['ALL'] },
    'writes into its root file system',
  ],
])('finds %s', (_what, changes, sentence) => {
  expect(ofService(changes)).toEqual([`it: ${sentence}`]);
});

it('finds a secret that is read where it is not given', () => {
  expect(ofService({ environment: { LOG_LEVEL: '/run/secrets/other' } })).toEqual([
    'secrets: /run/secrets/other is read where it is not given',
  ]);
});

it('reads variables with their defaults, and an escaped one as none', () => {
  expect(listVariables('${A:-1} ${B} $${C} ${D:?}')).toEqual([
    { name: 'A', fallback: '1', isRequired: false },
    { name: 'B', fallback: undefined, isRequired: false },
    { name: 'D', fallback: undefined, isRequired: true },
  ]);
});

it('finds a plugin that the image of Grafana lacks', () => {
  const pluginIds = ['coditect-kpi-panel', 'coditect-new-panel'];
  const all = new Set(['LISTEN_HOST', 'DATA_DIR', 'GOALS_DIR', 'KPI_DIR']);
  const found = checkDockerfile(readDockerfile(), { known: { ...known, all }, root, pluginIds });
  expect(found).toEqual(['grafana: the plugin coditect-new-panel is missing']);
});

it('finds a role that Prometheus scrapes at another port', () => {
  const job = (name, port) => ({ job_name: name, dns_sd_configs: [{ names: [name], type: 'A', port }] });
  const prometheus = { scrape_configs: [job('collector', 4318), job('stream-processor', 4318)] };
  const compose = {
    services: { a: { command: ['run', 'collector'] }, b: { command: ['run', 'stream-processor'] }, c: {} },
  };
  const ports = new Map([
    ['collector', 4318],
    ['stream-processor', 4326],
  ]);
  expect(checkScraping(prometheus, compose, ports)).toEqual([
    'prometheus: does not scrape stream-processor at port 4326',
  ]);
});

it('merges what roles have in common', () => {
  const { collector } = readCompose({ LOG_LEVEL: 'debug' }).services;
  expect(collector).toMatchObject({ read_only: true, environment: { LOG_LEVEL: 'debug' } });
});
