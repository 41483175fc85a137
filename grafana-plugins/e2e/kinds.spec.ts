import { type AnalysisAnswer, analysisAnswerSchema, foundEventsSchema } from '@coditect/contracts';
import type { Locator, Page } from '@playwright/test';
import { askApi, askService, askTotal, sendEvents } from './api';
import { expect, expectNoPanelErrors, keepPicture, overviewAddress, panelOf, test } from './fixtures';
import { teams, testRange } from './setup/seed-events';
import { showsNumber } from './shown-number';

// Every kind of query is built by hand, as fields and as JSON, and shows what the API says.

const ids = {
  kind: 'coditect-query-kind',
  json: 'coditect-query-json',
  losses: 'coditect-query-losses',
  problem: 'coditect-query-problem',
};
const type = (name: string) => `ai.coditect.${name}.v1`;

function exploreAddress(query: object, range: { from: string; to: string } = testRange): string {
  const pane = { datasource: 'coditect', queries: [{ refId: 'A', timeZone: 'UTC', ...query }], range };
  return `/explore?${new URLSearchParams({ schemaVersion: '1', panes: JSON.stringify({ a: pane }) }).toString()}`;
}

async function openExplore(page: Page, query: object = { metric: 'agent_runs' }): Promise<Locator> {
  await page.goto(exploreAddress(query));
  const editor = page.getByTestId('query-A');
  await expect(editor.getByTestId('coditect-query-editor')).toBeVisible();
  return editor;
}

async function chooseKind(page: Page, editor: Locator, label: string): Promise<void> {
  await editor.getByRole('combobox', { name: 'Query' }).click();
  await page
    .getByRole('option', { name: new RegExp(`^${label}`) })
    .first()
    .click();
}

/** The input lies over or under its label, by version. */
async function choose(editor: Locator, name: string): Promise<void> {
  await editor.getByRole('radio', { name, exact: true }).check({ force: true });
}

/** Types a part of a name, and takes the whole of it from the list. */
async function pickName(page: Page, box: Locator, name: string): Promise<void> {
  await box.click();
  await box.fill(name.slice(0, -1));
  await page.getByRole('option', { name, exact: true }).first().click();
}

/** The cells of a table's rows as they are shown. */
async function shownRows(page: Page): Promise<string[][]> {
  const rows = panelOf(page, 'Table').getByRole('row');
  const found: string[][] = [];
  for (const row of (await rows.all()).slice(1)) {
    found.push((await row.getByRole('gridcell').allInnerTexts()).map((text) => text.trim()));
  }
  return found;
}

async function analyse(kind: string, question: object): Promise<AnalysisAnswer> {
  const body = { range: testRange, timeZone: 'UTC', ...question };
  return analysisAnswerSchema.parse(await askService(`/v1/analyses/${kind}`, body));
}

/** Whether every number of an answer stands in the table, in its place. */
async function expectTable(page: Page, answer: AnalysisAnswer): Promise<void> {
  await expect
    .poll(async () => {
      const shown = await shownRows(page);
      return (
        shown.length > 0 &&
        answer.rows.slice(0, shown.length).every((row, at) =>
          row.every((cell, column) => {
            const text = shown[at]?.[column] ?? '';
            const { type: kind, unit } = answer.columns[column] ?? {};
            // Times are shown in units of their own.
            if (cell === null || kind === 'time' || unit === 'milliseconds') return true;
            return typeof cell === 'number' ? text !== '' && showsNumber(text, cell) : text.includes(cell);
          }),
        )
      );
    })
    .toBe(true);
}

test('a funnel built by hand shows the steps that the API counts', async ({ page, hostName }) => {
  const editor = await openExplore(page);
  await chooseKind(page, editor, 'Funnel');
  const steps = ['marketplace.agent.viewed', 'marketplace.agent.installed', 'agent.run.finished'];
  await editor.getByTestId('coditect-query-add-step').click();
  for (const [index, name] of steps.entries()) {
    const step = editor.getByTestId(`coditect-query-step-${index}`);
    await step.getByRole('textbox', { name: 'Name' }).fill(`Step of ${name}`);
    await pickName(page, step.getByRole('combobox', { name: 'Event' }), type(name));
  }
  await page.keyboard.press('Tab');
  const answer = await analyse('funnel', {
    steps: steps.map((name) => ({ type: type(name), label: `Step of ${name}` })),
  });
  expect(answer.rows.map((row) => row[2])).toEqual([9, 6, expect.any(Number)]);
  await expectTable(page, answer);
  await keepPicture(page, `explore-funnel-${hostName}`);
});

