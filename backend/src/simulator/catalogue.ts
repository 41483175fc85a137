/** US dollars for a million tokens. */
export interface ModelProfile {
  readonly name: string;
  readonly usdInput: number;
  readonly usdOutput: number;
  readonly usdCacheRead: number;
  /** 0 where the provider does not charge for (and does not report) writing its cache. */
  readonly usdCacheCreation: number;
}

export const models = {
  sonnet: {
    name: 'claude-sonnet-4.5',
    usdInput: 3,
    usdOutput: 15,
    usdCacheRead: 0.3,
    usdCacheCreation: 3.75,
  },
  opus: {
    name: 'claude-opus-4.1',
    usdInput: 15,
    usdOutput: 75,
    usdCacheRead: 1.5,
    usdCacheCreation: 18.75,
  },
  haiku: { name: 'claude-haiku-4.5', usdInput: 1, usdOutput: 5, usdCacheRead: 0.1, usdCacheCreation: 1.25 },
  gpt5: { name: 'gpt-5', usdInput: 1.25, usdOutput: 10, usdCacheRead: 0.125, usdCacheCreation: 0 },
  gpt5Mini: { name: 'gpt-5-mini', usdInput: 0.25, usdOutput: 2, usdCacheRead: 0.025, usdCacheCreation: 0 },
  gemini: { name: 'gemini-2.5-pro', usdInput: 1.25, usdOutput: 10, usdCacheRead: 0.125, usdCacheCreation: 0 },
} as const satisfies Record<string, ModelProfile>;

export interface AgentProfile {
  readonly name: string;
  /** How often people choose it, relative to the others. */
  readonly weight: number;
  /** Succeeded out of succeeded, failed and timed out. */
  readonly quality: number;
  readonly durationMsMedian: number;
  readonly durationSigma: number;
  /** A run that reaches this is stopped. */
  readonly timeoutMs: number;
  /** Model turns of a typical run; tokens and cost follow from them. */
  readonly turnsMedian: number;
  readonly models: readonly { readonly model: ModelProfile; readonly weight: number }[];
  /** Major and minor version; the patch number follows the calendar. */
  readonly version: string;
}

const minuteMs = 60_000;

export const agents = {
  coding: {
    name: 'coding-agent',
    weight: 34,
    quality: 0.88,
    durationMsMedian: 3.2 * minuteMs,
    durationSigma: 0.9,
    timeoutMs: 30 * minuteMs,
    turnsMedian: 9,
    version: '4.2',
    models: [
      { model: models.sonnet, weight: 6 },
      { model: models.gpt5, weight: 3 },
      { model: models.opus, weight: 1 },
    ],
  },
  refactoring: {
    name: 'refactoring-agent',
    weight: 14,
    quality: 0.93,
    durationMsMedian: 4.5 * minuteMs,
    durationSigma: 0.7,
    timeoutMs: 30 * minuteMs,
    turnsMedian: 11,
    version: '2.8',
    models: [
      { model: models.sonnet, weight: 8 },
      { model: models.gpt5, weight: 2 },
    ],
  },
  testWriter: {
    name: 'test-writer',
    weight: 16,
    quality: 0.9,
    durationMsMedian: 2.6 * minuteMs,
    durationSigma: 0.6,
    timeoutMs: 20 * minuteMs,
    turnsMedian: 7,
    version: '3.1',
    models: [
      { model: models.gpt5, weight: 5 },
      { model: models.haiku, weight: 4 },
    ],
  },
  reviewer: {
    name: 'review-agent',
    weight: 18,
    quality: 0.965,
    durationMsMedian: 50_000,
    durationSigma: 0.6,
    timeoutMs: 10 * minuteMs,
    turnsMedian: 4,
    version: '5.0',
    models: [
      { model: models.sonnet, weight: 4 },
      { model: models.gemini, weight: 5 },
    ],
  },
  migration: {
    name: 'migration-agent',
    weight: 9,
    quality: 0.71,
    durationMsMedian: 11 * minuteMs,
    durationSigma: 0.8,
    timeoutMs: 45 * minuteMs,
    turnsMedian: 18,
    version: '1.3',
    models: [
      { model: models.opus, weight: 4 },
      { model: models.sonnet, weight: 6 },
    ],
  },
  docs: {
    name: 'docs-writer',
    weight: 7,
    quality: 0.95,
    durationMsMedian: 75_000,
    durationSigma: 0.5,
    timeoutMs: 10 * minuteMs,
    turnsMedian: 4,
    version: '2.2',
    models: [
      { model: models.haiku, weight: 5 },
      { model: models.gpt5Mini, weight: 3 },
    ],
  },
  triage: {
    name: 'incident-triage',
    weight: 5,
    quality: 0.82,
    durationMsMedian: 95_000,
    durationSigma: 0.7,
    timeoutMs: 10 * minuteMs,
    turnsMedian: 6,
    version: '0.9',
    models: [
      { model: models.gemini, weight: 5 },
      { model: models.sonnet, weight: 2 },
    ],
  },
  dependencies: {
    name: 'dependency-updater',
    weight: 0,
    quality: 0.86,
    durationMsMedian: 2.2 * minuteMs,
    durationSigma: 0.6,
    timeoutMs: 15 * minuteMs,
    turnsMedian: 5,
    version: '6.4',
    models: [
      { model: models.gpt5Mini, weight: 4 },
      { model: models.haiku, weight: 2 },
    ],
  },
} as const satisfies Record<string, AgentProfile>;

