import { ConfigError, parseConfig } from './config.js';
import { renderConfigDocs } from './config-docs.js';
import { configSections } from './config-sections.js';

function issuesOf(environment: Record<string, string>): ConfigError {
  try {
    parseConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the configuration was taken');
}

describe('parseConfig', () => {
  it('runs on defaults alone, embedded and on loopback', () => {
    const config = parseConfig({});
    expect(config.platform).toMatchObject({ dataDir: '.data', listenHost: '127.0.0.1', keyCacheSeconds: 10 });
    expect(config.clickhouse.url).toBeUndefined();
    expect(config.control.databaseUrl).toBeUndefined();
    expect(config.collector).toMatchObject({ port: 4318, bodyBytesMax: 1_048_576, batchEventsMax: 1_000 });
    expect(config.simulator.enabled).toBe(true);
  });

  it('takes an empty variable as absent', () => {
    expect(parseConfig({ CLICKHOUSE_URL: '', COLLECTOR_PORT: ' ' }).collector.port).toBe(4318);
  });

  it('reads every mistake at once and names variable, reason and given value', () => {
    const error = issuesOf({
      COLLECTOR_PORT: '99999',
      SIMULATOR: 'maybe',
      LOG_LEVEL: 'loud',
      METRICS_PORT: '1e3',
      AGGREGATE_RETENTION_DAYS: '1',
    });
    expect(error.issues.map((issue) => issue.variable).sort()).toEqual([
      'AGGREGATE_RETENTION_DAYS',
      'COLLECTOR_PORT',
      'LOG_LEVEL',
      'METRICS_PORT',
      'SIMULATOR',
    ]);
    expect(error.message).toContain('COLLECTOR_PORT must be a whole number from 0 to 65535, given: "99999"');
    expect(error.message).toContain('SIMULATOR must be on or off, given: "maybe"');
  });

  it('never shows the value of a secret', () => {
    const error = issuesOf({ DATABASE_URL: 'mysql://root:hunter2@db/x', CLICKHOUSE_URL: 'hunter2' });
    expect(error.issues).toHaveLength(2);
    expect(error.message).not.toContain('hunter2');
    expect(error.message).toContain(
      'DATABASE_URL must be a URL that begins with postgres:// or postgresql://',
    );
  });

  it('reads a secret from the file that NAME_FILE names', () => {
    const files = new Map([['/run/secrets/database', 'postgres://app:hunter2@db/app\n']]);
    const { control } = parseConfig(
      { DATABASE_URL_FILE: '/run/secrets/database' },
      (path) => files.get(path) ?? '',
    );
    expect(control.databaseUrl).toBe('postgres://app:hunter2@db/app');
  });

  it('says of a file what is wrong with it, and nothing of what it holds', () => {
    const files: Record<string, string> = {
      '/empty': ' \n',
      '/wrong': 'mysql://root:hunter2@db/x',
      '/fine': 'amqp://h',
    };
    const read = (path: string): string => {
      const text = files[path];
      if (text === undefined) throw new Error('ENOENT');
      return text;
    };
    const environment = {
      DATABASE_URL_FILE: '/wrong',
      CLICKHOUSE_URL_FILE: '/missing',
      TIMESCALE_URL_FILE: '/empty',
      RABBITMQ_URL_FILE: '/fine',
      RABBITMQ_URL: 'amqp://other',
    };
    expect(() => parseConfig(environment, read)).toThrow(
      [
        'The configuration is not valid:',
        '  DATABASE_URL_FILE must be a URL that begins with postgres:// or postgresql://, given: "/wrong"',
        '  CLICKHOUSE_URL_FILE must be a file that this process may read, given: "/missing"',
        '  TIMESCALE_URL_FILE must not be an empty file, given: "/empty"',
        '  RABBITMQ_URL_FILE must not be set together with RABBITMQ_URL',
      ].join('\n'),
    );
  });

  it('refuses to keep aggregates for a shorter time than the raw events', () => {
    const error = issuesOf({ AGGREGATE_RETENTION_DAYS: '30', RAW_RETENTION_DAYS: '31' });
    expect(error.issues).toEqual([
      {
        variable: 'AGGREGATE_RETENTION_DAYS',
        reason: 'must be at least RAW_RETENTION_DAYS, which is 31',
        given: '30',
      },
    ]);
  });

  it('refuses to keep rollups for a shorter time than the events that they are made from', () => {
    const error = issuesOf({ ROLLUP_RETENTION_DAYS: '119' });
    expect(error.issues).toEqual([
      {
        variable: 'ROLLUP_RETENTION_DAYS',
        reason: 'must be at least LANDING_RETENTION_DAYS, which is 120',
        given: '119',
      },
    ]);
  });

  it('refuses a budget of bodies that is smaller than one of them', () => {
    const error = issuesOf({ COLLECTOR_BODIES_BYTES_MAX: '8388607' });
    expect(error.issues).toEqual([
      {
        variable: 'COLLECTOR_BODIES_BYTES_MAX',
        reason: 'must be at least COLLECTOR_INFLATED_BYTES_MAX, which is 8388608',
        given: '8388607',
      },
    ]);
  });

  it('refuses a certificate for the broker without its key', () => {
    const error = issuesOf({ RABBITMQ_CERTIFICATE_FILE: '/etc/client.pem' });
    expect(error.issues.map(({ variable }) => variable)).toEqual(['RABBITMQ_KEY_FILE']);
  });

  it('refuses a key cache of more than 10 seconds, so that a revoked key stops in time', () => {
    expect(issuesOf({ KEY_CACHE_SECONDS: '11' }).issues[0]?.variable).toBe('KEY_CACHE_SECONDS');
  });
});

describe('renderConfigDocs', () => {
  it('has a row for every variable, and no variable is declared twice', () => {
    const page = renderConfigDocs();
    const names = Object.values(configSections).flatMap((section) =>
      Object.values<{ env: string }>(section).map((variable) => variable.env),
    );
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(page).toContain(`| \`${name}\` |`);
  });
});
