import type { ReportsClient } from '@coditect/plugins-shared';
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import type { Schedule } from '@coditect/contracts';
import { aReportsClient, fillInBrowser, lookAs, registerSources } from '../reports-client.fixture';
import { testIds } from '../testIds';
import { ScheduleEditorPage } from './ScheduleEditorPage';
import { SchedulesPage } from './SchedulesPage';

// Grafana's packages import it for a hook that nothing here calls, and it comes as an ES module only.
jest.mock('@react-hookz/web', () => ({}));
// Icons are fetched after the first drawing; here nothing serves them.
jest.mock('react-inlinesvg', () => ({ __esModule: true, default: () => null }));

const schedule: Schedule = {
  id: 's1',
  title: 'Weekly cost',
  format: 'pdf',
  options: { page: 'A4', numbers: 'raw', byteOrderMark: false },
  cron: '0 7 * * 1',
  timeZone: 'Europe/Berlin',
  weekdaysOnly: false,
  startAt: null,
  endAt: null,
  paused: false,
  period: 'previousWeek',
  queries: [{ metric: 'cost', total: true, groupBy: [], filters: [], compareTo: 'none' }],
  deliveries: [{ kind: 'email', to: ['lead@example.org'] }],
  createdAt: '2026-03-01T00:00:00Z',
  updatedAt: '2026-03-01T00:00:00Z',
  nextRunAt: '2026-03-09T06:00:00Z',
  lastRunAt: null,
};

beforeEach(() => {
  lookAs('Editor');
  fillInBrowser(() => undefined);
});

function register(over: Partial<ReportsClient>) {
  registerSources({
    ours: { reports: aReportsClient(over), planQuestions: async () => [], kpis: async () => [] },
  });
}

describe('SchedulesPage', () => {
  it('pauses a schedule and lets it go on without writing the rest of it', async () => {
    const done: string[] = [];
    const told = async (what: string) => {
      done.push(what);
      return schedule;
    };
    register({
      schedules: async () => ({ schedules: [{ ...schedule, paused: done.length === 1 }] }),
      pauseSchedule: (id) => told(`pause ${id}`),
      resumeSchedule: (id) => told(`resume ${id}`),
      updateSchedule: (id) => told(`write ${id}`),
    });
    render(<SchedulesPage />);
    const row = await screen.findByRole('listitem', { name: 'Weekly cost' });
    expect(row.textContent).toContain('Every Monday at 07:00, Europe/Berlin');
    expect(row.textContent).toContain('to lead@example.org');
    fireEvent.click(within(row).getByRole('button', { name: 'Pause Weekly cost' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Resume Weekly cost' }));
    expect(await screen.findByRole('button', { name: 'Pause Weekly cost' })).toBeTruthy();
    expect(done).toEqual(['pause s1', 'resume s1']);
  });

  it('shows what became of each delivery of a run', async () => {
    register({
      schedules: async () => ({ schedules: [schedule] }),
      scheduleRuns: async () => [
        {
          id: 'x',
          dueAt: '2026-03-02T06:00:00Z',
          isTest: true,
          reportId: null,
          state: 'failed',
          deliveries: [
            {
              kind: 'webhook',
              target: 'https://example.org/hook',
              state: 'failed',
              attempts: 5,
              reason: 'It answered 500.',
              at: null,
            },
          ],
        },
      ],
    });
    render(<SchedulesPage />);
    fireEvent.click(await screen.findByRole('button', { name: 'History' }));
    const history = await screen.findByTestId(testIds.schedules.history);
    await waitFor(() =>
      expect(history.textContent).toContain(
        'https://example.org/hook: failed after 5 attempts. It answered 500.',
      ),
    );
  });

  it('names those that can not be read, and deletes them', async () => {
    const removed: string[] = [];
    register({
      schedules: async () =>
        removed.length === 0 ? { schedules: [], unreadable: ['s7'] } : { schedules: [] },
      removeSchedule: async (id) => {
        removed.push(id);
      },
    });
    render(<SchedulesPage />);
    const warning = await screen.findByTestId(testIds.schedules.unreadable);
    expect(warning.textContent).toContain('s7');
    expect(screen.queryByTestId(testIds.schedules.empty)).toBeNull();
    fireEvent.click(within(warning).getByRole('button', { name: 'Delete' }));
    const question = await screen.findByRole('dialog');
    fireEvent.click(within(question).getByRole('button', { name: 'Delete' }));
    expect(await screen.findByTestId(testIds.schedules.empty)).toBeTruthy();
    expect(removed).toEqual(['s7']);
  });

  it('says why something did not work, and keeps the list', async () => {
    register({
      schedules: async () => ({ schedules: [schedule] }),
      runSchedule: () => Promise.reject(new Error('Your role in Grafana does not allow this.')),
    });
    render(<SchedulesPage />);
    fireEvent.click(await screen.findByRole('button', { name: 'Run Weekly cost now' }));
    expect((await screen.findByTestId(testIds.schedules.problem)).textContent).toContain('Your role');
    expect(screen.getByRole('listitem', { name: 'Weekly cost' })).toBeTruthy();
  });
});

describe('ScheduleEditorPage', () => {
  it('names what is missing, and sends nothing until it is there', async () => {
    register({});
    render(<ScheduleEditorPage />);
    fireEvent.click(await screen.findByRole('button', { name: 'Save schedule' }));
    expect((await screen.findAllByText('Choose at least one KPI.', { exact: false })).length).toBeGreaterThan(
      0,
    );
  });

  it('shows the secret of webhooks once, and the refusal of the service', async () => {
    const answers = [
      () => Promise.reject(new Error('The cron line never comes true. (cron_invalid)')),
      async () => ({ ...schedule, webhookSecret: 'whsec_1' }),
    ];
    register({
      schedules: async () => ({ schedules: [schedule] }),
      updateSchedule: () => answers.shift()?.() ?? Promise.reject(new Error('asked too often')),
    });
    render(<ScheduleEditorPage id="s1" />);
    fireEvent.click(await screen.findByRole('button', { name: 'Save schedule' }));
    expect(await screen.findByText('The cron line never comes true. (cron_invalid)')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Save schedule' }));
    expect(await screen.findByText('whsec_1')).toBeTruthy();
  });
});
