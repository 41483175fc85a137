import { isSelected, podLabelsOf, podOf } from './kubernetes.mjs';

/**
 * What is wrong with the objects of one namespace, as sentences. `known` is what the product's configuration has: names of
 * variables, and those of secrets.
 */
export function checkObjects(objects, { known, ports, compose, graceMs, queues }) {
  const workloads = objects.filter((object) => podOf(object) !== undefined);
  return [
    ...workloads.flatMap((object) => checkPod(object, { known, compose, objects })),
    ...objects.flatMap((object) => checkRole(object, { ports, graceMs })),
    ...objects.flatMap((object) => checkTargets(object, objects, workloads)),
    ...checkScalers(objects, { queues, ports }),
    ...checkDenial(objects),
  ];
}

const say = (object, sentences) =>
  sentences.map((sentence) => `${object.kind} ${object.metadata.name}: ${sentence}`);

/** Each demand that is not met, by its sentence. */
const unmet = (demands) => demands.filter(([isMet]) => isMet !== true).map(([, sentence]) => sentence);

function checkPod(object, { compose, known, objects }) {
  const pod = podOf(object);
  const [container] = pod.containers;
  const isOurs = container.name !== 'grafana';
  const service = compose.services[container.name];
  const wrong = unmet([
    [service !== undefined, 'is no service of docker-compose.yml'],
    [
      container.image === service?.image,
      `the image is ${container.image}, in docker-compose.yml ${service?.image}`,
    ],
    [
      !isOurs || JSON.stringify(container.args) === JSON.stringify(service?.command),
      `the command is not that of docker-compose.yml`,
    ],
    [pod.automountServiceAccountToken === false, 'gets a token for the API of the cluster'],
    [pod.securityContext?.runAsNonRoot === true, 'may run as root'],
    [pod.securityContext?.seccompProfile?.type === 'RuntimeDefault', 'may make any system call'],
    [container.securityContext?.readOnlyRootFilesystem, 'writes into its root file system'],
    [container.securityContext?.allowPrivilegeEscalation === false, 'may gain privileges'],
    [container.securityContext?.capabilities?.drop?.includes('ALL') === true, 'keeps capabilities'],
    [container.resources?.limits?.memory !== undefined, 'has no limit of memory'],
    [container.resources?.requests?.cpu !== undefined, 'asks for no CPU: nothing can be a share of it'],
    ...pod.volumes.map(({ name, persistentVolumeClaim: claim }) => [
      claim === undefined || isThere(objects, 'PersistentVolumeClaim', claim.claimName),
      `the volume ${name} claims what is not there`,
    ]),
    [isThere(objects, 'ServiceAccount', pod.serviceAccountName), 'has no service account'],
  ]);
  const environment = isOurs ? checkEnvironment(object, { known, objects }) : [];
  return say(object, [...wrong, ...environment, ...checkFiles(pod)]);
}

function checkEnvironment(object, { known, objects }) {
  const [container] = podOf(object).containers;
  const settings = (container.envFrom ?? []).map(({ configMapRef }) =>
    objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMapRef.name),
  );
  const entries = [
    ...(container.env ?? []).map(({ name, value }) => [name, value]),
    ...settings.flatMap((found) => Object.entries(found?.data ?? {})),
  ];
  return [
    ...unmet(settings.map((found) => [found !== undefined, 'takes settings from what is not there'])),
    ...entries.filter(([name]) => !known.all.has(name)).map(([name]) => `there is no variable ${name}`),
    ...entries
      // An address without a user holds none.
      .filter(([name, value]) => known.secrets.has(name) && !/^https?:\/\/[^@]*$/u.test(value))
      .map(([name]) => `${name} is a secret in the open`),
  ];
}

