import { render, screen } from '@testing-library/react';
import { setTemplateSrv, type TemplateSrv } from '@grafana/runtime';
import type { AnalyticsDataSource } from '../datasource';
import { newQuery } from '../model/new-query';
import { pretend } from '../model/pretend.fixture';
import { testIds } from '../testIds';
import type { AnalyticsQuery, KpiQuery } from '../types';
import { standInForCanvas } from './canvas.fixture';
import { KindEditor } from './KindEditor';

// Grafana's packages import it for a hook that nothing here calls, and it comes as an ES module only.
jest.mock('@react-hookz/web', () => ({}));
// Icons are fetched after the first drawing; here nothing serves them.
jest.mock('react-inlinesvg', () => ({ __esModule: true, default: () => null }));

beforeAll(() => {
  standInForCanvas();
  setTemplateSrv(pretend<TemplateSrv>({ getVariables: () => [] }));
});

const datasource = pretend<AnalyticsDataSource>({ client: { dimensionValues: () => Promise.resolve([]) } });

function problemsOf(query: Exclude<AnalyticsQuery, KpiQuery>): (string | null)[] {
  const { unmount } = render(
    <KindEditor
      query={query}
      dimensions={['agent', 'team', 'type']}
      datasource={datasource}
      onChange={() => undefined}
    />,
  );
  const found = screen.queryAllByTestId(testIds.queryEditor.problem).map(({ textContent }) => textContent);
  unmount();
  return found.map((text) => text.trim());
}

const [funnel, paths, seats] = [newQuery('funnel', 'A'), newQuery('paths', 'A'), newQuery('seats', 'A')];

describe('KindEditor', () => {
  it('explains in place what a kind does not know', () => {
    const filters = [{ dimension: 'model', operator: '=', value: 'x' }];
    const steps = [{ filters }, { filters: [] }];
    const reason = 'There is no dimension "model" here. Choose one of agent, team, type';
    expect(problemsOf({ ...funnel, funnel: { ...funnel.funnel, steps, breakdown: 'model' } })).toEqual([
      `${reason}, or remove the filter.`,
      `${reason}.`,
    ]);
    expect(problemsOf({ ...paths, paths: { ...paths.paths, by: 'model' } })).toEqual([`${reason}.`]);
    expect(problemsOf({ ...seats, seats: { ...seats.seats, filters } })).toEqual([
      'Seats are known by team and project only. Choose one of them, or remove the filter.',
    ]);
  });

  it('says what a funnel lacks', () => {
    expect(problemsOf({ ...funnel, funnel: { ...funnel.funnel, steps: [] } })).toEqual([
      'A funnel has at least 2 steps, and this one has none. Add what comes first and next.',
    ]);
  });

  it('says of a new funnel what to do, and of other new queries nothing', () => {
    expect(problemsOf(funnel)).toEqual([
      'No step of this funnel says what happens in it. Choose the event that comes first, and what comes next.',
    ]);
    const steps = [{ filters: [] }, { type: 'a', filters: [] }];
    const chosen = { ...funnel, funnel: { ...funnel.funnel, steps } };
    expect([chosen, paths, seats].flatMap(problemsOf)).toEqual([]);
  });
});
