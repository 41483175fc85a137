import { checkEvent } from '../check-event.js';
import { defaultCollectorLimits } from '../limits.js';
import type { OtlpAttributes, OtlpLogRecord } from './otlp-types.js';
import { toEvent } from './to-event.js';

const nowMs = Date.parse('2026-06-15T12:00:00Z');
const nanos = `${nowMs}000000`;

function aRecord(changes: Partial<OtlpLogRecord> = {}): OtlpLogRecord {
  return {
    resource: { 'service.name': 'shop' },
    scope: { name: '', version: '', attributes: {} },
    timeMs: nowMs,
    observedTimeMs: undefined,
    timeUnixNano: nanos,
    observedTimeUnixNano: '',
    severityNumber: 9,
    severityText: '',
    eventName: '',
    body: null,
    attributes: {},
    traceId: '',
    spanId: '',
    ...changes,
  };
}

/** The event as the intake would let it through. */
function keptOf(record: OtlpLogRecord) {
  const result = checkEvent(toEvent(record, 'r-1').event, { limits: defaultCollectorLimits, nowMs });
  if (!result.ok) throw new Error(JSON.stringify(result.rejection));
  return result.value;
}

function claudeCode(name: string, attributes: OtlpAttributes) {
  return keptOf(
    aRecord({
      resource: { 'service.name': 'claude-code', 'service.version': '2.1.0' },
      scope: { name: 'com.anthropic.claude_code.events', version: '2.1.0', attributes: {} },
      body: `claude_code.${name}`,
      attributes: { 'event.name': name, 'session.id': 's-1', 'user.id': 'device-1', ...attributes },
    }),
  );
}

describe('toEvent on the events of Claude Code', () => {
  it('turns api_request into a model call with tokens and cost, also where numbers are text', () => {
    const event = claudeCode('api_request', {
      model: 'claude-sonnet',
      input_tokens: '12',
      output_tokens: 34,
      cache_read_tokens: '5000',
      cache_creation_tokens: '60',
      cost_usd: '0.0123',
      duration_ms: '2500',
      'user.account_uuid': 'account-1',
    });
    expect(event).toMatchObject({
      type: 'ai.coditect.agent.model.called.v1',
      source: '/otlp/claude-code',
      occurredAt: nowMs,
      columns: {
        userId: 'account-1',
        sessionId: 's-1',
        agent: 'claude-code',
        agentVersion: '2.1.0',
        model: 'claude-sonnet',
        status: 'succeeded',
        tokensInput: 12,
        tokensOutput: 34,
        tokensCacheRead: 5_000,
        tokensCacheCreation: 60,
        costUsd: 0.0123,
        durationMs: 2_500,
      },
    });
  });

  it('turns api_error into a model call that failed, without the words of the error', () => {
    const event = claudeCode('api_error', {
      model: 'm',
      status_code: '529',
      error: 'Overloaded',
      duration_ms: 10,
    });
    expect(event).toMatchObject({
      type: 'ai.coditect.agent.model.called.v1',
      columns: { status: 'failed', statusCode: 529, durationMs: 10 },
    });
    expect(JSON.stringify(event)).not.toContain('Overloaded');
  });

  it.each([
    ['true', 'succeeded'],
    ['false', 'failed'],
    [true, 'succeeded'],
    [false, 'failed'],
  ])('turns tool_result with success %p into a tool call that %s', (success, status) => {
    expect(claudeCode('tool_result', { tool_name: 'Bash', success, duration_ms: 70 })).toMatchObject({
      type: 'ai.coditect.agent.tool.called.v1',
      columns: { tool: 'Bash', status, durationMs: 70, agent: 'claude-code' },
    });
  });

  it('turns user_prompt into an event without the prompt', () => {
    const event = keptOf(
      aRecord({
        resource: { 'service.name': 'claude-code' },
        eventName: 'claude_code.user_prompt',
        body: 'my secret plan',
        attributes: { prompt_length: 14, message: 'my secret plan' },
      }),
    );
    expect(event).toMatchObject({
      type: 'ai.coditect.agent.prompt.submitted.v1',
      columns: { agent: 'claude-code' },
      attributes: { prompt_length: '14' },
    });
    expect(JSON.stringify(event)).not.toContain('secret');
  });

  it('turns tool_decision into a decision', () => {
    expect(
      claudeCode('tool_decision', { tool_name: 'Edit', decision: 'reject', source: 'user_reject' }),
    ).toMatchObject({ type: 'ai.coditect.agent.tool.decided.v1', columns: { tool: 'Edit', kind: 'reject' } });
  });

  it('knows the events by the attribute alone, by the body alone and by the name of the record', () => {
    const resource = { 'service.name': 'claude-code' };
    const records = [
      aRecord({ resource, attributes: { 'event.name': 'api_request' } }),
      aRecord({ body: 'claude_code.api_request' }),
      aRecord({ eventName: 'claude_code.api_request' }),
      aRecord({ attributes: { 'event.name': 'claude_code.api_request' } }),
      aRecord({ body: 'claude_code.api_request', attributes: { 'event.name': 'api_request' } }),
    ];
    for (const record of records) expect(keptOf(record).type).toBe('ai.coditect.agent.model.called.v1');
    expect(keptOf(aRecord({ attributes: { 'event.name': 'api_request' } })).type).toBe('api_request');
  });
});

