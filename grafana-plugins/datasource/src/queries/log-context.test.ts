import type { EventSearchInput } from '@coditect/contracts';
import type { LogRowContextOptions, LogRowModel } from '@grafana/data';
import { of } from 'rxjs';
import { foundEvents } from '../model/event.fixture';
import { pretend } from '../model/pretend.fixture';
import { readLogContext, toContextQuery } from './log-context';

const at = Date.parse('2026-03-02T09:00:00.000Z');

function row(labels: Record<string, string>): LogRowModel {
  const part: Partial<LogRowModel> = {
    labels,
    timeEpochMs: at,
    dataFrame: { refId: 'B', fields: [], length: 0 },
  };
  return pretend(part);
}

async function ask(
  labels: Record<string, string>,
  options: { direction: string; limit?: number; timeWindowMs?: number },
) {
  const asked: EventSearchInput[] = [];
  const client = {
    searchEvents: (search: EventSearchInput) => {
      asked.push(search);
      return of({ ...foundEvents, next: 'cursor' });
    },
  };
  // Grafana's own type for the direction is of its own use.
  const frame = await readLogContext(client, row(labels), pretend<LogRowContextOptions>(options), {
    requestId: 'C',
    headers: {},
  });
  return { frame, asked: asked[0] };
}

describe('readLogContext', () => {
  it('looks back in the same session, the event itself included', async () => {
    const { frame, asked } = await ask(
      { session: 's1', source: 'ide/1' },
      { direction: 'BACKWARD', limit: 50 },
    );
    expect(asked).toEqual({
      range: { from: '2026-03-01T09:00:00.000Z', to: '2026-03-02T09:00:00.001Z' },
      filters: [{ dimension: 'session', operator: '=', value: 's1' }],
      order: 'newestFirst',
      limit: 50,
    });
    expect([frame.refId, frame.length, frame.meta?.notices]).toEqual(['B-context', 2, undefined]);
  });

  it('looks forward at the same source where there is no session', async () => {
    const { asked } = await ask(
      { session: '', source: 'ide/1' },
      { direction: 'FORWARD', limit: 5_000, timeWindowMs: 1_000 },
    );
    expect(asked).toEqual({
      range: { from: '2026-03-02T09:00:00.000Z', to: '2026-03-02T09:00:01.000Z' },
      filters: [{ dimension: 'source', operator: '=', value: 'ide/1' }],
      order: 'oldestFirst',
      limit: 100,
    });
  });

  it('can be gone on with as a query', () => {
    expect(toContextQuery(row({ session: 's1' }))).toMatchObject({
      refId: 'B-context',
      kind: 'events',
      events: { filters: [{ dimension: 'session', operator: '=', value: 's1' }] },
    });
    expect(toContextQuery(row({})).events.filters).toEqual([]);
  });
});
