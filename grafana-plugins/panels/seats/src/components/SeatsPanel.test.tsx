import { panelProps } from '@coditect/plugins-shared/panel/testing';
import { LoadingState, type PanelData } from '@grafana/data';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import { seatsFrame, transitionsFrame } from '../model/seats-frames.fixture';
import { migrateOptions } from '../migrations';
import { testIds } from '../testIds';
import type { SeatsPanelOptions } from '../types';
import { SeatsPanel } from './SeatsPanel';

function show(
  data: Partial<PanelData>,
  options: Partial<SeatsPanelOptions> = {},
  size = { width: 900, height: 400 },
) {
  return render(
    <SeatsPanel
      {...panelProps({ data, options: migrateOptions(options), ...size, timeZone: 'Europe/Berlin' })}
    />,
  );
}
const series = [seatsFrame(), transitionsFrame()];

describe('SeatsPanel', () => {
  it('shows numbers, the bar to scale, the trend and the transitions', () => {
    show({ series });
    expect(screen.getAllByTestId(testIds.number).map(({ textContent }) => textContent)).toEqual([
      'Purchased20',
      'Assigned16',
      'Active12',
      'Idle3',
    ]);
    expect(screen.getByTestId(testIds.utilisation).textContent).toBe('Utilisation75.0%');
    expect(screen.getByTestId(testIds.cost).textContent).toContain('$117 a month');
    expect(screen.getAllByTestId(testIds.part).map(({ style }) => style.width)).toEqual([
      '60%',
      '5%',
      '15%',
      '20%',
    ]);
    expect(screen.getByTestId(testIds.trend)).toBeTruthy();
    const [retained] = screen.getAllByTestId(testIds.transition);
    expect(within(retained ?? document.body).getByRole('rowheader').textContent).toContain('Retained');
  });

  it('shows what it is asked for', () => {
    show({ series }, { showBar: false, showTrend: false, showTransitions: false, showCost: false });
    for (const id of [testIds.bar, testIds.trend, testIds.transitions, testIds.cost]) {
      expect(screen.queryByTestId(id)).toBeNull();
    }
    expect(screen.getAllByTestId(testIds.number)).toHaveLength(4);
  });

  it('says that no price is known', () => {
    show({ series: [seatsFrame(null)] });
    expect(screen.getByTestId(testIds.cost).textContent).toContain('No seat price is known');
  });

  it('is one stop for Tab, and arrows lead from the bar to the trend', () => {
    show({ series });
    const parts = screen.getAllByTestId(testIds.part);
    expect(parts.map(({ tabIndex }) => tabIndex)).toEqual([0, -1, -1, -1]);
    act(() => parts[0]?.focus());
    expect(screen.getByTestId(testIds.note).textContent).toContain('Assigned, and used.');
    fireEvent.keyDown(document.activeElement ?? document.body, { key: 'ArrowDown' });
    expect(document.activeElement?.getAttribute('aria-label')).toContain('2026-03-28: Purchased 10');
  });

  it('keeps the numbers in 400 by 80 pixels', () => {
    show({ series }, {}, { width: 400, height: 80 });
    expect(screen.getAllByTestId(testIds.number)).toHaveLength(4);
    expect(screen.queryByTestId(testIds.trend)).toBeNull();
    expect(screen.queryByTestId(testIds.transitions)).toBeNull();
  });

  it('tells loading, failed, empty and unfit apart, and keeps what it has while it is refreshed', () => {
    const loading = show({ state: LoadingState.Loading });
    expect(screen.getByTestId(testIds.loading)).toBeTruthy();
    loading.unmount();
    const failed = show({ state: LoadingState.Error, errors: [{ message: 'No such analysis' }] });
    expect(screen.getByRole('alert').textContent).toBe('No such analysis');
    failed.unmount();
    const empty = show({});
    expect(screen.getByTestId(testIds.noData)).toBeTruthy();
    empty.unmount();
    const unfit = show({ series: [{ length: 3, fields: seatsFrame().fields.slice(0, 2) }] });
    expect(screen.getByTestId(testIds.wrongShape).textContent).toContain('time (time), purchased (number)');
    unfit.unmount();
    show({ series, state: LoadingState.Loading });
    expect(screen.getByTestId(testIds.bar)).toBeTruthy();
  });
});
