import type { ServiceStatus } from '@coditect/contracts';
import { describeFailure, type Failure, type FailureKind } from './failure';

/** What Save & test shows. `details` is the second, smaller text. */
export interface HealthReport {
  status: 'success' | 'warning' | 'error';
  message: string;
  details?: { message: string };
}

const remedies: Readonly<Partial<Record<FailureKind, string>>> = {
  'wrong-address':
    'The metrics URL is the base address of the metrics service, without a path, such as http://metrics-service:4320.',
  unreachable:
    'The address is opened by the Grafana server, not by your browser: check host, port and firewall from there, that the service runs, and that its certificate is trusted.',
  'role-missing': 'Ask an administrator of Grafana for a role that may query data sources.',
  busy: 'It answers again by itself. If it stays so, look at its load.',
  'service-error': 'Look at the log of the metrics service.',
  tls: 'Add the certificate authority to the Grafana server, or use a certificate that it trusts.',
  timeout: 'Check that the address is the right one and that no firewall drops the connection.',
  'key-unknown':
    'Enter an API key with the scope "read". Keys are made with: keys create --tenant NAME --scope read.',
  'key-revoked': 'Make a new key: keys create --tenant NAME --scope read.',
  'scope-missing':
    'This key may be an ingest key. Make one for reading: keys create --tenant NAME --scope read.',
  'not-configured': 'Enter a metrics URL that starts with http:// or https://.',
};

/** The answer to a failed test: what happened, and what to do about it. */
export function failedHealth(failure: Failure): HealthReport {
  const remedy = remedies[failure.kind];
  return {
    status: 'error',
    message: describeFailure(failure),
    ...(remedy !== undefined && { details: { message: remedy } }),
  };
}

/**
 * The answer to a test that got a body.
 *
 * @param body what `GET /v1/status` answered, unread
 * @param latencyMs how long that took, through Grafana
 * @param pluginVersion of this data source, as far as Grafana says
 */
export function answeredHealth(body: unknown, latencyMs: number, pluginVersion?: string): HealthReport {
  const status = readStatus(body);
  if (!status) {
    return failedHealth({ kind: 'wrong-address' });
  }
  const where = `tenant "${status.tenant}", version ${status.version}, answered in ${Math.round(latencyMs)} ms`;
  const mismatch = explainVersions(status.version, pluginVersion);
  if (mismatch !== undefined) {
    return {
      status: 'warning',
      message: `${mismatch.message} It answers: ${where}.`,
      details: mismatch.details,
    };
  }
  if (status.events === 0) {
    return {
      status: 'success',
      message: `Connected: ${where}. No events are stored yet.`,
      details: {
        message: 'Send events to the collector with an ingest key of this tenant, and the panels fill up.',
      },
    };
  }
  return {
    status: 'success',
    message: `Connected: ${where}. ${status.events.toLocaleString('en-US')} events, ${freshness(status)}.`,
    details: { message: `Tenant time zone ${status.timeZone}.` },
  };
}

/** Service and plugin go together as long as they are of one minor version; builds without a version say nothing. */
function explainVersions(
  service: string,
  pluginVersion: string | undefined,
): Required<Pick<HealthReport, 'message' | 'details'>> | undefined {
  const [theirs, ours] = [minorOf(service), minorOf(pluginVersion ?? '')];
  if (theirs === undefined || ours === undefined || theirs.text === ours.text) {
    return undefined;
  }
  const isOlder = theirs.order < ours.order;
  return {
    message: `The metrics service is version ${service}, this data source ${pluginVersion}: what one asks the other may not know.`,
    details: {
      message: isOlder
        ? `Update the service to version ${ours.text}, or install the plugin in version ${theirs.text}.`
        : `Update the plugin to version ${theirs.text}, and restart Grafana.`,
    },
  };
}

function minorOf(version: string): { text: string; order: number } | undefined {
  const match = /^(\d+)\.(\d+)\./u.exec(version);
  return match
    ? { text: `${match[1]}.${match[2]}`, order: Number(match[1]) * 100_000 + Number(match[2]) }
    : undefined;
}

function freshness({ freshnessSeconds }: Health): string {
  return freshnessSeconds === null
    ? 'the newest is of unknown age'
    : `the newest was received ${describeAge(freshnessSeconds)} ago`;
}

/** 42 s, 5 min, 3 h, 12 days. */
export function describeAge(seconds: number): string {
  if (seconds < 120) {
    return `${Math.max(0, Math.round(seconds))} s`;
  }
  if (seconds < 2 * 3_600) {
    return `${Math.round(seconds / 60)} min`;
  }
  return seconds < 2 * 86_400 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`;
}

type Health = Pick<
  ServiceStatus,
  'service' | 'version' | 'tenant' | 'timeZone' | 'events' | 'freshnessSeconds'
>;

/** Another service may answer 200 to anything: only a body with our fields counts. */
function readStatus(body: unknown): Health | undefined {
  if (typeof body !== 'object' || body === null) {
    return undefined;
  }
  const fields: Record<string, unknown> = { ...body };
  const { service, version, tenant, timeZone, events, freshnessSeconds } = fields;
  if (typeof service !== 'string' || typeof tenant !== 'string' || typeof events !== 'number') {
    return undefined;
  }
  return {
    service,
    tenant,
    events,
    version: typeof version === 'string' ? version : 'unknown',
    timeZone: typeof timeZone === 'string' ? timeZone : 'unknown',
    freshnessSeconds: typeof freshnessSeconds === 'number' ? freshnessSeconds : null,
  };
}