test('retention, lifecycle, paths and seats show what the API says', async ({ page, hostName }) => {
  const kinds = [
    { label: 'Retention', kind: 'retention', question: {} },
    { label: 'Lifecycle', kind: 'lifecycle', question: {} },
    { label: 'Paths', kind: 'paths', question: {} },
    { label: 'Seats', kind: 'seats', question: {} },
    { label: 'Seat transitions', kind: 'seat-transitions', question: {} },
  ];
  for (const { label, kind, question } of kinds) {
    const editor = await openExplore(page);
    await chooseKind(page, editor, label);
    const answer = await analyse(kind, question);
    expect(answer.rows.length).toBeGreaterThan(0);
    if (kind === 'lifecycle' || kind === 'seats') {
      await expect(panelOf(page, 'Graph').locator('canvas').first()).toBeVisible();
    } else {
      await expectTable(page, answer);
    }
    await keepPicture(page, `explore-${kind}-${hostName}`);
  }
});

test('events are log lines with volume and context, found by words and filters', async ({
  page,
  hostName,
}) => {
  const editor = await openExplore(page);
  await chooseKind(page, editor, 'Events');
  await editor.getByRole('textbox', { name: 'Contains' }).fill('503 /v1/search');
  await editor.getByRole('textbox', { name: 'Contains' }).press('Enter');
  const found = foundEventsSchema.parse(
    await askService('/v1/events/search', { range: testRange, search: '503 /v1/search' }),
  );
  expect(found.events).toHaveLength(20);
  await expect(page.getByTestId('log-row')).toHaveCount(20);
  await expect(page.getByTestId('log-row').first()).toContainText('503');
  await expect(panelOf(page, 'Log volume').getByTestId('data-testid VizLegend series error')).toBeVisible();
  await page.getByTestId('log-row').first().getByRole('button').first().click();
  await expect(page.getByTestId('log-details').first()).toContainText('/v1/search');
  await keepPicture(page, `explore-events-${hostName}`);
});

test('a KPI table is ordered, limited and has a line of totals', async ({ page }) => {
  const editor = await openExplore(page, { metric: 'agent_runs', groupBy: ['agent'] });
  await choose(editor, 'Total');
  await pickName(page, editor.getByRole('combobox', { name: 'Order by' }), 'value');
  await choose(editor, 'Smallest first');
  await editor.getByRole('switch', { name: 'Totals' }).check({ force: true });
  const total = await askTotal({ metric: 'agent_runs', range: testRange });
  const groups = await askApi({ metric: 'agent_runs', range: testRange, total: true, groupBy: ['agent'] });
  const values = groups.rows.map((row) => Number(row.at(-1))).sort((one, other) => one - other);
  await expect
    .poll(async () => (await shownRows(page)).map((row) => row.at(-1)))
    .toEqual([...values, total].map(String));
});

test('builder and JSON say the same, and warn before something is lost', async ({
  page,
  hostName,
  pageErrors,
}) => {
  // The code editor of Grafana's packages looks for its workers where only Grafana has them.
  pageErrors.allow(/worker|monaco/i);
  const editor = await openExplore(page, { metric: 'agent_runs', groupBy: ['team'] });
  await choose(editor, 'JSON');
  const json = editor.getByTestId(ids.json);
  await expect(json.locator('.view-lines')).toContainText('agent_runs');
  const text = JSON.stringify({ kind: 'kpi', metric: 'cost', groupBy: ['model'], colour: 'red' });
  await json.locator('.view-lines').click();
  // Pasted, because the editor closes brackets that are typed.
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate((pasted) => navigator.clipboard.writeText(pasted), text);
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('ControlOrMeta+V');
  await page.keyboard.press('ControlOrMeta+S');
  await expect(editor.getByTestId(ids.losses)).toContainText('colour is not a field of this query');
  await keepPicture(page, `query-json-${hostName}`);
  // It stays on JSON until the question is answered.
  await editor.getByRole('radio', { name: 'Builder', exact: true }).click({ force: true });
  const question = page.getByRole('dialog');
  await expect(question).toContainText('colour');
  await question.getByRole('button', { name: 'Continue without them' }).click();
  await expect(editor.getByTestId('coditect-query-definition')).toContainText('Unit: USD');
  await expect(panelOf(page, 'Graph').getByTestId('data-testid VizLegend series large')).toBeVisible();
});

