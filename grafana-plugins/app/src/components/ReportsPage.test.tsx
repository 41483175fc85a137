import type { ReportsClient } from '@coditect/plugins-shared';
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import type { Report } from '@coditect/contracts';
import { aReport } from '../report.fixture';
import { aReportsClient, fillInBrowser, lookAs, registerSources } from '../reports-client.fixture';
import { testIds } from '../testIds';
import { ReportsPage } from './ReportsPage';

// Grafana's packages import it for a hook that nothing here calls, and it comes as an ES module only.
jest.mock('@react-hookz/web', () => ({}));
// Icons are fetched after the first drawing; here nothing serves them.
jest.mock('react-inlinesvg', () => ({ __esModule: true, default: () => null }));

const saved: string[] = [];
beforeEach(() => {
  lookAs('Editor');
  saved.length = 0;
  fillInBrowser((name) => saved.push(name));
});

function show(reports: Report[], over: Partial<ReportsClient> = {}) {
  const client = aReportsClient({ list: async () => ({ reports, next: null }), ...over });
  registerSources({ ours: { reports: client, planQuestions: async () => [], kpis: async () => [] } });
  render(<ReportsPage />);
}

const rowOf = (title: string) => screen.findByRole('listitem', { name: title });

describe('ReportsPage', () => {
  it('offers for each state what can be done with it', async () => {
    const failure = { code: 'too_many_rows', reason: 'A PDF holds 50,000 rows.' };
    show([
      aReport({ id: '1', title: 'done' }),
      aReport({ id: '2', title: 'failed', state: 'failed', file: null, failure }),
      aReport({ id: '3', title: 'running', state: 'running', progress: 0.42, file: null }),
      aReport({ id: '4', title: 'expired', state: 'expired', file: null }),
    ]);
    const buttons = async (title: string) =>
      within(await rowOf(title))
        .getAllByRole('button')
        .map((button) => button.getAttribute('aria-label'));
    expect(await buttons('done')).toEqual(['Download done', 'Delete done']);
    expect(await buttons('failed')).toEqual(['Try failed again', 'Delete failed']);
    expect(await buttons('running')).toEqual(['Cancel running']);
    expect(await buttons('expired')).toEqual(['Try expired again', 'Delete expired']);
    expect((await rowOf('failed')).textContent).toContain('A PDF holds 50,000 rows. (too_many_rows)');
    expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('42');
  });

  it('offers no deletion to viewers', async () => {
    lookAs('Viewer');
    show([aReport({ title: 'done' })]);
    expect(within(await rowOf('done')).getAllByRole('button')).toHaveLength(1);
  });

  it('saves a file, and says why when it cannot', async () => {
    const file = jest.fn<Promise<Blob>, []>().mockResolvedValueOnce(new Blob(['x']));
    show([aReport()], { file });
    fireEvent.click(await screen.findByRole('button', { name: 'Download Agent runs' }));
    await waitFor(() => expect(saved).toEqual(['agent-runs.csv']));
    file.mockRejectedValueOnce(new Error('It is gone. (report_expired)'));
    fireEvent.click(screen.getByRole('button', { name: 'Download Agent runs' }));
    expect((await screen.findByTestId(testIds.reports.problem)).textContent).toContain('It is gone.');
  });

  it('shows the page after the first, and what was there stays', async () => {
    const older = aReport({ id: 'r0', title: 'Older', createdAt: '2026-02-01T00:00:00Z' });
    show([], {
      list: async ({ before }) =>
        before === 'cursor' ? { reports: [older], next: null } : { reports: [aReport()], next: 'cursor' },
    });
    fireEvent.click(await screen.findByRole('button', { name: 'Show older reports' }));
    expect(await rowOf('Older')).toBeTruthy();
    expect(screen.getAllByTestId(testIds.reports.item)).toHaveLength(2);
    expect(screen.queryByRole('button', { name: 'Show older reports' })).toBeNull();
  });

  it('tells an empty list from one that could not be read', async () => {
    show([]);
    expect(await screen.findByTestId(testIds.reports.empty)).toBeTruthy();
  });

  it('says why the list could not be read', async () => {
    show([], { list: () => Promise.reject(new Error('Grafana could not reach the reporting service.')) });
    expect((await screen.findByTestId(testIds.reports.problem)).textContent).toContain('could not reach');
    expect(screen.queryByTestId(testIds.reports.empty)).toBeNull();
  });
});
