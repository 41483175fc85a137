import { LoadingState, type DataFrame, type PanelData, type PanelProps } from '@grafana/data';
import { render, screen, within } from '@testing-library/react';
import { kpiFrame, total } from '../model/kpi-frames.fixture';
import { testIds } from '../testIds';
import type { KpiPanelOptions } from '../types';
import { KpiPanel } from './KpiPanel';

// Grafana's packages import it for a hook that nothing here calls, and it comes as an ES module only.
jest.mock('@react-hookz/web', () => ({}));
// Icons are fetched after the first drawing; here nothing serves them.
jest.mock('react-inlinesvg', () => ({ __esModule: true, default: () => null }));

function show(
  data: Partial<PanelData>,
  options: Partial<KpiPanelOptions> = {},
  size = { width: 400, height: 300 },
) {
  // Only these properties are read.
  const props = {
    data: { series: [], state: LoadingState.Done, ...data },
    options,
    timeZone: 'utc',
    ...size,
  };
  return render(<KpiPanel {...(props as unknown as PanelProps<KpiPanelOptions>)} />);
}
const series: DataFrame[] = [kpiFrame({ total })];

describe('KpiPanel', () => {
  it('shows value, change, target, trend and the previous period', () => {
    show({ series }, { target: 0.95 });
    expect(screen.getByTestId(testIds.value).textContent).toBe('90%');
    expect(screen.getByTestId(testIds.delta).textContent).toBe('+10 ppvs a week before');
    expect(screen.getByTestId(testIds.delta).dataset['judgement']).toBe('good');
    expect(screen.getByTestId(testIds.target).textContent).toBe('target 95%');
    expect(screen.getByTestId(testIds.progress).style.width).toBe('94.7%');
    expect(within(screen.getByTestId(testIds.sparkline)).getByTestId(testIds.previousLine)).toBeTruthy();
  });

  it('says to screen readers what it shows', () => {
    show({ series });
    expect(screen.getByRole('group', { name: 'core: 90%; +10 pp vs a week before, better' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'What is Agent success rate?' })).toBeTruthy();
  });

  it('names the items when there are several', () => {
    show({ series: [kpiFrame({ total }, {}, 'core'), kpiFrame({ total }, {}, 'web')] });
    expect(screen.getAllByTestId(testIds.title).map(({ textContent }) => textContent)).toEqual([
      'core',
      'web',
    ]);
  });

  it('tells loading, failed and empty apart', () => {
    const loading = show({ state: LoadingState.Loading });
    expect(screen.getByTestId(testIds.loading)).toBeTruthy();
    loading.unmount();
    const failed = show({ state: LoadingState.Error, errors: [{ message: 'No such KPI (kpi_unknown)' }] });
    expect(screen.getByRole('alert').textContent).toBe('No such KPI (kpi_unknown)');
    failed.unmount();
    show({});
    expect(screen.getByTestId(testIds.noData).textContent).toBe('No data');
  });

  it('keeps the numbers on screen while they are refreshed', () => {
    show({ series, state: LoadingState.Loading });
    expect(screen.getByTestId(testIds.value).textContent).toBe('90%');
  });

  it('still shows the value in 100 by 40 pixels', () => {
    show({ series }, { target: 0.95 }, { width: 100, height: 40 });
    expect(screen.getByTestId(testIds.value).textContent).toBe('90%');
    expect(screen.queryByTestId(testIds.sparkline)).toBeNull();
  });
});
