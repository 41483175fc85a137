import { labelsOf, namespace, partitions, roles, secretName, selectorOf } from './roles.mjs';

/** As the code names them: backend/src/messaging/rabbitmq/topology.ts. */
export function queuesOf(prefix, count) {
  return Array.from({ length: count }, (_, index) => `${prefix}.v1.p${index}of${count}`);
}

const login = 'broker';

/** Messages that wait in one partition before another processor is called. A message is up to 40,000 events. */
const messagesPerQueue = 50;

const authentication = {
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'TriggerAuthentication',
  metadata: { name: login, namespace, labels: labelsOf('coditect', 'scaling') },
  spec: { secretTargetRef: [{ parameter: 'host', name: secretName, key: 'rabbitmq_url' }] },
};

/** By the depth of queues. `partitions` of them: a processor more than that stands by. */
export function scaledObjects(count = partitions) {
  return roles
    .filter(({ scale }) => scale.by === 'queues')
    .map(({ name, scale }) => ({
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: { name, namespace, labels: labelsOf(name) },
      spec: {
        scaleTargetRef: { name },
        pollingInterval: 15,
        cooldownPeriod: 600,
        minReplicaCount: scale.min,
        maxReplicaCount: count,
        // A broker that can't be asked must not take processors away.
        fallback: { failureThreshold: 4, replicas: count },
        advanced: {
          // Going down moves partitions: slowly, one at a time.
          horizontalPodAutoscalerConfig: {
            behavior: {
              scaleDown: {
                stabilizationWindowSeconds: 600,
                policies: [{ type: 'Pods', value: 1, periodSeconds: 120 }],
              },
            },
          },
        },
        triggers: scale.queues
          .flatMap((prefix) => queuesOf(prefix, count))
          .map((queueName) => ({
            type: 'rabbitmq',
            metadata: { protocol: 'amqp', queueName, mode: 'QueueLength', value: String(messagesPerQueue) },
            authenticationRef: { name: login },
          })),
      },
    }));
}

export const keda = [authentication, ...scaledObjects()];

/** Jobs are named after the roles, as in deploy/prometheus: dashboards and alerts ask for these names. */
export const monitoring = [
  ...roles.map(({ name }) => ({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { name, namespace, labels: labelsOf(name) },
    spec: {
      jobLabel: 'app.kubernetes.io/name',
      selector: { matchLabels: selectorOf(name) },
      endpoints: [{ port: 'http', path: '/metrics', interval: '15s', scrapeTimeout: '10s' }],
    },
  })),
];
