import { readCompose } from './deployment.mjs';
import { readObjects } from './kubernetes.mjs';
import { checkObjects } from './kubernetes-rules.mjs';

const objects = ['base', 'components/keda', 'components/monitoring']
  .flatMap(readObjects)
  .map(({ object }) => object);

const namesIn = (object) => (object.spec?.template?.spec?.containers ?? []).flatMap(({ env = [] }) => env);
const settings = objects.find(({ kind }) => kind === 'ConfigMap').data;
const queuesOf = (role) =>
  objects
    .find(({ kind, metadata }) => kind === 'ScaledObject' && metadata.name === role)
    .spec.triggers.map(({ metadata }) => metadata.queueName);

const context = {
  known: {
    all: new Set([...objects.flatMap(namesIn).map(({ name }) => name), ...Object.keys(settings)]),
    secrets: new Set(['DATABASE_URL', 'REPORT_PAGE_URL']),
  },
  ports: new Map([
    ['collector', 4318],
    ['stream-processor', 4326],
    ['batch-processor', 4327],
    ['metrics-service', 4320],
    ['reporting-service', 4328],
  ]),
  compose: readCompose(),
  graceMs: 35_000,
  queues: {
    'stream-processor': queuesOf('stream-processor'),
    'batch-processor': queuesOf('batch-processor'),
  },
};

/** The objects with one of them changed. */
function whereOf(kind, name, change) {
  const changed = structuredClone(objects);
  change(changed.find((object) => object.kind === kind && object.metadata.name === name));
  return checkObjects(changed, context);
}
const container = (object) => object.spec.template.spec.containers[0];

it('has nothing to say of what is there', () => {
  expect(checkObjects(objects, context)).toEqual([]);
});

it('waits for as long as a role may take to stop', () => {
  expect(checkObjects(objects, { ...context, graceMs: 46_000 })).toContain(
    'Deployment collector: needs 46000 ms to stop',
  );
});

it.each([
  ['another image', (it) => (container(it).image += '1'), /the image is/],
  ['another command', (it) => container(it).args.push('x'), /the command is not that/],
  ['another port', (it) => (container(it).ports[0].containerPort = 1), /does not listen on 4318/],
  ['a wrong probe', (it) => (container(it).livenessProbe.httpGet.path = '/readyz'), /liveness is/],
  ['a variable that there is not', (it) => container(it).env.push({ name: 'X', value: '' }), /no variable X/],
  [
    'a secret in the open',
    (it) => container(it).env.push({ name: 'DATABASE_URL', value: 'postgres://a:b@c/d' }),
    /DATABASE_URL is a secret/,
  ],
  [
    'a secret that is not mounted',
    (it) => it.spec.template.spec.volumes[0].secret.items.pop(),
    /secrets_key is not mounted/,
  ],
  ['root', (it) => delete it.spec.template.spec.securityContext.runAsNonRoot, /may run as root/],
  ['a token', (it) => delete it.spec.template.spec.automountServiceAccountToken, /gets a token/],
  ['no memory limit', (it) => delete container(it).resources.limits, /no limit of memory/],
  ['little time to stop', (it) => (it.spec.template.spec.terminationGracePeriodSeconds = 30), /needs 35000/],
])('finds %s', (_what, change, sentence) => {
  const wrong = whereOf('Deployment', 'collector', change);
  expect(wrong.filter((line) => sentence.test(line))).toHaveLength(1);
});

it.each([
  ['ScaledObject', 'batch-processor', (it) => it.spec.triggers.pop(), 'by other queues than it reads'],
  [
    'ScaledObject',
    'batch-processor',
    (it) => (it.spec.scaleTargetRef.name = 'x'),
    'scales what is not there',
  ],
  ['PodDisruptionBudget', 'collector', (it) => (it.spec.selector.matchLabels.a = 'b'), 'selects no pod'],
  ['Service', 'collector', (it) => (it.spec.ports[0].port = 80), 'is not on port 4318'],
  ['NetworkPolicy', 'default-deny', (it) => it.spec.policyTypes.pop(), 'closes everything'],
  ['ServiceMonitor', 'collector', (it) => (it.spec.endpoints[0].port = 'x'), 'watches what is not there'],
  ['PersistentVolumeClaim', 'reports', (it) => (it.metadata.name = 'x'), 'claims what is not there'],
])('finds a wrong %s of %s', (kind, name, change, words) => {
  expect(whereOf(kind, name, change).filter((line) => line.includes(words))).not.toEqual([]);
});
