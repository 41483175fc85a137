import { panelProps } from '@coditect/plugins-shared/panel/testing';
import { FieldType, LoadingState, type DataFrame, type Field, type PanelData } from '@grafana/data';
import { fireEvent, render, screen, within } from '@testing-library/react';
import { migrateOptions } from '../migrations';
import { kpiFrame, total } from '../model/kpi-frames.fixture';
import { testIds } from '../testIds';
import type { KpiPanelOptions } from '../types';
import { KpiPanel } from './KpiPanel';

function show(
  data: Partial<PanelData>,
  options: Partial<KpiPanelOptions> = {},
  size = { width: 400, height: 300 },
) {
  return render(<KpiPanel {...panelProps({ data, options: migrateOptions(options), ...size })} />);
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

  it('tells loading, failed, empty and unfit apart', () => {
    const loading = show({ state: LoadingState.Loading });
    expect(screen.getByTestId(testIds.loading)).toBeTruthy();
    loading.unmount();
    const failed = show({ state: LoadingState.Error, errors: [{ message: 'No such KPI (kpi_unknown)' }] });
    expect(screen.getByRole('alert').textContent).toBe('No such KPI (kpi_unknown)');
    failed.unmount();
    const empty = show({});
    expect(screen.getByTestId(testIds.noData).textContent).toBe('No data');
    empty.unmount();
    const fieldConfig = { defaults: { noValue: 'Nobody ran anything' }, overrides: [] };
    const said = render(
      <KpiPanel
        {...panelProps({ data: {}, options: migrateOptions({}), width: 400, height: 300, fieldConfig })}
      />,
    );
    expect(screen.getByTestId(testIds.noData).textContent).toBe('Nobody ran anything');
    said.unmount();
    const name: Field = { name: 'name', type: FieldType.string, values: ['x'], config: {} };
    show({ series: [{ length: 1, fields: [name] }] });
    expect(screen.getByTestId(testIds.wrongShape).textContent).toContain(
      'value (number): the number to show',
    );
    expect(screen.getByTestId(testIds.wrongShape).textContent).toContain('Found: name (string)');
  });

  it('keeps the numbers on screen while they are refreshed', () => {
    show({ series, state: LoadingState.Loading });
    expect(screen.getByTestId(testIds.value).textContent).toBe('90%');
  });

  it('explains the number to who points at the icon', async () => {
    show({ series });
    fireEvent.focus(screen.getByTestId(testIds.definitionButton));
    const text = (await screen.findByTestId(testIds.definition)).textContent;
    expect(text).toContain('Share of agent runs that ended in success.');
    expect(text).toContain('Made of9 of 10');
  });

  it('still shows the value in 100 by 40 pixels', () => {
    show({ series }, { target: 0.95 }, { width: 100, height: 40 });
    expect(screen.getByTestId(testIds.value).textContent).toBe('90%');
    expect(screen.queryByTestId(testIds.sparkline)).toBeNull();
  });

  it('leads to where the data link points, and to a menu when there are several', () => {
    const origin: Field = { name: 'value', type: FieldType.number, values: [], config: {} };
    const linked = (...titles: string[]) =>
      kpiFrame({ total }, {}, 'core', () =>
        titles.map((title) => ({ title, href: `/d/${title}`, target: undefined, origin })),
      );
    const { unmount } = show({ series: [linked('agents')] });
    expect(screen.getByRole('link', { name: 'core: agents' }).getAttribute('href')).toBe('/d/agents');
    unmount();
    show({ series: [linked('agents', 'cost')] });
    fireEvent.click(screen.getByRole('button', { name: 'core: 2 links' }));
    expect(screen.getByRole('menuitem', { name: 'cost' }).getAttribute('href')).toBe('/d/cost');
  });

  it('warns of a small sample with a word and not by colour alone', () => {
    show({ series }, { smallSample: 30 });
    expect(screen.getByTestId(testIds.quality).textContent).toBe('n 10');
    expect(screen.getByRole('group').getAttribute('aria-label')).toContain('It rests on 10 only');
  });

  it('shows no value of a small sample when told to', () => {
    show({ series }, { smallSample: 30, smallSampleMode: 'hide' });
    expect(screen.getByTestId(testIds.value).textContent).toBe('–');
    expect(screen.queryByTestId(testIds.delta)).toBeNull();
  });

  it('marks on the bar of the target where the value should be by now', () => {
    const range = { from: '2026-03-02T06:00:00Z', to: '2026-03-02T14:00:00Z' };
    const counted = kpiFrame({ total: { value: 60, previous: 50 }, unit: 'count', range }, { unit: 'short' });
    show({ series: [counted] }, { target: 100, pace: 'range' });
    expect(screen.getByTestId(testIds.target).textContent).toBe('60 % of 100, on pace, 50 % of the time');
    expect(screen.getByTestId(testIds.pace).style.left).toBe('50%');
  });

  it('keeps everything of a KPI on one line when it is compact', () => {
    show({ series }, { layout: 'compact', titleMode: 'always' }, { width: 500, height: 60 });
    expect(screen.getByTestId(testIds.title).textContent).toBe('core');
    expect(screen.getByTestId(testIds.delta).textContent).toBe('+10 pp');
    expect(screen.getByTestId(testIds.item).style.flexDirection).toBe('row');
  });
});