describe('toEvent on gen_ai records', () => {
  it.each([
    [
      'old names',
      { 'gen_ai.system': 'openai', 'gen_ai.usage.prompt_tokens': 7, 'gen_ai.usage.completion_tokens': 3 },
    ],
    [
      'new names',
      { 'gen_ai.provider.name': 'openai', 'gen_ai.usage.input_tokens': 7, 'gen_ai.usage.output_tokens': 3 },
    ],
  ])('reads an inference by its %s', (_name, attributes) => {
    const event = keptOf(
      aRecord({
        attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt', ...attributes },
      }),
    );
    expect(event).toMatchObject({
      type: 'ai.coditect.agent.model.called.v1',
      columns: {
        model: 'gpt',
        kind: 'chat',
        tokensInput: 7,
        tokensOutput: 3,
        status: 'succeeded',
        project: 'shop',
      },
    });
  });

  it('counts cached and reasoning tokens apart, so that columns can be summed', () => {
    const event = keptOf(
      aRecord({
        eventName: 'gen_ai.client.inference.operation.details',
        attributes: {
          'gen_ai.usage.input_tokens': 100,
          'gen_ai.usage.cache_read.input_tokens': 70,
          'gen_ai.usage.cache_creation.input_tokens': 10,
          'gen_ai.usage.output_tokens': 50,
          'gen_ai.usage.reasoning.output_tokens': 20,
        },
      }),
    );
    expect(event.columns).toMatchObject({
      tokensInput: 20,
      tokensCacheRead: 70,
      tokensCacheCreation: 10,
      tokensOutput: 30,
      tokensReasoning: 20,
    });
  });

  it('reads tools, agents and workflows by their operation', () => {
    const typeOf = (operation: string) =>
      keptOf(aRecord({ attributes: { 'gen_ai.operation.name': operation, 'gen_ai.tool.name': 't' } })).type;
    expect(typeOf('execute_tool')).toBe('ai.coditect.agent.tool.called.v1');
    expect(typeOf('invoke_agent')).toBe('ai.coditect.agent.run.finished.v1');
    expect(typeOf('invoke_workflow')).toBe('ai.coditect.workflow.run.finished.v1');
  });

  it.each(['gen_ai.choice', 'gen_ai.user.message', 'gen_ai.evaluation.result'])(
    'takes %s for no call',
    (eventName) => {
      const attributes = { 'gen_ai.operation.name': 'chat' };
      expect(keptOf(aRecord({ eventName, attributes })).type).toBe(eventName);
    },
  );

  it.each([
    [{ 'error.type': 'timeout' }, 'timed_out'],
    [{ 'error.type': '429' }, 'failed'],
    [{}, 'succeeded'],
  ])('concludes the outcome from %p', (attributes, status) => {
    const event = keptOf(aRecord({ attributes: { 'gen_ai.operation.name': 'invoke_agent', ...attributes } }));
    expect(event.columns.status).toBe(status);
  });
});

describe('toEvent on http records', () => {
  it.each([
    ['old', { 'http.method': 'GET', 'http.status_code': 503, 'http.server.duration': 120 }],
    [
      'new',
      {
        'http.request.method': 'GET',
        'http.response.status_code': '503',
        'http.server.request.duration': 0.12,
      },
    ],
  ])('reads a request by its %s names', (_name, attributes) => {
    expect(keptOf(aRecord({ attributes: { 'http.route': '/cart/:id', ...attributes } }))).toMatchObject({
      type: 'ai.coditect.api.request.completed.v1',
      columns: { method: 'GET', route: '/cart/:id', statusCode: 503, durationMs: 120, status: 'failed' },
    });
  });

  it('keeps queries of addresses out and gives a request without a route a name for that', () => {
    const event = keptOf(
      aRecord({
        attributes: {
          'http.method': 'GET',
          'http.status_code': 200,
          'http.url': 'https://x.test/a?token=secret',
        },
      }),
    );
    expect(event.columns.route).toBe('unmatched');
    expect(event.attributes['url.full']).toBe('https://x.test/a');
  });
});

describe('toEvent on any other record', () => {
  it('keeps it under its own name, without the body', () => {
    const record = aRecord({
      eventName: 'cart.emptied',
      body: 'Ada emptied the cart',
      severityText: 'INFO',
      traceId: 'abcd',
      attributes: { items: 3, big: '9007199254740993' },
    });
    expect(toEvent(record, 'r').contentDropped).toBe(1);
    expect(keptOf(record)).toMatchObject({
      type: 'cart.emptied',
      id: 'r-1',
      attributes: {
        items: '3',
        big: '9007199254740993',
        severity: 'INFO',
        'trace.id': 'abcd',
        'service.name': 'shop',
      },
    });
    expect(JSON.stringify(keptOf(record))).not.toContain('Ada');
  });

  it('calls a record without a name opentelemetry.log, and one whose name is a sentence too', () => {
    expect(keptOf(aRecord({ body: 'hello' })).type).toBe('opentelemetry.log');
    expect(keptOf(aRecord({ eventName: 'Ada said hello' })).type).toBe('opentelemetry.log');
  });

  it('takes the time of observation where there is no other', () => {
    const { event } = toEvent(aRecord({ timeMs: undefined, observedTimeMs: nowMs - 5 }), 'r');
    expect(event.time).toBe('2026-06-15T11:59:59.995Z');
    expect(toEvent(aRecord({ timeMs: undefined }), 'r').event).not.toHaveProperty('time');
  });

  it('leaves a time that is none for the check to refuse', () => {
    for (const timeMs of [Number.NaN, 1e300])
      expect(toEvent(aRecord({ timeMs }), 'r').event.time).toBe('invalid');
  });
});
