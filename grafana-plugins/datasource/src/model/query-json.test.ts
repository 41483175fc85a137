import { migrateQuery } from '../migrations';
import type { AnalyticsQuery } from '../types';
import { readText, toText } from './query-json';

function query(saved: Record<string, unknown>): AnalyticsQuery {
  const read = migrateQuery({ refId: 'B', ...saved });
  if (read.kind === 'unreadable') throw new Error(read.reason);
  return read;
}
const runs = query({ metric: 'agent_runs', hide: true, datasource: { uid: 'coditect', type: 't' } });
const funnel = query({ kind: 'funnel', funnel: { steps: [{ type: 'a', filters: [] }, { type: 'b' }] } });

function reasonOf(text: string): string {
  const read = readText(text, runs);
  return read.state === 'broken' ? read.reason : `it is ${read.state}`;
}

describe('toText', () => {
  it('leaves out what Grafana adds', () => {
    const written: unknown = JSON.parse(toText(runs));
    expect(written).toMatchObject({ kind: 'kpi', metric: 'agent_runs' });
    expect(Object.keys(written ?? {})).not.toEqual(expect.arrayContaining(['refId', 'hide', 'datasource']));
  });
});

describe('readText', () => {
  it.each([[runs], [funnel]])('reads back what was written, with what Grafana added', (given) => {
    expect(readText(toText(given), given)).toEqual({ state: 'read', query: given, losses: [] });
  });

  it('names every part that would be lost', () => {
    const text = JSON.stringify({
      kind: 'kpi',
      metric: 'agent_runs',
      interval: '2h',
      colour: 'red',
      filters: [{ dimension: 'team', operator: '!=', value: 'a', not: true }],
      limit: '5',
    });
    const read = readText(text, runs);
    expect(read.state === 'read' && read.losses).toMatchObject([
      { path: 'interval', reason: '"2h" is read as "auto"' },
      { path: 'colour', reason: 'is not a field of this query' },
      { path: 'filters[0].not', reason: 'is not a field of this query' },
    ]);
  });

  it.each([[{ is: 'below' }], [{ is: 'above', value: 0 }]])(
    'keeps the line that is marked: %j',
    (markWhen) => {
      expect(readText(JSON.stringify({ kind: 'kpi', metric: 'cost', markWhen }), runs)).toMatchObject({
        losses: [],
        query: { markWhen },
      });
      const read = readText('{"kind":"kpi","metric":"cost","markWhen":{"is":"near"}}', runs);
      expect(read.state === 'read' && read.losses).toMatchObject([{ path: 'markWhen' }]);
    },
  );

  it('counts entries that are not understood', () => {
    const text = JSON.stringify({ kind: 'kpi', metric: 'cost', groupBy: ['team', 3] });
    const read = readText(text, runs);
    expect(read.state === 'read' && read.losses).toMatchObject([
      { path: 'groupBy', reason: '1 of 2 entries are not understood' },
    ]);
  });

  it('says what is wrong with a broken text', () => {
    expect(reasonOf('{\n  "metric": ,\n}')).toMatch(/^This is not JSON\. Unexpected token/u);
    expect(reasonOf('[1]')).toContain('one JSON object');
  });

  it('takes no operator that there is not for another one, and says where it stands', () => {
    const reason = 'there is no operator "<>". There are =, !=, in, not in, =~, !~.';
    const step = { type: 'operator', filters: [{ value: '"operator":', dimension: 'team', operator: '<>' }] };
    const steps = [{ filters: [{ dimension: 'team', operator: 'regex', value: 'a' }] }, step];
    const text = JSON.stringify({ kind: 'funnel', funnel: { steps } }, undefined, 1);
    const line = text.split('\n').findIndex((each) => each.includes('<>')) + 1;
    expect(reasonOf(text)).toBe(`Line ${line}, funnel.steps[1].filters[0].operator: ${reason}`);
    expect(reasonOf('{"metric":"cost","filters":[{"dimension":"team","operator":7,"value":"a"}]}')).toContain(
      'no operator "7"',
    );
  });

  it('takes a filter without an operator as one that equals, and without a value as one that is not used', () => {
    const read = readText('{"kind":"kpi","metric":"cost","filters":[{"dimension":"team"}]}', runs);
    expect(read).toMatchObject({
      losses: [],
      query: { filters: [{ dimension: 'team', operator: '=', value: [] }] },
    });
  });

  it('does not take a kind that there is not', () => {
    expect(reasonOf('{"kind":"heatmap"}')).toContain('"heatmap"');
  });
});
