import { grafanaPort } from './grafana.mjs';
import { labelsOf, namespace, roles, selectorOf, storesNamespace } from './roles.mjs';

/** Ports of the stores that roles speak to. */
export const storePorts = { rabbitmq: [5672, 5671], clickhouse: [8123, 8443], timescaledb: [5432] };

const tcp = (port) => ({ protocol: 'TCP', port });
const namespaceNamed = (name) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
});
/** A label that is put on namespaces from which senders, browsers and Prometheus come. */
const namespaceThat = (does) => ({ namespaceSelector: { matchLabels: { [`coditect.ai/${does}`]: 'true' } } });
const podNamed = (name) => ({ podSelector: { matchLabels: selectorOf(name) } });

function policy(name, podSelector, spec) {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace, labels: labelsOf(name, 'network') },
    spec: { podSelector, ...spec },
  };
}

const usesStores = {
  matchExpressions: [
    { key: 'app.kubernetes.io/part-of', operator: 'In', values: ['coditect'] },
    { key: 'app.kubernetes.io/component', operator: 'In', values: ['role', 'migration'] },
  ],
};

/** Whatever is not named is closed, in both directions. */
export const network = [
  policy('default-deny', {}, { policyTypes: ['Ingress', 'Egress'] }),
  policy(
    'names',
    {},
    {
      policyTypes: ['Egress'],
      egress: [
        {
          to: [{ ...namespaceNamed('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
          ports: [{ protocol: 'UDP', port: 53 }, tcp(53)],
        },
      ],
    },
  ),
  policy('stores', usesStores, {
    policyTypes: ['Egress'],
    egress: [{ to: [namespaceNamed(storesNamespace)], ports: Object.values(storePorts).flat().map(tcp) }],
  }),
  ...roles.map(({ name, port }) =>
    policy(
      name,
      { matchLabels: selectorOf(name) },
      {
        policyTypes: ['Ingress'],
        ingress: [{ from: callersOf(name), ports: [tcp(port)] }],
      },
    ),
  ),
  policy(
    'grafana',
    { matchLabels: selectorOf('grafana') },
    {
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: [namespaceThat('browses'), namespaceThat('scrapes')], ports: [tcp(grafanaPort)] },
        {
          from: roles.filter(({ name }) => isAsked(name)).map(({ name }) => podNamed(name)),
          ports: [tcp(grafanaPort)],
        },
      ],
      egress: [
        ...roles
          .filter(({ name }) => isAsked(name))
          .map(({ name, port }) => ({ to: [podNamed(name)], ports: [tcp(port)] })),
        { to: [namespaceThat('scrapes')], ports: [tcp(9090)] },
      ],
    },
  ),
  // The keys with which Grafana signs who asks.
  ...roles
    .filter(({ name }) => isAsked(name))
    .map(({ name }) =>
      policy(
        `${name}-asks-grafana`,
        { matchLabels: selectorOf(name) },
        { policyTypes: ['Egress'], egress: [{ to: [podNamed('grafana')], ports: [tcp(grafanaPort)] }] },
      ),
    ),
  // Mail and webhooks of reports: whatever is not private. A mail server of your own needs a rule of its own.
  policy(
    'deliveries',
    { matchLabels: selectorOf('reporting-service') },
    {
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            {
              ipBlock: {
                cidr: '0.0.0.0/0',
                except: ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'],
              },
            },
          ],
          ports: [443, 465, 587].map(tcp),
        },
      ],
    },
  ),
];

function isAsked(name) {
  return name === 'metrics-service' || name === 'reporting-service';
}

function callersOf(name) {
  if (name === 'collector') return [namespaceThat('sends'), namespaceThat('scrapes')];
  return [...(isAsked(name) ? [podNamed('grafana')] : []), namespaceThat('scrapes')];
}
