import { labelsOf, namespace, partitions, roles, roleSecrets } from './roles.mjs';
import { backendPod, budgetOf, deploymentOf, serviceOf } from './pods.mjs';

/** What is the same for all roles. Names are those of docs/reference/configuration.md. */
const settings = {
  LOG_LEVEL: 'info',
  BUS_PARTITIONS: String(partitions),
  // Until every node knows that a pod is going: longer than on one machine.
  CLOSE_DELAY_MS: '5000',
  // Grafana, where a browser finds it: in mails and webhooks of reports.
  REPORT_PAGE_URL: 'http://localhost:3000/a/coditect-analytics-app/reports',
  // Grafana signs for which of its users it asks; the issuer is its GF_SERVER_ROOT_URL.
  GRAFANA_JWKS_URL: 'http://grafana:3000/api/signing-keys/keys',
  GRAFANA_ISSUER: 'http://localhost:3000',
  GRAFANA_AUDIENCE: 'org:1',
  // For the four cores that ClickHouse asks for; the defaults are for two.
  LIMIT_EVENTS_PER_SECOND: '2000',
  LIMIT_EVENTS_BURST: '20000',
  METRICS_SHARED_QUERIES_MAX: '2',
  METRICS_SHARED_WORK_MS_PER_SECOND: '500',
};

const account = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'coditect', namespace, labels: labelsOf('coditect', 'account') },
  // Nobody here speaks to the API of the cluster.
  automountServiceAccountToken: false,
};

export const shared = [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: namespace,
      labels: {
        'app.kubernetes.io/part-of': 'coditect',
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/warn': 'restricted',
      },
    },
  },
  account,
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'coditect', namespace, labels: labelsOf('coditect', 'settings') },
    data: settings,
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'reports', namespace, labels: labelsOf('reporting-service') },
    // Files of reports; all replicas write and read them.
    spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '20Gi' } } },
  },
];

const migrateKeys = { grafana_key: 'read,report', ingest_key: 'ingest' };

/** Tables of all stores, the first tenant, and the keys from the secret. Can be run again at any time. */
export const migration = [
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'migrate', namespace, labels: labelsOf('migrate', 'migration') },
    spec: {
      backoffLimit: 5,
      activeDeadlineSeconds: 900,
      // Gone before the next version is applied: a job can't be changed.
      ttlSecondsAfterFinished: 600,
      template: {
        metadata: { labels: labelsOf('migrate', 'migration') },
        spec: {
          ...backendPod({
            name: 'migrate',
            args: [
              'migrate',
              '--tenant',
              'acme',
              '--time-zone',
              'America/New_York',
              ...Object.entries(migrateKeys).flatMap(([key, scopes]) => [
                '--key-file',
                `${scopes}=/run/secrets/${key}`,
              ]),
            ],
            keys: [...Object.keys(roleSecrets), ...Object.keys(migrateKeys)],
            container: {
              resources: { requests: { cpu: '100m', memory: '512Mi' }, limits: { memory: '1Gi' } },
            },
          }),
          restartPolicy: 'OnFailure',
        },
      },
    },
  },
];

export const roleObjects = roles.map((role) => ({
  file: `${role.name}.yaml`,
  objects: [deploymentOf(role), serviceOf(role), budgetOf(role), ...scalerOf(role)],
}));

/** By CPU, which every cluster can tell. Processors are scaled by their queues: components/keda. */
function scalerOf({ name, scale }) {
  if (scale.by !== 'cpu') return [];
  return [
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name, namespace, labels: labelsOf(name) },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        minReplicas: scale.min,
        maxReplicas: scale.max,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: scale.percent } },
          },
        ],
        // Up at once, down slowly: a peak of the morning has several waves.
        behavior: { scaleDown: { stabilizationWindowSeconds: 600 } },
      },
    },
  ];
}
