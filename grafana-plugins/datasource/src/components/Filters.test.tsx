import { fireEvent, render, screen } from '@testing-library/react';
import { setTemplateSrv, type TemplateSrv } from '@grafana/runtime';
import { pretend } from '../model/pretend.fixture';
import { testIds } from '../testIds';
import type { QueryFilter } from '../types';
import { Filters } from './Filters';
import { standInForCanvas } from './canvas.fixture';

// Grafana's packages import it for a hook that nothing here calls, and it comes as an ES module only.
jest.mock('@react-hookz/web', () => ({}));
// Icons are fetched after the first drawing; here nothing serves them.
jest.mock('react-inlinesvg', () => ({ __esModule: true, default: () => null }));

beforeAll(() => {
  standInForCanvas();
  setTemplateSrv(pretend<TemplateSrv>({ getVariables: () => [] }));
});

const agents: QueryFilter = { dimension: 'agent', operator: '=~', value: '^review' };
const models: QueryFilter = { dimension: 'model', operator: '!~', value: 'mini$' };
const routes: QueryFilter = { dimension: 'route', operator: '=~', value: '^/api' };

function open(filters: QueryFilter[]) {
  const changes: QueryFilter[][] = [];
  const shown = (current: QueryFilter[]) => (
    <Filters
      refId="A"
      filters={current}
      dimensions={['agent', 'model', 'route']}
      problems={{}}
      findValues={() => Promise.resolve([])}
      onChange={(changed) => changes.push(changed)}
    />
  );
  const { rerender } = render(shown(filters));
  return { changes, reopen: (current: QueryFilter[]) => rerender(shown(current)) };
}

const ids = testIds.queryEditor;

describe('Filters', () => {
  it('keeps each expression with its own row when a row before it is removed', () => {
    const { changes, reopen } = open([agents, routes]);
    fireEvent.click(screen.getByTestId(ids.removeFilter(0)));
    expect(changes).toEqual([[routes]]);
    reopen([routes]);
    expect(screen.getByTestId(ids.filterValue(0))).toHaveProperty('value', '^/api');
  });

  it('writes an expression when it was changed, and only then', () => {
    const { changes } = open([models]);
    const field = screen.getByTestId(ids.filterValue(0));
    fireEvent.blur(field);
    expect(changes).toEqual([]);
    fireEvent.change(field, { target: { value: 'large$' } });
    fireEvent.blur(field);
    expect(changes).toEqual([[{ ...models, value: 'large$' }]]);
  });

  it('shows the empty value of a list', () => {
    open([{ dimension: 'team', operator: 'in', value: ['', 'core'] }]);
    expect(screen.getByText('(empty)')).toBeTruthy();
  });

  it('shows an operator that there is not until somebody chooses another', () => {
    open([{ dimension: 'team', operator: '<>', value: 'core' }]);
    expect(screen.getByRole('combobox', { name: 'Operator' })).toHaveProperty('value', '<>');
  });

  it('tells the empty value from none', () => {
    const { changes, reopen } = open([{ ...agents, operator: '=', value: '' }]);
    const shown = () => screen.getByTestId(ids.filterValue(0));
    expect(shown()).toHaveProperty('value', '(empty)');
    reopen([{ ...agents, operator: '=', value: [] }]);
    expect(shown()).toHaveProperty('value', '');
    fireEvent.click(screen.getByTestId(ids.addFilter));
    expect(changes[0]?.[1]).toEqual({ dimension: '', operator: '=', value: [] });
  });

  it('names its fields', () => {
    open([agents]);
    expect(screen.getByRole('combobox', { name: 'Operator' })).toBeTruthy();
    expect(screen.getByRole('textbox', { name: 'Value' })).toBeTruthy();
    open([
      { ...agents, operator: 'in', value: ['a'] },
      { ...agents, operator: '=', value: 'a' },
    ]);
    expect(screen.getAllByRole('combobox', { name: 'Value' })).toHaveLength(2);
  });
});
