import type { PanelQuestions, ReportsClient } from '@coditect/plugins-shared';
import { dateTime, FieldType, LoadingState, type PluginExtensionPanelContext } from '@grafana/data';
import { setTemplateSrv, type TemplateSrv } from '@grafana/runtime';
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import type { Report, ReportRequestInput } from '@coditect/contracts';
import { aReport } from '../report.fixture';
import { aReportsClient, fillInBrowser, registerSources } from '../reports-client.fixture';
import { testIds } from '../testIds';
import { ExportModal } from './ExportModal';

// Grafana's packages import it for a hook that nothing here calls, and it comes as an ES module only.
jest.mock('@react-hookz/web', () => ({}));
// Icons are fetched after the first drawing; here nothing serves them.
jest.mock('react-inlinesvg', () => ({ __esModule: true, default: () => null }));

const range = { from: dateTime('2026-03-01T00:00:00Z'), to: dateTime('2026-03-08T00:00:00Z') };
const contractRange = { from: '2026-03-01T00:00:00.000Z', to: '2026-03-08T00:00:00.000Z' };
const plan: PanelQuestions = {
  refId: 'A',
  series: { metric: 'cost', range: contractRange, interval: '1d' },
  total: { metric: 'cost', range: contractRange, total: true },
  unused: [],
};

/** What is asked of the reporting service. */
function standIn(over: Partial<ReportsClient> = {}) {
  const asked: Array<{ name: string; request: ReportRequestInput }> = [];
  const create: ReportsClient['create'] = async (request, name) => {
    asked.push({ request, name });
    return aReport({ state: 'queued', progress: 0, file: null });
  };
  return { client: aReportsClient({ create, ...over }), asked };
}

function show(
  client: ReportsClient | undefined,
  data: Partial<PluginExtensionPanelContext['data']> = {},
  plans: PanelQuestions[] = [plan],
) {
  const instance = { reports: client, planQuestions: async () => plans, kpis: async () => [] };
  registerSources({ ours: instance });
  const templates: unknown = { replace: (text: string) => text };
  if (isTemplateSrv(templates)) setTemplateSrv(templates);
  const context: unknown = {
    pluginId: 'coditect-kpi-panel',
    id: 1,
    title: 'Cost',
    timeRange: range,
    timeZone: 'utc',
    dashboard: { uid: 'd', title: 'Overview', tags: [] },
    targets: [],
    data: {
      state: LoadingState.Done,
      timeRange: { ...range, raw: range },
      request: { targets: [], scopedVars: {} },
      series: [{ length: 1, fields: [{ name: 'n', type: FieldType.number, config: {}, values: [7] }] }],
      ...data,
    },
  };
  const panelSource = { uid: 'ours', targets: [], foreignCount: 0 };
  if (isContext(context)) {
    render(<ExportModal context={context} panelSource={panelSource} onDismiss={() => undefined} />);
  }
}

const isTemplateSrv = (value: unknown): value is TemplateSrv => value !== undefined;
const isContext = (value: unknown): value is PluginExtensionPanelContext => value !== undefined;

const press = async (name: string) => {
  const button = await screen.findByRole('button', { name });
  await act(async () => {
    fireEvent.click(button);
  });
};

const saved: string[] = [];
beforeEach(() => {
  saved.length = 0;
  fillInBrowser((name) => saved.push(name));
});