test('the catalogue is searched and used by the keyboard', async ({ page, hostName }) => {
  const editor = await openExplore(page);
  await editor.getByRole('button', { name: 'Browse the catalogue' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('textbox', { name: 'Search the catalogue' })).toBeFocused();
  await page.keyboard.type('share of runs succeeded');
  await expect(dialog.getByTestId('coditect-catalogue-active_users_daily')).toHaveCount(0);
  await expect(dialog.getByTestId('coditect-catalogue-agent_success_rate')).toBeVisible();
  await keepPicture(page, `catalogue-${hostName}`);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect(editor.getByTestId('coditect-query-definition')).toContainText('Share of agent runs');
});

test('what the service refuses is said in words, with its code and place', async ({ page, pageErrors }) => {
  pageErrors.allow(/Failed to load resource/);
  const steps = [{ type: 'a' }, { type: 'b' }];
  const editor = await openExplore(page, { kind: 'funnel', funnel: { steps, breakdown: 'nope' } });
  const refusal = page.getByRole('alert').filter({ hasText: 'dimension_unknown' });
  await expect(refusal).toContainText('There is no dimension of this name.');
  await expect(refusal).toContainText('/breakdown');
  // The editor knows it from the catalogue, without an answer: it says so besides, and keeps nobody from asking.
  await expect(editor.getByTestId(ids.problem)).toContainText('There is no dimension "nope" here.');
});

test('a query of a later version is shown as such, and stays as it is', async ({ page }) => {
  await page.goto(exploreAddress({ metric: 'cost', schemaVersion: 99 }));
  await expect(page.getByText('saved by a later version').first()).toBeVisible();
});

test('annotations mark releases and outages on charts', async ({ page, hostName }) => {
  const search = new URLSearchParams({ ...testRange, refresh: '1h', timezone: 'utc' });
  await page.setViewportSize({ width: 1_440, height: 4_000 });
  await page.goto(`/d/coditect-operations?${search.toString()}`);
  const chart = panelOf(page, 'Requests by status code');
  await expect(chart.getByTestId('annotation-region').first()).toBeVisible();
  await expect(chart.getByTestId('annotation-moment').first()).toBeVisible();
  await chart.getByTestId('annotation-region').first().hover();
  await expect(page.getByTestId('annotation-tooltip')).toContainText(/failed/i);
  await keepPicture(page, `annotations-${hostName}`);
  await page.getByText('API outages', { exact: true }).click();
  await expect(chart.getByTestId('annotation-region')).toHaveCount(0);
  await expectNoPanelErrors(page);
});

test('a live tile moves with an event, without a refresh', async ({ page }) => {
  const search = new URLSearchParams({ from: 'now-1h', to: 'now', refresh: '1h', timezone: 'utc' });
  await page.goto(`/d/coditect-operations?${search.toString()}`);
  const value = panelOf(page, 'Requests').getByTestId('coditect-kpi-value');
  await expect(value).toBeVisible();
  const before = Number(await value.innerText());
  const count = 3;
  await sendEvents(
    Array.from({ length: count }, (_none, index) => ({
      specversion: '1.0',
      id: `live-${Date.now()}-${index}`,
      source: 'urn:coditect:e2e:live',
      type: type('api.request.completed'),
      time: new Date().toISOString(),
      data: { method: 'GET', route: '/v1/live', statusCode: 200, durationMs: 12 },
    })),
  );
  await expect.poll(async () => Number(await value.innerText())).toBe(before + count);
  await expectNoPanelErrors(page);
});

test('ad hoc filters reach every number that knows the dimension', async ({ page, pageErrors }) => {
  // The picker of Grafana's scenes draws its list before it has a place for it.
  pageErrors.allow(/ResizeObserver/);
  const search = new URLSearchParams({ ...testRange, refresh: '1h', timezone: 'utc' });
  await page.goto(`/d/coditect-agents?${search.toString()}`);
  const tile = panelOf(page, 'Agent runs').getByTestId('coditect-kpi-value');
  await expect(tile).toBeVisible();
  await page.getByPlaceholder('+ label = value').click();
  await page.getByRole('option', { name: 'status', exact: true }).click();
  await page.getByRole('option', { name: '= Equals', exact: true }).click();
  await page.getByRole('option', { name: 'failed', exact: true }).click();
  const filters = [{ dimension: 'status', operator: '=' as const, value: 'failed' }];
  const failed = await askTotal({ metric: 'agent_runs', range: testRange, filters });
  await expect.poll(async () => showsNumber(await tile.innerText(), failed)).toBe(true);
  await expectNoPanelErrors(page);
});

test('a dashboard with queries as they were written before is drawn as it was meant', async ({ page }) => {
  await page.route('**/api/dashboards/uid/**', async (route) => {
    const response = await route.fetch();
    const datasource = { type: 'coditect-analytics-datasource', uid: 'coditect' };
    const body: unknown = JSON.parse(await response.text(), (_key, value: unknown) => {
      const isTile =
        typeof value === 'object' && value !== null && 'title' in value && value.title === 'Cost';
      // Neither kind nor version, a bare text for a list, the word of the service for the format.
      const targets = [
        { refId: 'A', datasource, metric: 'cost', total: true, groupBy: 'team', filters: null },
      ];
      const options = { target: 1, sparkline: 'line' };
      return isTile && 'targets' in value ? { ...value, targets, options } : value;
    });
    await route.fulfill({ json: body });
  });
  await page.goto(overviewAddress());
  const tiles = panelOf(page, 'Cost').getByTestId('coditect-kpi-item');
  await expect(tiles).toHaveCount(teams.length);
  const costs = await askApi({ metric: 'cost', range: testRange, total: true, groupBy: ['team'] });
  for (const [index, row] of costs.rows.entries()) {
    const value = tiles.nth(index).getByTestId('coditect-kpi-value');
    expect(showsNumber(await value.innerText(), Number(row.at(-1)))).toBe(true);
  }
  await expectNoPanelErrors(page);
});
