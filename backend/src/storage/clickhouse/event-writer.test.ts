import { numberColumns, textColumns } from '@coditect/contracts';
import { anEvent } from '../../testkit/an-event.js';
import { createEventWriter, formatEventRow, partitionOfEvent } from './event-writer.js';

describe('event rows', () => {
  it('name columns in snake case and leave out what is absent', () => {
    const row: unknown = JSON.parse(
      formatEventRow(
        anEvent({
          eventId: '00000000-0000-4000-8000-000000000001',
          id: 'r1',
          userId: 'u_1',
          agentVersion: '1.2',
          durationMs: 1.5,
          statusCode: 404,
          tokensCacheRead: 7,
        }),
      ),
    );
    expect(row).toEqual({
      tenant_id: 'acme',
      event_id: '00000000-0000-4000-8000-000000000001',
      type: 'ai.coditect.ide.command.executed.v1',
      source: '/test',
      id: 'r1',
      occurred_at: Date.UTC(2026, 2, 10, 12),
      received_at: Date.UTC(2026, 2, 10, 12, 30),
      user_id: 'u_1',
      agent_version: '1.2',
      duration_ms: 1.5,
      status_code: 404,
      tokens_cache_read: 7,
      attributes: {},
    });
  });

  it('hold every column, so that an event can be read back from its row', () => {
    const texts = Object.fromEntries(textColumns.map((name) => [name, `the ${name}`]));
    const numbers = Object.fromEntries(numberColumns.map((name, index) => [name, index + 0.5]));
    const event = anEvent({ ...texts, ...numbers, subject: 'the "subject"', attributes: { a: 'ü\n' } });
    const { parseRow, createRowFormat } = createEventWriter({
      query: () => Promise.resolve([]),
      command: () => Promise.resolve(),
      insert: () => Promise.resolve(),
      close: () => Promise.resolve(),
    });
    expect(parseRow(createRowFormat('the-message')(event))).toEqual(event);
  });

  it('write cost as a decimal, never in scientific notation', () => {
    expect(formatEventRow(anEvent({ costUsd: 1e-7 }))).toContain('"cost_usd":"0.000000100"');
  });

  it('belong to the UTC month in which the event happened', () => {
    expect(partitionOfEvent(anEvent({ occurredAt: Date.UTC(2025, 11, 31, 23, 59, 59, 999) }))).toBe(
      '2025-12',
    );
    expect(partitionOfEvent(anEvent({ occurredAt: Date.UTC(2026, 0, 1) }))).toBe('2026-1');
  });
});
