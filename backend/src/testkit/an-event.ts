import { createHash } from 'node:crypto';
import type { EventEnvelope } from '@coditect/contracts';

let sequence = 0;

/** An event of its own identity, received when it happened. Say only what matters to the test. */
export function anEvent(overrides: Partial<EventEnvelope> = {}): EventEnvelope {
  sequence += 1;
  const id = overrides.id ?? `event-${sequence}`;
  const tenantId = overrides.tenantId ?? 'acme';
  const occurredAt = overrides.occurredAt ?? Date.UTC(2026, 2, 10, 12);
  return {
    eventId: eventIdOf(tenantId, id),
    tenantId,
    source: '/test',
    id,
    type: 'ai.coditect.ide.command.executed.v1',
    occurredAt,
    receivedAt: Date.UTC(2026, 2, 10, 12, 30),
    attributes: {},
    ...overrides,
  };
}

function eventIdOf(tenantId: string, id: string): string {
  const hex = createHash('sha256').update(`${tenantId}\n${id}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}
