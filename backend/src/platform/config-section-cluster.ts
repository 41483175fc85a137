import { optional, texts } from './config-variable.js';

/** Part of the section of ClickHouse. */
export const clickHouseServers = optional(
  texts('CLICKHOUSE_SERVERS', {
    description:
      'Every server of `CLICKHOUSE_CLUSTER`, each replica of each shard, as this process reaches it over HTTP. User, password and database are those of `CLICKHOUSE_URL`, and so is the port where none is given. Erasing and exporting a person asks each of them.',
    unit: 'hosts',
    pattern: /^[\w.-]+(?::\d{1,5})?$/,
    allowed: '`HOST` or `HOST:PORT`, separated by commas',
  }),
  'the names in `system.clusters`',
);
