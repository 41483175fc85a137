import { optional, port, secret } from './config-variable.js';

/** Of `npm run stores`. */
export const storesSection = {
  clickHousePort: port('STORES_CLICKHOUSE_PORT', {
    description: 'Where `npm run stores` speaks the HTTP interface of ClickHouse, on 127.0.0.1.',
    fallback: 18_123,
  }),
  postgresPort: port('STORES_POSTGRES_PORT', {
    description: 'Where `npm run stores` speaks the protocol of PostgreSQL, on 127.0.0.1.',
    fallback: 15_432,
  }),
  password: optional(
    secret('STORES_PASSWORD', {
      description: 'Password of both: of the user `default` of ClickHouse, of any user of PostgreSQL.',
      charsMin: 8,
    }),
    'every program on this machine is let in',
  ),
} as const;
