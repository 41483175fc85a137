import type { DataLink } from '@grafana/data';
import { readKpiFrameMeta } from '@coditect/plugins-shared';
import type { AnswerCell, MetricAnswer } from '@coditect/contracts';
import { answerMeta, kpi, kpiQuestion, totalAnswer } from './answer.fixture';
import type { FrameContext } from './kpi-frame-meta';
import { toTableFrame } from './table-frame';
import type { QueryOf } from '../types';

const context: FrameContext = { refId: 'A', legend: '', question: kpiQuestion, notices: [] };
const byTeam: MetricAnswer = {
  columns: [
    { name: 'team', type: 'string' },
    { name: 'value', type: 'number', unit: 'USD' },
  ],
  rows: [
    ['t10', 5],
    ['t9', null],
    ['t2', 7],
    ['t1', 5],
  ],
  meta: answerMeta,
};
const teams = (answer: MetricAnswer, ...shape: [Parameters<typeof toTableFrame>[2]]) =>
  toTableFrame(answer, context, ...shape).fields[0]?.values;

describe('toTableFrame', () => {
  it('keeps every column, with units where the service gives them', () => {
    const frame = toTableFrame(totalAnswer, context);
    expect(frame.fields.map(({ name }) => name)).toEqual([
      'team',
      'numerator',
      'denominator',
      'previous',
      'value',
    ]);
    expect(frame.fields.map(({ config }) => config.unit)).toEqual([
      undefined,
      undefined,
      undefined,
      'percentunit',
      'percentunit',
    ]);
    expect(frame.fields[4]?.values).toEqual([0.9, 0.9]);
    expect(frame.length).toBe(2);
  });

  it('orders by numbers and by names, with "no value" last either way', () => {
    expect(teams(byTeam, undefined)).toEqual(['t10', 't9', 't2', 't1']);
    expect(teams(byTeam, { order: { column: 'value', direction: 'desc' } })).toEqual([
      't2',
      't10',
      't1',
      't9',
    ]);
    expect(teams(byTeam, { order: { column: 'value', direction: 'asc' } })).toEqual([
      't10',
      't1',
      't2',
      't9',
    ]);
    expect(teams(byTeam, { order: { column: 'team', direction: 'asc' } })).toEqual(['t1', 't2', 't9', 't10']);
  });

  it('leaves the order alone and says so when there is no such column', () => {
    const frame = toTableFrame(byTeam, context, { order: { column: 'agent', direction: 'asc' } });
    expect(frame.fields[0]?.values).toEqual(['t10', 't9', 't2', 't1']);
    expect(frame.meta?.notices).toEqual([
      { severity: 'warning', text: 'The table is not ordered by "agent": it has the columns team, value.' },
    ]);
  });

  it('cuts after ordering, and says how much is left out', () => {
    const order = { column: 'team', direction: 'asc' } as const;
    const frame = toTableFrame(byTeam, context, { order, rowsMax: 2 });
    expect(frame.fields[0]?.values).toEqual(['t1', 't2']);
    expect(frame.meta?.notices).toEqual([{ severity: 'warning', text: 'The first 2 of 4 rows are shown.' }]);
  });

  it('ends with the value over all groups, also over those that were cut off', () => {
    const totals: MetricAnswer = {
      columns: [{ name: 'value', type: 'number', unit: 'USD' }],
      rows: [[99]],
      meta: answerMeta,
    };
    const frame = toTableFrame(byTeam, context, { rowsMax: 1, totals });
    expect([frame.fields[0]?.values, frame.fields[1]?.values]).toEqual([
      ['t10', 'Total'],
      [5, 99],
    ]);
    expect(frame.length).toBe(2);
    expect(readKpiFrameMeta(frame.meta?.custom)?.total).toEqual({ value: 99 });
    expect(toTableFrame(byTeam, context, { totals: { ...totals, rows: [] } }).length).toBe(4);
  });

  it('leads from a cell to the events of its row', () => {
    const linked = { ...context, datasource: { uid: 'x', name: 'Ours' }, kpi: { ...kpi, eventTypes: [] } };
    const [team, value] = toTableFrame(byTeam, linked).fields;
    expect(team?.config.links).toBeUndefined();
    expect(value?.config.links).toMatchObject([
      {
        internal: {
          query: {
            events: { filters: [{ dimension: 'team', operator: '=', value: '${__data.fields["team"]}' }] },
          },
        },
      },
    ]);
  });

  it('leads from the totals to the events of all groups, also where a group is called like them', () => {
    const linked = {
      ...context,
      datasource: { uid: 'x', name: 'Ours' },
      kpi: { ...kpi, eventTypes: ['a.v1'] },
    };
    const totals: MetricAnswer = {
      columns: [{ name: 'value', type: 'number', unit: 'USD' }],
      rows: [[99]],
      meta: answerMeta,
    };
    const answer = { ...byTeam, rows: [['Total', 1] satisfies AnswerCell[], ...byTeam.rows] };
    const frame = toTableFrame(answer, linked, { totals });
    const [team, value] = frame.fields;
    expect(team?.values.at(-1)).toBe('Total of all');
    const link: DataLink<QueryOf<'events'>> | undefined = value?.config.links?.[0];
    const query = link?.internal?.query;
    // As Grafana does when the link of a row is followed.
    const follow = (row: number) =>
      typeof query === 'function' &&
      query({ replaceVariables: () => String(team?.values[row]), scopedVars: {} }).events.filters;
    const ofType = { dimension: 'type', operator: '=', value: 'a.v1' };
    expect(follow(frame.length - 1)).toEqual([ofType]);
    const ofRow = { dimension: 'team', operator: '=', value: '${__data.fields["team"]}' };
    expect([follow(0), follow(1)]).toEqual([
      [ofType, ofRow],
      [ofType, ofRow],
    ]);
  });
});
