// What can be known of deploy/kubernetes without a cluster: the schemas of Kubernetes, names of variables, ports, images,
// commands and queues as the code and docker-compose.yml have them. Reads the compiled configuration.
import { createRequire } from 'node:module';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { closeTimeoutMs, known, ports } from './lib/configuration.mjs';
import { readCompose } from './lib/deployment.mjs';
import { kubernetesFolder, readObjects } from './lib/kubernetes.mjs';
import { checkObjects } from './lib/kubernetes-rules.mjs';
import { checkSchemas } from './lib/kubernetes-types.mjs';

const require = createRequire(import.meta.url);
const topology = require('../backend/dist/messaging/rabbitmq/topology.js');

const product = ['base', 'components/keda', 'components/monitoring'].flatMap(readObjects);
const stores = readObjects('stores');
const compose = readCompose();
const { data: settings } = product.find(({ object }) => object.kind === 'ConfigMap').object;
const partitions = topology.partitionsOf(Number(settings.BUS_PARTITIONS));
const queues = {
  'stream-processor': [
    ...partitions.map((partition) => topology.eventsQueue('stream', partition)),
    ...partitions.map((partition) => topology.insertsQueue(partition)),
  ],
  'batch-processor': partitions.map((partition) => topology.eventsQueue('batch', partition)),
};
const graceMs = Number(settings.CLOSE_DELAY_MS) + 3 * closeTimeoutMs;

const wrong = [
  ...checkRendered(),
  ...(await checkSchemas([...product, ...stores])),
  ...checkObjects(
    product.map(({ object }) => object),
    { known, ports, compose, graceMs, queues },
  ),
  ...checkStoreImages(),
  ...checkOverlay(),
];
for (const sentence of wrong) process.stdout.write(`${sentence}\n`);
process.stdout.write(wrong.length === 0 ? 'deploy/kubernetes is sound.\n' : '');
process.exitCode = wrong.length === 0 ? 0 : 1;

function checkRendered() {
  const args = [path.join(kubernetesFolder, 'render.mjs'), '--check'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return status === 0 ? [] : [`${stdout}${stderr}`.trim()];
}

/** The same versions of the servers as everywhere else. TimescaleDB has an image of another maker there. */
function checkStoreImages() {
  const text = JSON.stringify(stores);
  return ['rabbitmq', 'clickhouse']
    .map((name) => compose.services[name].image)
    .filter((image) => !text.includes(`"${image}"`))
    .map((image) => `deploy/kubernetes/stores: ${image} of docker-compose.yml is not there`);
}

/** The overlay names the cluster that the stores have. */
function checkOverlay() {
  const { cluster, replica } = readOverlay();
  const installation = stores.find(({ object }) => object.kind === 'ClickHouseInstallation').object;
  const names = installation.spec.configuration.clusters.map(({ name }) => name);
  return [
    ...(names.includes(cluster) ? [] : [`CLICKHOUSE_CLUSTER is ${cluster}, and there is ${names.join()}`]),
    ...(known.all.has(replica) ? [] : [`there is no variable ${replica}`]),
  ];
}

function readOverlay() {
  const read = (file) =>
    parse(fs.readFileSync(path.join(kubernetesFolder, 'overlays/cluster', file), 'utf8'));
  const [addition] = read('reports-from-replica.yaml');
  return { cluster: read('settings.yaml').data.CLICKHOUSE_CLUSTER, replica: addition.value.name };
}
