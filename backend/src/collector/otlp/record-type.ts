import type { KnownEventType } from '@coditect/contracts';
import { inferenceOperations } from './attribute-map.js';
import type { OtlpAttributes, OtlpLogRecord } from './otlp-types.js';

/** What a record turns into: one of our types, or with `known` absent whatever it calls itself. */
export interface RecordType {
  readonly known: KnownEventType | undefined;
  readonly eventName: string;
}

const FALLBACK_NAME = 'opentelemetry.log';
const CLAUDE_CODE_PREFIX = 'claude_code.';

const claudeCodeTypes: Readonly<Record<string, KnownEventType>> = {
  api_request: 'ai.coditect.agent.model.called.v1',
  api_error: 'ai.coditect.agent.model.called.v1',
  tool_result: 'ai.coditect.agent.tool.called.v1',
  tool_decision: 'ai.coditect.agent.tool.decided.v1',
  user_prompt: 'ai.coditect.agent.prompt.submitted.v1',
};

const operationTypes: Readonly<Record<string, KnownEventType>> = {
  execute_tool: 'ai.coditect.agent.tool.called.v1',
  invoke_agent: 'ai.coditect.agent.run.finished.v1',
  invoke_workflow: 'ai.coditect.workflow.run.finished.v1',
};

/** Events that are a part of a call and not a call: messages, choices, evaluations. */
const PART_OF_CALL = /^gen_ai\.(?:choice|[a-z]+\.message|evaluation\..*)$/;

export function recordTypeOf(record: OtlpLogRecord, attributes: OtlpAttributes): RecordType {
  const eventName = eventNameOf(record, attributes);
  const known = claudeCodeTypeOf(eventName) ?? genAiTypeOf(eventName, attributes) ?? httpTypeOf(attributes);
  return { known, eventName };
}

/**
 * The record's own name for itself. Claude Code has called its events `api_request` in `event.name` beside a body of
 * `claude_code.api_request`; both come out as the latter.
 */
function eventNameOf(record: OtlpLogRecord, attributes: OtlpAttributes): string {
  const given = [record.eventName, attributes['event.name'], attributes['log.event.name']];
  const name = given.find((some): some is string => typeof some === 'string' && some !== '');
  const body = typeof record.body === 'string' ? record.body : '';
  if (name === undefined) return body.startsWith(CLAUDE_CODE_PREFIX) && isName(body) ? body : FALLBACK_NAME;
  if (!isName(name)) return FALLBACK_NAME;
  const isClaudeCode = body === CLAUDE_CODE_PREFIX + name || isFromClaudeCode(record);
  return isClaudeCode && Object.hasOwn(claudeCodeTypes, name) ? CLAUDE_CODE_PREFIX + name : name;
}

function isFromClaudeCode(record: OtlpLogRecord): boolean {
  return record.resource['service.name'] === 'claude-code' || record.scope.name.includes('claude_code');
}

/** A name is short and has no blanks; anything else is a sentence, which is content. */
function isName(text: string): boolean {
  return /^[\w.:/-]{1,256}$/.test(text);
}

function claudeCodeTypeOf(eventName: string): KnownEventType | undefined {
  if (!eventName.startsWith(CLAUDE_CODE_PREFIX)) return undefined;
  const name = eventName.slice(CLAUDE_CODE_PREFIX.length);
  return Object.hasOwn(claudeCodeTypes, name) ? claudeCodeTypes[name] : undefined;
}

function genAiTypeOf(eventName: string, attributes: OtlpAttributes): KnownEventType | undefined {
  if (PART_OF_CALL.test(eventName)) return undefined;
  const operation = attributes['gen_ai.operation.name'];
  if (typeof operation === 'string') {
    if (Object.hasOwn(operationTypes, operation)) return operationTypes[operation];
    if (inferenceOperations.has(operation)) return 'ai.coditect.agent.model.called.v1';
  }
  return eventName === 'gen_ai.client.inference.operation.details'
    ? 'ai.coditect.agent.model.called.v1'
    : undefined;
}

function httpTypeOf(attributes: OtlpAttributes): KnownEventType | undefined {
  const method = attributes['http.request.method'] ?? attributes['http.method'];
  const status = attributes['http.response.status_code'] ?? attributes['http.status_code'];
  const isRequest = typeof method === 'string' && method !== '' && status !== undefined && status !== null;
  return isRequest ? 'ai.coditect.api.request.completed.v1' : undefined;
}
