import type { NumberColumn, TextColumn } from '@coditect/contracts';

/**
 * Which attributes of OpenTelemetry records fill which of our columns: old names, new names and those of Claude Code.
 * The first name that is there wins; it is then no attribute any more. This is the only place that knows these names.
 */
export const textAttributeMap: Readonly<Record<Exclude<TextColumn, 'status'>, readonly string[]>> = {
  // An account is a person, whereas Claude Code's `user.id` is an installation of it.
  userId: [
    'userId',
    'user.account_uuid',
    'user.account_id',
    'user.id',
    'enduser.id',
    'enduser.pseudo.id',
    'user.email',
    'user.name',
    'user.hash',
  ],
  sessionId: ['sessionId', 'session.id', 'gen_ai.conversation.id'],
  team: ['team', 'team.id', 'team.name', 'department'],
  project: ['project', 'project.name', 'project.id', 'service.namespace'],
  repository: ['repository', 'vcs.repository.name', 'vcs.repository.url.full'],
  agent: ['agent', 'gen_ai.agent.name', 'gen_ai.agent.id', 'agent.name'],
  agentVersion: ['agentVersion', 'gen_ai.agent.version', 'app.version', 'agent.version'],
  model: ['gen_ai.response.model', 'gen_ai.request.model', 'model'],
  workflow: ['workflow', 'gen_ai.workflow.name', 'workflow.name', 'cicd.pipeline.name'],
  tool: ['gen_ai.tool.name', 'tool_name', 'tool.name', 'tool'],
  language: ['language', 'code.language'],
  kind: ['kind', 'gen_ai.operation.name', 'decision'],
  method: ['http.request.method', 'http.method'],
  route: ['http.route', 'url.template'],
};

export interface NumberAttribute {
  readonly name: string;
  /** What the value is multiplied with to get our unit. */
  readonly factor?: number;
}

const SECONDS = 1_000;

/** Durations in milliseconds. OpenTelemetry measures in seconds where the name says nothing else. */
export const numberAttributeMap: Readonly<Record<NumberColumn, readonly NumberAttribute[]>> = {
  durationMs: [
    { name: 'duration_ms' },
    { name: 'durationMs' },
    { name: 'http.server.request.duration', factor: SECONDS },
    { name: 'http.client.request.duration', factor: SECONDS },
    { name: 'http.server.duration' },
    { name: 'http.client.duration' },
    { name: 'gen_ai.client.operation.duration', factor: SECONDS },
    { name: 'gen_ai.server.request.duration', factor: SECONDS },
    { name: 'gen_ai.invoke_agent.duration', factor: SECONDS },
    { name: 'gen_ai.execute_tool.duration', factor: SECONDS },
    { name: 'duration', factor: SECONDS },
  ],
  tokensInput: [
    { name: 'gen_ai.usage.input_tokens' },
    { name: 'gen_ai.usage.prompt_tokens' },
    { name: 'input_tokens' },
  ],
  tokensOutput: [
    { name: 'gen_ai.usage.output_tokens' },
    { name: 'gen_ai.usage.completion_tokens' },
    { name: 'output_tokens' },
  ],
  tokensCacheRead: [
    { name: 'gen_ai.usage.cache_read.input_tokens' },
    { name: 'gen_ai.usage.cache_read_input_tokens' },
    { name: 'cache_read_tokens' },
  ],
  tokensCacheCreation: [
    { name: 'gen_ai.usage.cache_creation.input_tokens' },
    { name: 'gen_ai.usage.cache_write.input_tokens' },
    { name: 'gen_ai.usage.cache_creation_input_tokens' },
    { name: 'cache_creation_tokens' },
  ],
  tokensReasoning: [{ name: 'gen_ai.usage.reasoning.output_tokens' }, { name: 'reasoning_tokens' }],
  costUsd: [{ name: 'cost_usd' }, { name: 'gen_ai.usage.cost' }, { name: 'costUsd' }],
  statusCode: [{ name: 'http.response.status_code' }, { name: 'http.status_code' }, { name: 'status_code' }],
  responseBytes: [
    { name: 'http.response.body.size' },
    { name: 'http.response_content_length' },
    { name: 'http.response.size' },
  ],
};

/** Old names of attributes that have no column, and what they are called now. */
export const renamedAttributes: ReadonlyMap<string, string> = new Map([
  ['gen_ai.system', 'gen_ai.provider.name'],
  ['http.target', 'url.path'],
  ['http.url', 'url.full'],
  ['http.user_agent', 'user_agent.original'],
  ['http.client_ip', 'client.address'],
  ['net.host.name', 'server.address'],
]);

/** Attributes that say what a record is and are told by `type` already. */
export const identityAttributes = [
  'event.name',
  'log.event.name',
  'log.record.uid',
  'event.timestamp',
] as const;

/**
 * Attributes that hold content beside those that the intake drops by itself: messages of errors quote what users wrote.
 */
export const contentAttributes: ReadonlySet<string> = new Set([
  'error',
  'error.message',
  'message',
  'body',
  'content',
  'input',
  'output',
  'arguments',
  'result',
  'response',
  'log.body',
]);

/** Attributes with an address in them, of which what stands after the `?` is content. */
export const addressAttributes: ReadonlySet<string> = new Set([
  'url.full',
  'http.url',
  'http.target',
  'http.referer',
]);

/** Values of `gen_ai.operation.name` that are one call of a model. */
export const inferenceOperations: ReadonlySet<string> = new Set([
  'chat',
  'text_completion',
  'generate_content',
  'embeddings',
]);
