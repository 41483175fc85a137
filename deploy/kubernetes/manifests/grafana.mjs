import { images, labelsOf, namespace, roleOf, selectorOf } from './roles.mjs';
import { containerSecurity, podSecurity, secretMount, secretVolume } from './pods.mjs';

export const grafanaPort = 3000;
const labels = labelsOf('grafana', 'grafana');
const url = (name) => `http://${name}:${roleOf(name).port}`;

const environment = {
  GF_SERVER_ROOT_URL: 'http://localhost:3000',
  GF_SECURITY_ADMIN_PASSWORD__FILE: '/run/secrets/grafana_admin_password',
  GF_USERS_ALLOW_SIGN_UP: 'false',
  GF_ANALYTICS_REPORTING_ENABLED: 'false',
  GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
  GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
  GF_PLUGINS_PREINSTALL_DISABLED: 'true',
  GF_LOG_MODE: 'console',
  CODITECT_METRICS_URL: url('metrics-service'),
  CODITECT_REPORTING_URL: url('reporting-service'),
  // Grafana reads the file when it reads the data source.
  CODITECT_READ_KEY: '$__file{/run/secrets/grafana_key}',
  // Of the Prometheus operator.
  PROMETHEUS_URL: 'http://prometheus-operated.monitoring:9090',
};

const health = { httpGet: { path: '/api/health', port: 'http' } };

/** One: its SQLite can't be shared. With a database of its own (GF_DATABASE_*), as many as you like. */
export const grafana = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'grafana', namespace, labels },
    spec: {
      replicas: 1,
      revisionHistoryLimit: 3,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: selectorOf('grafana') },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: 'coditect',
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: podSecurity(472),
          containers: [
            {
              name: 'grafana',
              image: images.grafana,
              ports: [{ name: 'http', containerPort: grafanaPort }],
              env: Object.entries(environment).map(([name, value]) => ({ name, value })),
              volumeMounts: [
                secretMount,
                { name: 'scratch', mountPath: '/tmp' },
                { name: 'data', mountPath: '/var/lib/grafana' },
              ],
              resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { memory: '1Gi' } },
              startupProbe: { ...health, periodSeconds: 5, failureThreshold: 36 },
              livenessProbe: { ...health, periodSeconds: 15, timeoutSeconds: 5, failureThreshold: 4 },
              readinessProbe: { ...health, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 2 },
              securityContext: containerSecurity,
            },
          ],
          volumes: [
            secretVolume(['grafana_admin_password', 'grafana_key']),
            { name: 'scratch', emptyDir: { sizeLimit: '64Mi' } },
            { name: 'data', persistentVolumeClaim: { claimName: 'grafana' } },
          ],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'grafana', namespace, labels },
    spec: {
      selector: selectorOf('grafana'),
      ports: [{ name: 'http', port: grafanaPort, targetPort: 'http' }],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'grafana', namespace, labels },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } },
  },
];
