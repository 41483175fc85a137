import { panelProps } from '@coditect/plugins-shared/panel/testing';
import { LoadingState, type PanelData } from '@grafana/data';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import { retentionFrame } from '../model/retention-frames.fixture';
import { migrateOptions } from '../migrations';
import { testIds } from '../testIds';
import type { RetentionPanelOptions } from '../types';
import { RetentionPanel } from './RetentionPanel';

function show(
  data: Partial<PanelData>,
  options: Partial<RetentionPanelOptions> = {},
  size = { width: 900, height: 300 },
) {
  return render(
    <RetentionPanel
      {...panelProps({ data, options: migrateOptions(options), ...size, timeZone: 'Europe/Berlin' })}
    />,
  );
}
const series = [retentionFrame()];

describe('RetentionPanel', () => {
  it('is a table with heads for cohorts and periods', () => {
    show({ series });
    expect(screen.getAllByRole('columnheader').map(({ textContent }) => textContent)).toEqual([
      'Cohort (week)',
      'Users',
      'Week 0',
      'Week 1',
      'Week 2',
    ]);
    expect(screen.getByRole('rowheader', { name: '2026-10-19' })).toBeTruthy();
    expect(within(screen.getByTestId(testIds.mean)).getAllByTestId(testIds.cell)[1]?.textContent).toBe(
      '80.0%',
    );
    expect(
      screen.getAllByTestId(testIds.cell).filter(({ dataset }) => dataset['open'] === 'true'),
    ).toHaveLength(3);
    expect(screen.getByTestId(testIds.legend).textContent).toContain('has not ended');
  });

  it('leaves out what a narrow panel has no room for', () => {
    show({ series }, {}, { width: 300, height: 120 });
    expect(screen.queryByRole('columnheader', { name: 'Users' })).toBeNull();
    expect(screen.getByRole('columnheader', { name: 'Week 1' }).textContent).toBe('1');
    expect(screen.queryByTestId(testIds.legend)).toBeNull();
  });

  it('is one stop for Tab, and arrows lead over what has not begun', () => {
    show({ series });
    const cells = screen.getAllByTestId(testIds.cell);
    expect(cells.filter(({ tabIndex }) => tabIndex === 0)).toHaveLength(1);
    act(() => cells[2]?.focus());
    expect(screen.getByTestId(testIds.note).textContent).toContain('has not ended');
    fireEvent.keyDown(document.activeElement ?? document.body, { key: 'ArrowDown' });
    expect(document.activeElement?.getAttribute('aria-label')).toBe('2026-10-26, Week 1: has not ended');
  });

  it('draws curves with the mean, and the same numbers as a table', () => {
    show({ series }, { view: 'curve' });
    expect(screen.getAllByTestId(testIds.line)).toHaveLength(3);
    expect(screen.getByTestId(testIds.meanLine)).toBeTruthy();
    expect(screen.getByRole('img', { name: '2026-10-19, Week 1: 80.0%, 8 of 10' })).toBeTruthy();
    expect(screen.getByRole('table', { name: 'Retention by cohort' })).toBeTruthy();
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
    const fields = retentionFrame().fields.slice(0, 2);
    const unfit = show({ series: [{ length: 6, fields }] });
    expect(screen.getByTestId(testIds.wrongShape).textContent).toContain('cohort (time), size (number)');
    unfit.unmount();
    show({ series, state: LoadingState.Loading });
    expect(screen.getByTestId(testIds.table)).toBeTruthy();
  });
});
