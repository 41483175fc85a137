import { pemFile } from './config-variable.js';

/** Certificates of the services that listen. */
export const tlsSection = {
  certificateFile: pemFile('TLS_CERTIFICATE_FILE', {
    description:
      'Certificate with which the services answer over HTTPS, with those that signed it, as PEM. With `TLS_KEY_FILE`. Read at the start.',
    absent: 'plain HTTP',
  }),
  keyFile: pemFile('TLS_KEY_FILE', {
    description: 'The private key of `TLS_CERTIFICATE_FILE`, as PEM.',
    absent: 'none',
  }),
  clientCaFile: pemFile('TLS_CLIENT_CA_FILE', {
    description:
      'Authorities of clients, as PEM. Who shows no certificate of theirs is let to `/healthz` and `/readyz` only. With `TLS_CERTIFICATE_FILE`.',
    absent: 'clients need no certificate',
  }),
} as const;

/** Part of the section of ClickHouse. */
export const clickHouseTls = {
  caFile: pemFile('CLICKHOUSE_CA_FILE', {
    description: 'With `https://`: the authorities that sign the certificate of the server, as PEM.',
    absent: 'the authorities that Node brings',
  }),
  certificateFile: pemFile('CLICKHOUSE_CERTIFICATE_FILE', {
    description:
      'With `https://`: the certificate of this process, as PEM, where the server asks for one. With `CLICKHOUSE_KEY_FILE`.',
    absent: 'none is shown',
  }),
  keyFile: pemFile('CLICKHOUSE_KEY_FILE', {
    description: 'The private key of `CLICKHOUSE_CERTIFICATE_FILE`, as PEM.',
    absent: 'none',
  }),
} as const;