describe('ExportModal', () => {
  it('sends the questions of the panel, and saves the file when it is done', async () => {
    const { client, asked } = standIn();
    show(client);
    await press('Export');
    await waitFor(() => expect(saved).toEqual(['agent-runs.csv']));
    expect(asked[0]?.request).toMatchObject({
      title: 'Cost',
      format: 'pdf',
      queries: [plan.total, plan.series],
      origin: { dashboard: 'Overview', panel: 'Cost', range: contractRange, timeZone: 'UTC' },
    });
    expect(screen.getByTestId(testIds.export.status).textContent).toContain('12 rows');
  });

  it('sends the values on screen as they are', async () => {
    const { client, asked } = standIn();
    show(client);
    fireEvent.click(await screen.findByRole('radio', { name: 'As shown' }));
    await press('Export');
    expect(asked[0]?.request.queries).toBeUndefined();
    expect(asked[0]?.request.frames).toEqual([{ fields: [{ name: 'n', type: 'number', values: [7] }] }]);
  });

  it('offers a panel without KPIs as shown, and says why not its full data', async () => {
    const { client, asked } = standIn();
    const reason = 'Query A (funnel): export it as shown; reports ask for KPIs.';
    show(client, {}, [{ refId: 'A', unused: [reason] }]);
    const full = await screen.findByRole('radio', { name: 'Full data' });
    expect(full).toHaveProperty('disabled', true);
    expect(screen.getByTestId(testIds.export.noFullData).textContent).toContain(reason);
    await press('Export');
    expect(asked[0]?.request.queries).toBeUndefined();
    expect(asked[0]?.request.frames).toHaveLength(1);
  });

  it('sends nobody to the full data of a panel that has none', async () => {
    show(standIn().client, { series: [] }, [{ refId: 'A', unused: ['It is no KPI.'] }]);
    const note = await screen.findByTestId(testIds.export.shownNote);
    expect(note.textContent).toBe('The panel shows no values just now.');
  });

  it('says why a report failed, and tries the same report again', async () => {
    const failed = aReport({ state: 'failed', file: null, failure: { code: 'gone', reason: 'No store.' } });
    const answers: Report[] = [failed, aReport()];
    const { client } = standIn({ find: async () => answers.shift() ?? aReport() });
    show(client);
    await press('Export');
    expect((await screen.findByTestId(testIds.export.failure)).textContent).toContain('No store. (gone)');
    expect(saved).toEqual([]);
    await press('Try again');
    await waitFor(() => expect(saved).toEqual(['agent-runs.csv']));
  });

  it('repeats a request that did not arrive under the same name, so that there is one report', async () => {
    const names: string[] = [];
    const { client } = standIn({
      create: async (_request, name) => {
        names.push(name);
        if (names.length === 1) throw new Error('Grafana could not reach the reporting service.');
        return aReport();
      },
    });
    show(client);
    await press('Export');
    expect((await screen.findByRole('alert')).textContent).toContain('could not reach');
    await press('Try again');
    await waitFor(() => expect(names).toHaveLength(2));
    expect(new Set(names).size).toBe(1);
  });

  it('cancels', async () => {
    const { client } = standIn({ find: async () => aReport({ state: 'running', file: null }) });
    show(client);
    await press('Export');
    await press('Cancel report');
    await waitFor(() => expect(screen.getByTestId(testIds.export.status).textContent).toBe('Cancelled'));
    expect(saved).toEqual([]);
  });

  it('keeps a report in sight that could not be cancelled', async () => {
    const { client } = standIn({
      find: async () => aReport({ state: 'running', file: null }),
      cancel: () => Promise.reject(new Error('It is done already.')),
    });
    show(client);
    await press('Export');
    await press('Cancel report');
    expect((await screen.findByTestId(testIds.export.failure)).textContent).toContain('done already');
    expect(screen.getByRole('progressbar')).toBeTruthy();
  });

  it('asks for a title, and says what is missing before anything can be exported', async () => {
    const { client, asked } = standIn();
    show(client);
    fireEvent.change(await screen.findByLabelText('Title'), { target: { value: ' ' } });
    await press('Export');
    expect(screen.getByText('Give the report a title.')).toBeTruthy();
    expect(asked).toEqual([]);
  });

  it('says that the data source has no reporting service, or that the panel still loads', async () => {
    show(undefined);
    expect((await screen.findByRole('alert')).textContent).toContain('no reporting URL');
    show(standIn().client, { request: undefined });
    expect(await screen.findByText('This panel is still loading')).toBeTruthy();
  });
});
