import { readFileSync } from 'node:fs';
import { configSections } from './config-sections.js';
import { secretFileVariable } from './secret-file.js';
import type { Variable, VariableDocs } from './config-variable.js';

type Sections = typeof configSections;
type ValueOf<V> = V extends Variable<infer T> ? T : never;

/** The configuration of a process: one section per role, values typed and within their bounds. */
export type Config = {
  readonly [Section in keyof Sections]: {
    readonly [Name in keyof Sections[Section]]: ValueOf<Sections[Section][Name]>;
  };
};

export interface ConfigIssue {
  readonly variable: string;
  /** Goes after the name of the variable: `must be on or off`. */
  readonly reason: string;
  /** The text that was given, absent for secrets and where nothing was given. */
  readonly given?: string;
}

/** Everything that is wrong with the environment, at once. The message has one line for each mistake. */
export class ConfigError extends Error {
  readonly code = 'config_invalid';
  readonly issues: readonly ConfigIssue[];

  constructor(issues: readonly ConfigIssue[]) {
    super(['The configuration is not valid:', ...issues.map(describeIssue)].join('\n'));
    this.name = 'ConfigError';
    this.issues = issues;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

type ReadText = (path: string) => string;

/**
 * Reads the whole configuration. A variable that is empty counts as absent, as compose files pass it on. A secret may be
 * in a file that `NAME_FILE` names. Throws `ConfigError` with every mistake.
 */
export function parseConfig(environment: Environment, readText: ReadText = readTextFile): Config {
  const issues: ConfigIssue[] = [];
  const table: Readonly<Record<string, Readonly<Record<string, Variable<unknown>>>>> = configSections;
  const sections: Record<string, Record<string, unknown>> = {};
  for (const [section, variables] of Object.entries(table)) {
    const values: Record<string, unknown> = {};
    for (const [name, variable] of Object.entries(variables)) {
      values[name] = readVariable(variable, { environment, readText }, issues);
    }
    sections[section] = values;
  }
  // Values that were refused are missing here, which is why the comparison below takes `undefined`.
  const config = sections as Config;
  issues.push(...findContradictions(config));
  if (issues.length > 0) throw new ConfigError(issues);
  return config;
}

/** The configuration of this process. The environment is read here and nowhere else. Throws `ConfigError`. */
export function loadConfig(): Config {
  return parseConfig(process.env);
}

/**
 * The folder in which the person who typed the command stands. A package manager's script runs in the folder of the
 * package instead and says in `INIT_CWD` where it was called.
 */
export function findCallersDirectory(): string | undefined {
  return process.env['INIT_CWD'];
}

interface Source {
  readonly environment: Environment;
  readonly readText: ReadText;
}

function readVariable(variable: Variable<unknown>, source: Source, issues: ConfigIssue[]): unknown {
  const given = findText(source.environment, variable.env);
  const file = variable.secret ? findText(source.environment, secretFileVariable(variable.env)) : undefined;
  if (file !== undefined) return readSecretFile(variable, { file, given, readText: source.readText }, issues);
  const result = variable.read(given);
  if ('value' in result) return result.value;
  issues.push(createIssue(variable, result.reason, given));
  return undefined;
}

function findText(environment: Environment, name: string): string | undefined {
  const trimmed = environment[name]?.trim();
  return trimmed === '' ? undefined : trimmed;
}

/** What is wrong with the file is said of the variable that names it. Nothing of what it holds is told. */
function readSecretFile(
  variable: Variable<unknown>,
  {
    file,
    given,
    readText,
  }: { readonly file: string; readonly given: string | undefined; readonly readText: ReadText },
  issues: ConfigIssue[],
): unknown {
  const name = secretFileVariable(variable.env);
  if (given !== undefined) {
    issues.push({ variable: name, reason: `must not be set together with ${variable.env}` });
    return undefined;
  }
  let text: string;
  try {
    text = readText(file).trim();
  } catch {
    issues.push({ variable: name, reason: 'must be a file that this process may read', given: file });
    return undefined;
  }
  const result = text === '' ? { reason: 'must not be an empty file' } : variable.read(text);
  if ('value' in result) return result.value;
  issues.push({ variable: name, reason: result.reason, given: file });
  return undefined;
}

function readTextFile(path: string): string {
  return readFileSync(path, 'utf8');
}

function createIssue(variable: VariableDocs, reason: string, given: string | undefined): ConfigIssue {
  const isShown = given !== undefined && !variable.secret;
  return { variable: variable.env, reason, ...(isShown && { given: given.slice(0, 100) }) };
}

function describeIssue({ variable, reason, given }: ConfigIssue): string {
  return `  ${variable} ${reason}${given === undefined ? '' : `, given: ${JSON.stringify(given)}`}`;
}

/** Values that are fine alone and make no sense together. */
function findContradictions(config: Config): ConfigIssue[] {
  const { bus, collector, streamProcessor } = config;
  const issues: ConfigIssue[] = [];
  function requireAtLeast(
    variable: string,
    value: number | undefined,
    other: string,
    least: number | undefined,
  ): void {
    if (value === undefined || least === undefined || value >= least) return;
    issues.push({ variable, reason: `must be at least ${other}, which is ${least}`, given: String(value) });
  }
  requireAtLeast(
    'AGGREGATE_RETENTION_DAYS',
    streamProcessor.aggregateRetentionDays,
    'RAW_RETENTION_DAYS',
    streamProcessor.rawRetentionDays,
  );
  requireAtLeast(
    'ROLLUP_RETENTION_DAYS',
    config.rollup.rollupRetentionDays,
    'LANDING_RETENTION_DAYS',
    config.rollup.landingRetentionDays,
  );
  requireAtLeast(
    'COLLECTOR_INFLATED_BYTES_MAX',
    collector.inflatedBytesMax,
    'COLLECTOR_BODY_BYTES_MAX',
    collector.bodyBytesMax,
  );
  requireAtLeast(
    'COLLECTOR_BODIES_BYTES_MAX',
    collector.bodiesBytesMax,
    'COLLECTOR_INFLATED_BYTES_MAX',
    collector.inflatedBytesMax,
  );
  issues.push(...findLoneFiles(config));
  if (config.clickhouse.servers !== undefined && config.clickhouse.cluster === undefined)
    issues.push({ variable: 'CLICKHOUSE_SERVERS', reason: 'goes together with CLICKHOUSE_CLUSTER' });
  requireAtLeast(
    'REPORT_HISTORY_DAYS',
    config.reporting.historyDays,
    'REPORT_RETENTION_DAYS',
    config.reporting.retentionDays,
  );
  const { pendingEventsMax } = bus;
  const { batchEventsMax, logRecordsMax } = collector;
  requireAtLeast('BUS_PENDING_EVENTS_MAX', pendingEventsMax, 'COLLECTOR_BATCH_EVENTS_MAX', batchEventsMax);
  requireAtLeast('BUS_PENDING_EVENTS_MAX', pendingEventsMax, 'COLLECTOR_LOG_RECORDS_MAX', logRecordsMax);
  return issues;
}

/** A certificate is of no use without its key, nor the other way round. */
function findLoneFiles({ bus, clickhouse, tls }: Config): ConfigIssue[] {
  const pairs = { RABBITMQ: bus, CLICKHOUSE: clickhouse, TLS: tls };
  const lone = Object.entries(pairs)
    .filter(([, pair]) => (pair.certificateFile === undefined) !== (pair.keyFile === undefined))
    .map(([prefix]) => ({
      variable: `${prefix}_KEY_FILE`,
      reason: `goes together with ${prefix}_CERTIFICATE_FILE`,
    }));
  if (tls.clientCaFile === undefined || tls.certificateFile !== undefined) return lone;
  return [...lone, { variable: 'TLS_CLIENT_CA_FILE', reason: 'goes together with TLS_CERTIFICATE_FILE' }];
}
