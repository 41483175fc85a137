import { fireEvent, render, screen, within } from '@testing-library/react';
import { kpi } from '../model/answer.fixture';
import { testIds } from '../testIds';
import { CatalogueModal } from './CatalogueModal';

// Grafana's packages import it for a hook that nothing here calls, and it comes as an ES module only.
jest.mock('@react-hookz/web', () => ({}));
// Icons are fetched after the first drawing; here nothing serves them.
jest.mock('react-inlinesvg', () => ({ __esModule: true, default: () => null }));

const cost = { ...kpi, id: 'cost', title: 'Cost', family: 'consumption', origin: 'tenant' as const };

function open() {
  const chosen: string[] = [];
  render(
    <CatalogueModal
      kpis={[kpi, cost]}
      chosen={kpi.id}
      onChoose={(id) => chosen.push(id)}
      onDismiss={() => undefined}
    />,
  );
  return { chosen, search: screen.getByRole('textbox', { name: 'Search the catalogue' }) };
}

describe('CatalogueModal', () => {
  it('shows what each KPI means, and whose it is', () => {
    open();
    const entry = screen.getByTestId(testIds.catalogue.entry(kpi.id));
    expect(entry.textContent).toContain(kpi.definition);
    expect(entry.textContent).toContain('ratio, up is good, from 15m on');
    expect(entry.getAttribute('aria-current')).toBe('true');
    expect(within(screen.getByRole('region', { name: 'consumption' })).getByText('Your own')).toBeTruthy();
  });

  it('is used by the keyboard alone', () => {
    const { chosen, search } = open();
    fireEvent.keyDown(search, { key: 'ArrowDown' });
    fireEvent.keyDown(document.activeElement ?? search, { key: 'ArrowDown' });
    const focused = document.activeElement;
    expect(focused?.getAttribute('data-testid')).toBe(testIds.catalogue.entry('cost'));
    fireEvent.click(focused ?? search);
    expect(chosen).toEqual(['cost']);
  });

  it('says so when nothing fits', () => {
    const { search } = open();
    fireEvent.change(search, { target: { value: 'zebra' } });
    expect(screen.getByText('No KPI has all of these words')).toBeTruthy();
  });
});
