import { fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { setTemplateSrv, type TemplateSrv } from '@grafana/runtime';
import type { ComponentProps, createElement } from 'react';
import type { AnalyticsDataSource } from '../datasource';
import { migrateQuery } from '../migrations';
import { kpi } from '../model/answer.fixture';
import { pretend } from '../model/pretend.fixture';
import { toText } from '../model/query-json';
import { testIds } from '../testIds';
import type { AnalyticsQuery, KpiQuery } from '../types';
import { standInForCanvas } from './canvas.fixture';
import { AnnotationQueryEditor, QueryEditor } from './QueryEditor';

// Grafana's packages import it for a hook that nothing here calls, and it comes as an ES module only.
jest.mock('@react-hookz/web', () => ({}));
// Icons are fetched after the first drawing; here nothing serves them.
jest.mock('react-inlinesvg', () => ({ __esModule: true, default: () => null }));
// The code editor is loaded from a server.
jest.mock('@grafana/ui', () => {
  const { createElement } = jest.requireActual<{ createElement: CreateElement }>('react');
  return {
    ...jest.requireActual<object>('@grafana/ui'),
    CodeEditor: (props: Record<'onChange' | 'onBlur', (text: string) => void> & { value: string }) =>
      createElement('textarea', {
        value: props.value,
        onChange: (event: { target: { value: string } }) => props.onChange(event.target.value),
        onBlur: (event: { target: { value: string } }) => props.onBlur(event.target.value),
      }),
  };
});

type CreateElement = typeof createElement;

beforeAll(() => {
  standInForCanvas();
  setTemplateSrv(pretend<TemplateSrv>({ getVariables: () => [] }));
});

function read(metric: string): KpiQuery {
  const query = migrateQuery({ refId: 'A', metric });
  if (query.kind !== 'kpi') throw new Error(query.kind);
  return query;
}
const [cost, runs] = [read('cost'), read('agent_runs')];
const datasource = pretend<AnalyticsDataSource>({ client: { kpis: () => new Promise(() => undefined) } });
const ids = testIds.queryEditor;

function open(first: AnalyticsQuery) {
  const changes: AnalyticsQuery[] = [];
  const props: Omit<ComponentProps<typeof QueryEditor>, 'query'> = {
    datasource,
    onChange: (query) => changes.push(query),
    onRunQuery: () => undefined,
  };
  const { rerender } = render(<QueryEditor {...props} query={first} />);
  fireEvent.click(screen.getByRole('radio', { name: 'JSON' }));
  const editor = () => within(screen.getByTestId(ids.json)).getByRole('textbox');
  return {
    changes,
    replace: (query: AnalyticsQuery) => rerender(<QueryEditor {...props} query={query} />),
    shown: () => editor().textContent,
    type: (text: string) => fireEvent.change(editor(), { target: { value: text } }),
    leave: (text: string) => fireEvent.blur(editor(), { target: { value: text } }),
  };
}
const mine = '{"kind":"kpi","metric":"mine"}';

describe('the JSON of a query', () => {
  it('follows a query that is replaced', () => {
    const { replace, shown } = open(cost);
    expect(shown()).toBe(toText(cost));
    replace(runs);
    expect(shown()).toBe(toText(runs));
    expect(screen.queryByTestId(ids.outdated)).toBeNull();
  });

  it.each(['typed', 'left'] as const)('neither keeps nor loses in silence what was %s when it is', (how) => {
    const { changes, leave, replace, shown, type } = open(cost);
    if (how === 'typed') type(mine);
    else leave('{"metric":');
    replace(runs);
    expect(shown()).toBe(how === 'typed' ? mine : '{"metric":');
    expect(screen.getByTestId(ids.outdated)).toBeTruthy();
    // Nor is it taken over by leaving the field.
    leave(mine);
    expect(changes).toEqual([]);
    fireEvent.click(screen.getByRole('button', { name: 'Show the new query' }));
    expect(shown()).toBe(toText(runs));
    expect([changes, screen.queryByTestId(ids.outdated)]).toEqual([[], null]);
  });

  it('puts the text in the place of the new query when somebody says so', () => {
    const { changes, replace, type } = open(cost);
    type(mine);
    replace(runs);
    fireEvent.click(screen.getByRole('button', { name: 'Use this text' }));
    expect(changes).toMatchObject([{ refId: 'A', metric: 'mine' }]);
  });

  it('warns before a text of a query that is gone is left for the builder', async () => {
    const { replace, type } = open(cost);
    type(mine);
    replace(runs);
    fireEvent.click(screen.getByRole('radio', { name: 'Builder' }));
    expect(screen.getByRole('dialog').textContent).toContain('The query was replaced');
    fireEvent.click(screen.getByRole('button', { name: 'Discard the text' }));
    await waitFor(() => expect(screen.queryByTestId(ids.json)).toBeNull());
  });

  it('takes over what was typed, once it was left', () => {
    const { changes, leave, type } = open(cost);
    type(mine);
    expect(changes).toEqual([]);
    leave(mine);
    expect(changes).toMatchObject([{ metric: 'mine' }]);
    expect(screen.queryByTestId(ids.losses)).toBeNull();
  });

  it('says nothing about a text while it is typed', () => {
    const { leave, type } = open(cost);
    type('{"metric":');
    expect(screen.queryByTestId(ids.losses)).toBeNull();
    leave('{"metric":');
    expect(screen.getByTestId(ids.losses).textContent).toContain('This is not JSON');
  });

  it('names an operator that there is not in a query as it was saved', () => {
    open({ ...cost, filters: [{ dimension: kpi.dimensions[0] ?? '', operator: '<>', value: 'x' }] });
    expect(screen.getByTestId(ids.losses).textContent).toMatch(/Line \d+, filters\[0\]\.operator/u);
  });
});

describe('a saved query of which parts are not understood', () => {
  const saved = pretend<AnalyticsQuery>({ ...cost, interval: '7m', limit: 'ten' });
  function openBuilder() {
    const changes: AnalyticsQuery[] = [];
    render(
      <QueryEditor
        datasource={datasource}
        query={saved}
        onChange={(query) => changes.push(query)}
        onRunQuery={() => undefined}
      />,
    );
    return changes;
  }

  it('is told in the builder, and stays as it is while something else is changed', () => {
    const changes = openBuilder();
    expect(screen.getByTestId(ids.unread).textContent).toContain('interval "7m" is read as "auto"');
    expect(screen.getByTestId(ids.problem).textContent).toContain('an interval that there is not');
    fireEvent.click(screen.getByRole('radio', { name: 'Total' }));
    expect(changes).toMatchObject([{ format: 'table', interval: '7m', limit: 'ten' }]);
  });

  it('is saved as it is shown when somebody says so', () => {
    const changes = openBuilder();
    fireEvent.click(screen.getByRole('button', { name: 'Save what is shown instead' }));
    expect(changes).toEqual([cost]);
  });

  it('is shown as it was saved in JSON', () => {
    const { changes, leave, shown } = open(saved);
    expect(shown()).toContain('"interval": "7m"');
    expect(screen.getByTestId(ids.losses).textContent).toContain('limit "ten" is left out');
    leave(shown() ?? '');
    expect(changes).toEqual([]);
  });
});

describe('the editor of an annotation', () => {
  function openMarks(saved: object) {
    const changes: AnalyticsQuery[] = [];
    render(
      <AnnotationQueryEditor
        datasource={datasource}
        query={pretend<AnalyticsQuery>({ refId: 'Anno', ...saved })}
        onChange={(query) => changes.push(query)}
        onRunQuery={() => undefined}
      />,
    );
    const problems = screen.queryAllByTestId(ids.problem).map(({ textContent }) => textContent.trim());
    return { changes, problems };
  }

  it('explains that a KPI is marked where it crosses a line, and takes the line', () => {
    const { changes, problems } = openMarks({ kind: 'kpi', metric: 'cost' });
    expect(problems).toEqual(['Choose above or below; until then nothing is marked.']);
    fireEvent.click(screen.getByRole('radio', { name: 'Above' }));
    expect(changes).toMatchObject([{ metric: 'cost', markWhen: { is: 'above' } }]);
  });

  it('takes a number, and none for the target', () => {
    const { changes, problems } = openMarks({
      kind: 'kpi',
      metric: 'cost',
      markWhen: { is: 'above', value: 5 },
    });
    expect(problems).toEqual([]);
    const field = screen.getByTestId(ids.markValue);
    fireEvent.blur(field);
    fireEvent.change(field, { target: { value: '0.5' } });
    fireEvent.blur(field);
    fireEvent.change(field, { target: { value: '' } });
    fireEvent.blur(field);
    expect(changes.map((query) => query.kind === 'kpi' && query.markWhen)).toEqual([
      { is: 'above', value: 0.5 },
      { is: 'above' },
    ]);
  });

  it('explains a kind of which nothing can be marked', async () => {
    expect(openMarks({ kind: 'seatTransitions' }).problems[0]).toContain(
      'Nothing of this kind can be marked.',
    );
    await screen.findByText('Filters');
  });
});
