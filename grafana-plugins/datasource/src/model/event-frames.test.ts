import { DataFrameType, FieldType } from '@grafana/data';
import type { EventSearchInput } from '@coditect/contracts';
import { toEventTable, toLogsFrame, toVolumeFrames } from './event-frames';
import type { PlannedSearch } from './event-request';
import { foundEvents } from './event.fixture';

const plan: PlannedSearch<EventSearchInput> = {
  question: {
    range: { from: '2026-03-02T09:00:00.000Z', to: '2026-03-02T10:00:00.000Z' },
    search: 'failed (x)',
    order: 'newestFirst',
    limit: 2,
  },
  unused: [],
};

describe('toLogsFrame', () => {
  it('has the fields that Grafana reads logs from', () => {
    const frame = toLogsFrame(foundEvents, plan, 'A');
    expect(frame.meta).toMatchObject({
      type: DataFrameType.LogLines,
      preferredVisualisationType: 'logs',
      limit: 2,
      searchWords: ['failed', String.raw`\(x\)`],
    });
    expect(frame.fields.map(({ name, type }) => [name, type])).toEqual([
      ['timestamp', FieldType.time],
      ['body', FieldType.string],
      ['severity', FieldType.string],
      ['id', FieldType.string],
      ['labels', FieldType.other],
    ]);
    expect(frame.fields.map(({ values }): unknown => values[0])).toEqual([
      Date.parse('2026-03-02T09:00:01Z'),
      'agent run failed (reviewer)',
      'error',
      'e2',
      { type: 'ai.coditect.agent.run.finished.v1', agent: 'reviewer', session: 's1', status: 'failed' },
    ]);
  });

  it('says that there are more events, and which ones are shown', () => {
    expect(toLogsFrame(foundEvents, plan, 'A').meta?.notices).toBeUndefined();
    const more = { ...foundEvents, next: 'cursor' };
    expect(toLogsFrame(more, plan, 'A').meta?.notices).toEqual([
      { severity: 'warning', text: 'Only the newest 2 events are shown; there are more.' },
    ]);
    const oldest = { ...plan, question: { ...plan.question, order: 'oldestFirst' as const } };
    expect(toLogsFrame(more, oldest, 'A').meta?.notices?.[0]?.text).toContain('oldest 2');
  });
});

describe('toEventTable', () => {
  it('has a column for every field that one of the events has', () => {
    const frame = toEventTable(foundEvents, plan, 'A');
    expect(frame.fields.map(({ name }) => name)).toEqual([
      ...['time', 'level', 'type', 'line'],
      ...['agent', 'session', 'source', 'status', 'team'],
    ]);
    expect(frame.fields.find(({ name }) => name === 'team')?.values).toEqual([null, 'core']);
  });

  it('stops at sixty fields and says so', () => {
    const fields = Object.fromEntries(Array.from({ length: 65 }, (_each, index) => [`f${index}`, 'x']));
    const [first] = foundEvents.events;
    const frame = toEventTable({ ...foundEvents, events: first ? [{ ...first, fields }] : [] }, plan, 'A');
    expect(frame.fields).toHaveLength(64);
    expect(frame.meta?.notices).toEqual([
      { severity: 'warning', text: '5 fields more are in the logs view.' },
    ]);
  });
});

describe('toVolumeFrames', () => {
  it('counts each level in a frame of its own', () => {
    const buckets = [
      { time: '2026-03-02T09:00:00Z', info: 5, warning: 0, error: 1 },
      { time: '2026-03-02T09:01:00Z', info: 2, warning: 1, error: 0 },
    ];
    const frames = toVolumeFrames(
      { buckets, meta: foundEvents.meta },
      { question: {}, unused: [] },
      'log-volume-A',
    );
    expect(frames.map(({ name, fields }) => [name, fields[1]?.labels, fields[1]?.values])).toEqual([
      ['info', { level: 'info' }, [5, 2]],
      ['warning', { level: 'warning' }, [0, 1]],
      ['error', { level: 'error' }, [1, 0]],
    ]);
    expect(frames.map(({ refId, fields }) => [refId, fields[1]?.config.displayNameFromDS])).toEqual([
      ['log-volume-A', 'info'],
      ['log-volume-A', 'warning'],
      ['log-volume-A', 'error'],
    ]);
  });
});
