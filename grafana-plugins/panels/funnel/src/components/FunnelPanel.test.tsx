import { panelProps } from '@coditect/plugins-shared/panel/testing';
import { LoadingState, type DataFrame, type PanelData } from '@grafana/data';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { byTeam, funnelFrame } from '../model/funnel-frames.fixture';
import { migrateOptions } from '../migrations';
import { testIds } from '../testIds';
import type { FunnelPanelOptions } from '../types';
import { FunnelPanel } from './FunnelPanel';

function show(
  data: Partial<PanelData>,
  options: Partial<FunnelPanelOptions> = {},
  size = { width: 900, height: 300 },
) {
  return render(<FunnelPanel {...panelProps({ data, options: migrateOptions(options), ...size })} />);
}
const series: DataFrame[] = [funnelFrame()];

function linked(): DataFrame {
  const frame = funnelFrame();
  const fields = frame.fields.map((field) => ({
    ...field,
    config: { ...field.config, links: [{ title: 'Users', url: '/d/users' }] },
    getLinks: ({ valueRowIndex }: { valueRowIndex?: number }) => [
      { title: 'Users', href: `/d/users?step=${valueRowIndex}`, target: undefined, origin: field },
    ],
  }));
  return { ...frame, fields };
}

describe('FunnelPanel', () => {
  it.each(['vertical', 'horizontal'] as const)('shows values, losses and the largest drop: %s', (layout) => {
    show({ series }, { layout });
    expect(screen.getAllByTestId(testIds.value).map(({ textContent }) => textContent)).toEqual([
      '1 K100%',
      '40040.0%',
      '30030.0%',
    ]);
    expect(screen.getAllByTestId(testIds.dropOff).map(({ textContent }) => textContent)).toEqual([
      '−60.0%',
      '−25.0%',
    ]);
    expect(screen.getByTestId(testIds.worst).textContent).toContain('Largest drop');
  });

  it('names the groups, and dims the others when one is chosen', () => {
    show({ series: [funnelFrame(byTeam)] });
    const [core] = screen.getAllByTestId(testIds.legendItem);
    expect(core?.textContent).toBe('core');
    const classes = () => screen.getAllByTestId(testIds.bar).map(({ className }) => className);
    expect(new Set(classes()).size).toBe(1);
    fireEvent.click(core ?? document.body);
    expect(core?.getAttribute('aria-pressed')).toBe('true');
    expect(classes()[0]).not.toBe(classes()[1]);
  });

  it('is one stop for Tab, and arrows lead from bar to bar with a note at each', () => {
    show({ series });
    const bars = screen.getAllByTestId(testIds.bar);
    expect(bars.map(({ tabIndex }) => tabIndex)).toEqual([0, -1, -1]);
    act(() => bars[0]?.focus());
    expect(screen.getByTestId(testIds.note).textContent).toContain('Viewed');
    fireEvent.keyDown(document.activeElement ?? document.body, { key: 'ArrowRight' });
    expect(document.activeElement).toBe(bars[1]);
    expect(screen.getByTestId(testIds.note).textContent).toContain('Lost600 (60.0%)');
    expect(bars.map(({ tabIndex }) => tabIndex)).toEqual([-1, 0, -1]);
  });

  it('opens data links by Enter and closes them by Escape', () => {
    show({ series: [linked()] });
    const bar = screen.getByRole('button', { name: /^Installed/u });
    act(() => bar.focus());
    fireEvent.keyDown(bar, { key: 'Enter' });
    const link = screen.getByRole('link', { name: 'Users' });
    expect(link.getAttribute('href')).toBe('/d/users?step=1');
    expect(document.activeElement).toBe(link);
    fireEvent.keyDown(link, { key: 'Escape' });
    expect(document.activeElement).toBe(bar);
    expect(screen.queryByRole('link')).toBeNull();
  });

  it('is a table for those who hear it', () => {
    show({ series });
    expect(screen.getByRole('table', { name: 'Funnel' }).querySelectorAll('tbody tr')).toHaveLength(3);
    expect(screen.getByRole('cell', { name: 'Installed (largest drop)' })).toBeTruthy();
  });

  it('tells loading, failed, empty and unfit apart, and keeps what it has while it is refreshed', () => {
    const loading = show({ state: LoadingState.Loading });
    expect(screen.getByTestId(testIds.loading)).toBeTruthy();
    loading.unmount();
    const failed = show({ state: LoadingState.Error, errors: [{ message: 'No such analysis' }] });
    expect(screen.getByRole('alert').textContent).toBe('No such analysis');
    failed.unmount();
    const empty = show({});
    expect(screen.getByTestId(testIds.noData).textContent).toBe('No data');
    empty.unmount();
    const [, ...fields] = funnelFrame().fields.filter(({ name }) => name !== 'label');
    const unfit = show({ series: [{ length: 3, fields }] });
    expect(screen.getByTestId(testIds.wrongShape).textContent).toContain('This is no funnel');
    expect(screen.getByTestId(testIds.wrongShape).textContent).toContain('users (number), medianMs (number)');
    unfit.unmount();
    show({ series, state: LoadingState.Loading });
    expect(screen.getAllByTestId(testIds.bar)).toHaveLength(3);
  });
});
