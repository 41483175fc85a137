// What the roles are on Kubernetes. One list, from which every kind of object is made.

export const namespace = 'coditect';
export const storesNamespace = 'coditect-stores';
/** As in docker-compose.yml. */
export const images = {
  backend: 'coditect/analytics:0.1.0',
  grafana: 'coditect/analytics-grafana:0.1.0',
};
/** `BUS_PARTITIONS`: more processors than this stand by. */
export const partitions = 4;
export const secretName = 'coditect';

/** Names of the keys of the secret that every role reads, and the variables that name their files. */
export const roleSecrets = {
  rabbitmq_url: 'RABBITMQ_URL_FILE',
  clickhouse_url: 'CLICKHOUSE_URL_FILE',
  database_url: 'DATABASE_URL_FILE',
  secrets_key: 'SECRETS_KEY_FILE',
};

export const roles = [
  {
    name: 'collector',
    port: 4318,
    cpu: '1',
    memory: '1Gi',
    replicas: 2,
    // One core each is all that a process can use: asked for in full, so that a share of it means something.
    scale: { by: 'cpu', min: 2, max: 10, percent: 60 },
  },
  {
    name: 'stream-processor',
    port: 4326,
    cpu: '1',
    memory: '2Gi',
    replicas: 2,
    scale: {
      by: 'queues',
      min: 2,
      max: partitions,
      queues: ['stream-processor.events', 'stream-processor.inserts'],
    },
  },
  {
    name: 'batch-processor',
    port: 4327,
    cpu: '1',
    memory: '2Gi',
    replicas: 2,
    scale: { by: 'queues', min: 2, max: partitions, queues: ['batch-processor.events'] },
  },
  {
    name: 'metrics-service',
    port: 4320,
    cpu: '1',
    memory: '1Gi',
    replicas: 2,
    scale: { by: 'cpu', min: 2, max: 8, percent: 60 },
  },
  {
    name: 'reporting-service',
    port: 4328,
    cpu: '2',
    memory: '2Gi',
    replicas: 2,
    hasFiles: true,
    scale: { by: 'cpu', min: 2, max: 6, percent: 60 },
  },
];

export const roleOf = (name) => roles.find((role) => role.name === name);

/** Labels of an object; those that select pods are the first two. */
export function labelsOf(name, component = 'role') {
  return {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/part-of': 'coditect',
    'app.kubernetes.io/component': component,
  };
}

export function selectorOf(name) {
  return { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'coditect' };
}
