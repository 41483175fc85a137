/** What went wrong with a call, as far as the browser can tell. Every kind has its own sentence and its own remedy. */
export type FailureKind =
  | 'cancelled'
  | 'refused'
  | 'wrong-address'
  | 'unreachable'
  | 'tls'
  | 'timeout'
  | 'key-unknown'
  | 'key-revoked'
  | 'scope-missing'
  | 'role-missing'
  | 'not-configured'
  | 'busy'
  | 'service-error'
  | 'unknown';

/** A failed call. `code`, `reason`, `pointer`, `limit` come from the service when it answered itself. */
export interface Failure {
  kind: FailureKind;
  status?: number;
  code?: string;
  reason?: string;
  pointer?: string;
  limit?: number;
}

/** Classifies what `getBackendSrv().fetch` throws, or any other error. */
export function classifyFailure(error: unknown): Failure {
  const thrown = isRecord(error) ? error : {};
  if (thrown['cancelled'] === true) {
    return { kind: 'cancelled' };
  }
  const status = readNumber(thrown['status']);
  const refusal = readRefusal(thrown['data']);
  if (refusal) {
    return { kind: kindOfRefusal(refusal.code, status), ...(status !== undefined && { status }), ...refusal };
  }
  const reason = readReason(thrown);
  return {
    kind: kindOfTransport(status, reason ?? ''),
    ...(status !== undefined && { status }),
    ...(reason !== undefined && { reason }),
  };
}

/** How the asked service is called in sentences, and the scope that it wants of a key. */
export interface ServiceWords {
  service: string;
  url: string;
  scope: string;
}

const metricsWords: ServiceWords = { service: 'metrics service', url: 'metrics URL', scope: 'read' };

/** The sentence that is shown: the service's reason with its code, else what probably happened. */
export function describeFailure(failure: Failure, words = metricsWords): string {
  // "This key is not known" says neither whose key, nor what may be wrong with it.
  if (failure.code !== undefined && failure.kind === 'key-unknown') {
    return `${sentences[failure.kind](failure, words)} (${failure.code})`;
  }
  if (failure.code !== undefined) {
    const at = failure.pointer === undefined || failure.pointer === '' ? '' : `, at ${failure.pointer}`;
    const limit = failure.limit === undefined ? '' : `, limit ${failure.limit}`;
    return `${failure.reason ?? 'The service refused the query'} (${failure.code}${at}${limit})`;
  }
  return sentences[failure.kind](failure, words);
}

/** Asking the same again will not help. */
export function isLasting({ kind }: Failure): boolean {
  return lastingKinds.has(kind);
}

const lastingKinds: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'cancelled',
  'refused',
  'wrong-address',
  'key-unknown',
  'key-revoked',
  'scope-missing',
  'role-missing',
  'not-configured',
]);

const sentences: Readonly<Record<FailureKind, (failure: Failure, words: ServiceWords) => string>> = {
  cancelled: () => 'The query was cancelled.',
  refused: ({ status }) => `The service refused the query (HTTP ${status ?? '?'}).`,
  'wrong-address': (_, { service, url }) =>
    `Nothing answers like the ${service} at this address. Check the ${url}.`,
  unreachable: (_, { service }) =>
    `Grafana could not reach the ${service}: connection refused, unknown host or untrusted certificate.`,
  tls: ({ reason }, { service }) =>
    `The TLS connection to the ${service} failed: ${reason ?? 'certificate not trusted'}.`,
  timeout: (_, { service }) => `The ${service} did not answer in time.`,
  'key-unknown': (_, { service }) =>
    `The ${service} does not accept the API key: it is wrong, revoked, or of another instance.`,
  'key-revoked': () => 'The API key was revoked.',
  'scope-missing': (_, { scope }) => `The API key does not have the scope "${scope}".`,
  'role-missing': () => 'Your role in Grafana does not allow this. It needs the role Editor.',
  'not-configured': (_, { url }) => `The ${url} of this data source is missing or not valid.`,
  busy: (_, { service }) => `The ${service} is busy. Try again in a moment.`,
  'service-error': ({ status }, { service }) => `The ${service} failed (HTTP ${status ?? '?'}).`,
  unknown: ({ reason }) => reason ?? 'The query failed for an unknown reason.',
};

interface Refusal {
  code: string;
  reason?: string;
  pointer?: string;
  limit?: number;
}

const kindsByCode: Readonly<Record<string, FailureKind>> = {
  key_unknown: 'key-unknown',
  key_missing: 'key-unknown',
  key_revoked: 'key-revoked',
  scope_missing: 'scope-missing',
  not_found: 'wrong-address',
};

const kindsByStatus: Readonly<Record<number, FailureKind>> = {
  401: 'key-unknown',
  403: 'scope-missing',
  404: 'wrong-address',
  405: 'wrong-address',
  408: 'timeout',
  429: 'busy',
  502: 'unreachable',
  503: 'busy',
  504: 'timeout',
};

function kindOfRefusal(code: string, status: number | undefined): FailureKind {
  const known = kindsByCode[code];
  if (known !== undefined || status === undefined) {
    return known ?? 'refused';
  }
  return kindsByStatus[status] ?? (status >= 500 ? 'service-error' : 'refused');
}

/** Nobody of ours answered: Grafana's proxy, another server, or the network itself. */
function kindOfTransport(status: number | undefined, text: string): FailureKind {
  const byText = textMarks.find(([mark]) => mark.test(text))?.[1];
  if (byText !== undefined) {
    return byText;
  }
  if (status === undefined || status === 0) {
    return 'unknown';
  }
  return kindsByStatus[status] ?? (status >= 500 ? 'service-error' : 'refused');
}

const textMarks: readonly (readonly [RegExp, FailureKind])[] = [
  [/<!doctype|<html/iu, 'wrong-address'],
  [/plugin proxy route access denied/iu, 'role-missing'],
  // Grafana's proxy makes a 400 of a service's 401, and keeps the service's own words to itself.
  [/authentication to data source failed/iu, 'key-unknown'],
  [/certificate|x509|\btls\b|\bssl\b/iu, 'tls'],
  [/timed? ?out|deadline exceeded|ETIMEDOUT/iu, 'timeout'],
  [
    /connection refused|no such host|ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ECONNRESET|failed to fetch/iu,
    'unreachable',
  ],
  [/invalid url|unsupported protocol|missing (protocol|url)|no host/iu, 'not-configured'],
];

function readRefusal(data: unknown): Refusal | undefined {
  const error = isRecord(data) ? data['error'] : undefined;
  const code = isRecord(error) ? readText(error['code']) : undefined;
  if (!isRecord(error) || code === undefined) {
    return undefined;
  }
  const [reason, pointer, limit] = [
    readText(error['reason']),
    readText(error['pointer']),
    readNumber(error['limit']),
  ];
  return {
    code,
    ...(reason !== undefined && { reason }),
    ...(pointer !== undefined && { pointer }),
    ...(limit !== undefined && { limit }),
  };
}

function readReason(thrown: Record<string, unknown>): string | undefined {
  const data = thrown['data'];
  const told = isRecord(data) ? (readText(data['message']) ?? readText(data['error'])) : readText(data);
  return told ?? readText(thrown['message']) ?? readText(thrown['statusText']);
}

function readNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function readText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