/** What people start by hand. */
export const interactiveAgents: readonly AgentProfile[] = Object.values(agents).filter(
  (agent) => agent.weight > 0,
);

/** What runs unattended, day and night. */
export const unattendedAgents: readonly { readonly agent: AgentProfile; readonly weight: number }[] = [
  { agent: agents.dependencies, weight: 4 },
  { agent: agents.reviewer, weight: 4 },
  { agent: agents.testWriter, weight: 2 },
];

export interface ToolProfile {
  readonly name: string;
  readonly weight: number;
  readonly errorRate: number;
  readonly durationMsMedian: number;
}

export const tools: readonly ToolProfile[] = [
  { name: 'read_file', weight: 30, errorRate: 0.012, durationMsMedian: 14 },
  { name: 'search_code', weight: 20, errorRate: 0.008, durationMsMedian: 160 },
  { name: 'edit_file', weight: 18, errorRate: 0.045, durationMsMedian: 32 },
  { name: 'shell', weight: 13, errorRate: 0.095, durationMsMedian: 1_900 },
  { name: 'run_tests', weight: 9, errorRate: 0.15, durationMsMedian: 24_000 },
  { name: 'web_fetch', weight: 4, errorRate: 0.11, durationMsMedian: 1_100 },
  { name: 'git', weight: 4, errorRate: 0.02, durationMsMedian: 240 },
  { name: 'issue_tracker', weight: 2, errorRate: 0.06, durationMsMedian: 620 },
];

export interface RouteProfile {
  readonly method: string;
  readonly route: string;
  /** The answer when all is well. */
  readonly statusCode: number;
  readonly durationMsMedian: number;
  readonly durationSigma: number;
  readonly responseBytesMedian: number;
  /** Share answered with the route's usual client error. */
  readonly clientErrorRate: number;
  readonly clientErrorCode: number;
  /** Share that fails on the server on an ordinary day. */
  readonly serverErrorRate: number;
}

type RouteRow = readonly [
  method: string,
  route: string,
  statusCode: number,
  durationMsMedian: number,
  durationSigma: number,
  responseBytesMedian: number,
  clientErrorRate: number,
  clientErrorCode: number,
  serverErrorRate: number,
];

function route(...row: RouteRow): RouteProfile {
  const [method, path, statusCode, durationMsMedian, durationSigma, responseBytesMedian] = row;
  const [, , , , , , clientErrorRate, clientErrorCode, serverErrorRate] = row;
  return {
    method,
    route: path,
    statusCode,
    durationMsMedian,
    durationSigma,
    responseBytesMedian,
    clientErrorRate,
    clientErrorCode,
    serverErrorRate,
  };
}

export const routes = {
  openSession: route('POST', '/v1/sessions', 201, 62, 0.45, 640, 0.012, 401, 0.002),
  profile: route('GET', '/v1/users/me', 200, 21, 0.4, 1_300, 0.006, 401, 0.001),
  completion: route('POST', '/v1/completions', 200, 410, 0.55, 2_100, 0.009, 429, 0.006),
  search: route('GET', '/v1/search', 200, 185, 0.7, 9_400, 0.008, 400, 0.004),
  startRun: route('POST', '/v1/agents/{agentId}/runs', 202, 140, 0.5, 420, 0.015, 422, 0.004),
  readRun: route('GET', '/v1/runs/{runId}', 200, 34, 0.5, 5_200, 0.004, 404, 0.001),
  listRuns: route('GET', '/v1/runs', 200, 96, 0.6, 18_000, 0.003, 400, 0.002),
  startWorkflow: route('POST', '/v1/workflows/{workflowId}/runs', 202, 170, 0.5, 510, 0.01, 409, 0.003),
  marketplace: route('GET', '/v1/marketplace/agents', 200, 88, 0.55, 26_000, 0.002, 400, 0.002),
  install: route('POST', '/v1/marketplace/agents/{agentId}/install', 201, 320, 0.5, 380, 0.02, 403, 0.004),
  webhook: route('POST', '/v1/webhooks/scm', 204, 48, 0.5, 0, 0.01, 400, 0.002),
  export: route('GET', '/v1/usage/export', 200, 1_850, 0.7, 240_000, 0.006, 400, 0.012),
} as const satisfies Record<string, RouteProfile>;

export const workflows = [
  { name: 'feature-delivery', weight: 5, steps: ['plan', 'implement', 'test', 'review'], quality: 0.86 },
  { name: 'bug-fix', weight: 6, steps: ['reproduce', 'implement', 'test'], quality: 0.9 },
  { name: 'code-review', weight: 5, steps: ['analyse', 'review'], quality: 0.97 },
  { name: 'release', weight: 1, steps: ['build', 'test', 'approve', 'deploy'], quality: 0.92 },
] as const;

/** Steps of the nightly regression that robots run. */
export const nightlyWorkflow = {
  name: 'nightly-regression',
  steps: ['checkout', 'build', 'test', 'report'],
  quality: 0.88,
} as const;

export const marketplaceAgents = [
  ...interactiveAgents.map(({ name, weight }) => ({ name, weight })),
  { name: 'sql-optimizer', weight: 8 },
  { name: 'accessibility-checker', weight: 6 },
  { name: 'terraform-reviewer', weight: 5 },
  { name: 'api-designer', weight: 5 },
  { name: 'licence-auditor', weight: 2 },
] as const;