/** Every secret that is read is mounted, and nothing else is. */
function checkFiles({ containers: [{ args = [], env = [] }], volumes }) {
  const texts = [...args, ...env.map(({ value }) => value)].join(' ');
  const read = [...texts.matchAll(/\/run\/secrets\/(\w+)/gu)].map(([, key]) => key);
  const given = volumes.flatMap(({ secret }) => secret?.items?.map(({ key }) => key) ?? []);
  return [
    ...read.filter((key) => !given.includes(key)).map((key) => `/run/secrets/${key} is not mounted`),
    ...given.filter((key) => !read.includes(key)).map((key) => `the secret ${key} is mounted and not read`),
  ];
}

function checkRole(object, { graceMs, ports }) {
  const port = ports.get(object.metadata.name);
  if (port === undefined) return [];
  if (object.kind === 'Service')
    return say(object, unmet([[object.spec.ports[0].port === port, `is not on port ${port}`]]));
  if (object.kind !== 'Deployment') return [];
  const pod = podOf(object);
  const [container] = pod.containers;
  const asks = (probe, path) => container[probe]?.httpGet?.path === path;
  return say(
    object,
    unmet([
      [container.ports?.[0]?.containerPort === port, `does not listen on ${port}`],
      [asks('livenessProbe', '/healthz'), 'is ended when a store is away: liveness is /healthz'],
      [asks('readinessProbe', '/readyz'), 'readiness is /readyz'],
      [asks('startupProbe', '/healthz'), 'has no time to start'],
      [pod.terminationGracePeriodSeconds * 1_000 >= graceMs, `needs ${graceMs} ms to stop`],
      [pod.topologySpreadConstraints?.length > 0, 'is not spread'],
    ]),
  );
}

const isThere = (objects, kind, name) =>
  objects.some((object) => object.kind === kind && object.metadata.name === name);

/** What an object points at is there. */
function checkTargets(object, objects, workloads) {
  const { kind, spec = {} } = object;
  const labels = workloads.map(podLabelsOf);
  const selected = {
    Service: () => ({ matchLabels: spec.selector }),
    PodDisruptionBudget: () => spec.selector,
    NetworkPolicy: () => spec.podSelector,
  }[kind]?.();
  const demands = [
    [selected === undefined || labels.some((some) => isSelected(selected, some)), 'selects no pod'],
  ];
  if (spec.scaleTargetRef !== undefined)
    demands.push([isThere(objects, 'Deployment', spec.scaleTargetRef.name), 'scales what is not there']);
  if (kind === 'ServiceMonitor') {
    const services = objects.filter(
      (other) => other.kind === 'Service' && isSelected(spec.selector, other.metadata.labels),
    );
    demands.push([
      services.some(({ spec: { ports } }) => ports.some(({ name }) => name === spec.endpoints[0].port)),
      'watches what is not there',
    ]);
  }
  return say(object, unmet(demands));
}

/** Each role has one that scales it, and a budget; processors by the queues that the code declares. */
function checkScalers(objects, { ports, queues }) {
  const scalers = objects.filter(({ spec }) => spec?.scaleTargetRef !== undefined);
  const wrong = [...ports.keys()].flatMap((role) => {
    const [scaler, ...more] = scalers.filter(({ spec }) => spec.scaleTargetRef.name === role);
    const asked = scaler?.spec.triggers?.map(({ metadata }) => metadata.queueName);
    return unmet([
      [scaler !== undefined && more.length === 0, `${role} has ${scaler ? 'two scalers' : 'no scaler'}`],
      [isThere(objects, 'PodDisruptionBudget', role), `${role} has no budget of disruptions`],
      [
        asked === undefined || JSON.stringify(asked) === JSON.stringify(queues[role]),
        `${role} is scaled by other queues than it reads`,
      ],
    ]);
  });
  return wrong;
}

function checkDenial(objects) {
  const denial = objects.find(
    ({ kind, spec }) =>
      kind === 'NetworkPolicy' && Object.keys(spec.podSelector).length === 0 && !spec.ingress && !spec.egress,
  );
  return unmet([
    [
      denial?.spec.policyTypes.join() === 'Ingress,Egress',
      'no NetworkPolicy closes everything that is not named',
    ],
  ]);
}
