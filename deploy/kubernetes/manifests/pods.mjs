import { images, labelsOf, namespace, roleSecrets, secretName, selectorOf } from './roles.mjs';

/** Of the image: nobody's, and it may write nothing but what is mounted. */
const user = 10001;
const secretsFolder = '/run/secrets';

export const podSecurity = (id) => ({
  runAsNonRoot: true,
  runAsUser: id,
  runAsGroup: id,
  fsGroup: id,
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
});

export const containerSecurity = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/** Spread over zones as far as there are any, and over machines. */
export function spreadOf(name) {
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selectorOf(name) },
  }));
}

/** The kubelet asks by itself: no process is started in the container, as Compose has to. */
function probesOf(port) {
  const get = (path) => ({ httpGet: { path, port } });
  return {
    // A role brings tables up to date before it listens, and waits a minute for a broker.
    startupProbe: { ...get('/healthz'), periodSeconds: 5, failureThreshold: 60 },
    livenessProbe: { ...get('/healthz'), periodSeconds: 15, timeoutSeconds: 5, failureThreshold: 4 },
    readinessProbe: { ...get('/readyz'), periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 2 },
  };
}

export function secretEnvironment() {
  return Object.entries(roleSecrets).map(([key, name]) => ({ name, value: `${secretsFolder}/${key}` }));
}

/** Files, so that none is in the environment of a process. */
export function secretVolume(keys) {
  return {
    name: 'secrets',
    secret: { secretName, defaultMode: 0o440, items: keys.map((key) => ({ key, path: key })) },
  };
}

export const secretMount = { name: 'secrets', mountPath: secretsFolder, readOnly: true };

/** Own KPIs and goals, where somebody made these. */
const definitions = ['kpis', 'goals'];

/** The pod of our image that runs a command. */
export function backendPod({ name, args, keys, container, files }) {
  const mounts = [
    secretMount,
    { name: 'scratch', mountPath: '/tmp' },
    { name: 'data', mountPath: '/var/lib/coditect' },
    ...definitions.map((kind) => ({ name: kind, mountPath: `/etc/coditect/${kind}`, readOnly: true })),
  ];
  return {
    serviceAccountName: 'coditect',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: podSecurity(user),
    containers: [
      {
        name,
        image: images.backend,
        args,
        envFrom: [{ configMapRef: { name: 'coditect' } }],
        env: secretEnvironment(),
        volumeMounts: mounts,
        securityContext: containerSecurity,
        ...container,
      },
    ],
    volumes: [
      secretVolume(keys),
      { name: 'scratch', emptyDir: { sizeLimit: '256Mi' } },
      { name: 'data', ...(files ?? { emptyDir: { sizeLimit: '64Mi' } }) },
      ...definitions.map((kind) => ({ name: kind, configMap: { name: `coditect-${kind}`, optional: true } })),
    ],
  };
}

export function deploymentOf(role) {
  const { cpu, hasFiles, memory, name, port } = role;
  const pod = backendPod({
    name,
    args: ['run', name],
    keys: Object.keys(roleSecrets),
    files: hasFiles === true ? { persistentVolumeClaim: { claimName: 'reports' } } : undefined,
    container: {
      ports: [{ name: 'http', containerPort: port }],
      resources: { requests: { cpu, memory }, limits: { memory } },
      ...probesOf('http'),
    },
  });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels: labelsOf(name) },
    spec: {
      // No `replicas`: what scales it says how many, and an apply would undo that.
      revisionHistoryLimit: 3,
      selector: { matchLabels: selectorOf(name) },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: { labels: labelsOf(name) },
        spec: {
          ...pod,
          // Above CLOSE_DELAY_MS and three times CLOSE_TIMEOUT_MS: docs/operations.md, "Stopping and replacing".
          terminationGracePeriodSeconds: 45,
          topologySpreadConstraints: spreadOf(name),
        },
      },
    },
  };
}

export function serviceOf({ name, port }) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: labelsOf(name) },
    spec: { selector: selectorOf(name), ports: [{ name: 'http', port, targetPort: 'http' }] },
  };
}

export function budgetOf({ name }) {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace, labels: labelsOf(name) },
    spec: {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: selectorOf(name) },
    },
  };
}
