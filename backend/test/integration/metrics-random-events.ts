import type { EventEnvelope } from '@coditect/contracts';
import fc from 'fast-check';
import { anEvent } from '../../src/testkit/an-event.js';

export const types = [
  'ai.coditect.agent.run.finished.v1',
  'ai.coditect.agent.model.called.v1',
  'ai.coditect.agent.tool.called.v1',
  'ai.coditect.api.request.completed.v1',
  'ai.coditect.ide.suggestion.shown.v1',
  'ai.coditect.ide.suggestion.accepted.v1',
  'ai.coditect.workflow.change.merged.v1',
  'ai.coditect.workflow.change.reverted.v1',
  'ai.coditect.workflow.run.finished.v1',
  'com.example.unknown',
];
// The clocks change on 8 March (New York), 29 March (Berlin) and 5 April (Lord Howe, by half an hour).
const firstMs = Date.UTC(2026, 2, 6);
const lastMs = Date.UTC(2026, 3, 7);
export const zones = [
  'UTC',
  'Europe/London',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
];

/** The same numbers on every run: a linear congruential generator. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export function makeEvents(tenantId: string, count: number, seed: number): EventEnvelope[] {
  const random = createRandom(seed);
  const pick = <T>(list: readonly [T, ...T[]]): T => list[random(list.length)] ?? list[0];
  return Array.from({ length: count }, (_unused, index) => {
    const type = types[random(types.length)] ?? 'com.example.unknown';
    const isRequest = type.includes('.api.');
    return anEvent({
      tenantId,
      id: `${tenantId}-${index}`,
      type,
      occurredAt: firstMs + random(lastMs - firstMs),
      team: pick(['red', 'blue', 'green', '']),
      agent: pick(['writer', 'tester', '']),
      model: pick(['small', 'large']),
      status: pick(['succeeded', 'failed', 'timed_out', 'cancelled']),
      durationMs: random(600_000) / 7,
      costUsd: random(1_000_000) / 1e6,
      tokensInput: random(5_000),
      tokensOutput: random(500),
      tokensReasoning: random(300),
      tokensCacheRead: random(9_000),
      ...(random(5) > 0 && { userId: `user-${random(60)}` }),
      ...(isRequest && {
        route: pick(['/v1/a', "/v1/it's", '/v1/\\b']),
        method: pick(['GET', 'POST']),
        statusCode: pick([200, 404, 500, 503]),
        responseBytes: random(50_000),
      }),
    });
  });
}

/** Any instant of those, or a whole quarter hour. */
export const instant = fc.oneof(
  fc.integer({ min: firstMs - 3_600_000, max: lastMs + 3_600_000 }),
  fc.integer({ min: 0, max: 32 * 24 * 4 }).map((quarters) => firstMs + quarters * 900_000),
);
