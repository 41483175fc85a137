import type { Page } from '@playwright/test';
import { askApi, askTotal, valuesByGroup } from './api';
import {
  expect,
  expectNoPanelErrors,
  keepPicture,
  kpiValue,
  overviewAddress,
  panelOf,
  test,
} from './fixtures';
import { teams, testRange } from './setup/seed-events';
import { showsNumber } from './shown-number';

const tiles = [
  { title: 'Weekly active users', metric: 'active_users_weekly' },
  { title: 'Agent runs', metric: 'agent_runs' },
  { title: 'Success rate', metric: 'agent_success_rate' },
  { title: 'Merged changes', metric: 'merged_changes' },
  { title: 'Acceptance', metric: 'suggestion_acceptance_rate' },
  { title: 'Run time, p95', metric: 'agent_duration_p95' },
  { title: 'Tool errors', metric: 'tool_error_rate' },
  { title: 'Cost', metric: 'cost' },
  { title: 'Tokens', metric: 'tokens' },
  { title: 'API requests', metric: 'api_requests' },
  { title: 'API errors', metric: 'api_error_rate' },
  { title: 'API latency, p95', metric: 'api_latency_p95' },
];

/** Waits until a tile shows the exact number, rounded as far as the tile rounds. */
async function expectTile(page: Page, title: string, exact: number): Promise<void> {
  const value = kpiValue(page, title);
  await expect(value).toBeVisible();
  await expect
    .poll(async () => showsNumber(await value.innerText(), exact), {
      message: `${title} shows ${exact}`,
      timeout: 20_000,
    })
    .toBe(true);
}

test('every tile shows the number that the API gives for the same question', async ({ page, hostName }) => {
  await page.goto(overviewAddress());
  for (const { title, metric } of tiles) {
    await expectTile(page, title, await askTotal({ metric, range: testRange }));
  }
  await expectNoPanelErrors(page);
  await keepPicture(page, `overview-${hostName}`);
});

test('a tile shows the change against the period before', async ({ page }) => {
  const answer = await askApi({
    metric: 'agent_runs',
    range: testRange,
    total: true,
    compareTo: 'previousPeriod',
  });
  const [row = []] = answer.rows;
  const [previous, value] = [Number(row.at(-2)), Number(row.at(-1))];
  const percent = ((value - previous) / previous) * 100;
  await page.goto(overviewAddress());
  const delta = panelOf(page, 'Agent runs').getByTestId('coditect-kpi-delta');
  await expect(delta).toContainText(Math.abs(percent).toFixed(Math.abs(percent) < 10 ? 1 : 0));
});

test('the table has a row for each agent with the numbers that the API gives', async ({ page }) => {
  await page.goto(overviewAddress());
  const table = panelOf(page, 'Agents compared');
  await table.scrollIntoViewIfNeeded();
  const ask = async (metric: string) =>
    valuesByGroup(await askApi({ metric, range: testRange, total: true, groupBy: ['agent'] }));
  const columns = await Promise.all(
    ['agent_runs', 'agent_success_rate', 'agent_duration_p95', 'cost', 'tokens'].map(ask),
  );
  const agents = [...(columns[0]?.keys() ?? [])];
  expect(agents.length).toBeGreaterThan(1);
  for (const agent of agents) {
    const row = table.getByRole('row').filter({ hasText: agent });
    const cells = row.getByRole('gridcell');
    await expect(cells).toHaveCount(columns.length + 1);
    const texts = (await cells.allInnerTexts()).map((text) => text.trim());
    columns.forEach((column, index) => {
      const exact = column.get(agent) ?? Number.NaN;
      expect(showsNumber(texts[index + 1] ?? '', exact), `${agent}: ${texts[index + 1]} is ${exact}`).toBe(
        true,
      );
    });
  }
});

test('the charts have a series for each group that the API gives', async ({ page }) => {
  await page.goto(overviewAddress());
  const charts = [
    { title: 'Agent runs by agent', metric: 'agent_runs', dimension: 'agent' },
    { title: 'Cost by model', metric: 'cost', dimension: 'model' },
    { title: 'API latency, p95, by route', metric: 'api_latency_p95', dimension: 'route' },
  ];
  for (const { title, metric, dimension } of charts) {
    const groups = valuesByGroup(
      await askApi({ metric, range: testRange, total: true, groupBy: [dimension] }),
    );
    const panel = panelOf(page, title);
    await panel.scrollIntoViewIfNeeded();
    expect(groups.size).toBeGreaterThan(1);
    for (const group of groups.keys()) {
      await expect(panel.getByTestId(`data-testid VizLegend series ${group}`)).toBeVisible();
    }
    await expect(panel.locator('canvas').first()).toBeVisible();
  }
  await expectNoPanelErrors(page);
});

test('another time range changes the numbers', async ({ page }) => {
  await page.goto(overviewAddress());
  const week = await askTotal({ metric: 'agent_runs', range: testRange });
  await expectTile(page, 'Agent runs', week);
  await page.getByTestId('data-testid TimePicker Open Button').click();
  await page.getByTestId('data-testid Time Range from field').fill('2025-03-11 00:00:00');
  await page.getByTestId('data-testid Time Range to field').fill('2025-03-12 00:00:00');
  await page.getByTestId('data-testid TimePicker submit button').click();
  const day = await askTotal({
    metric: 'agent_runs',
    range: { from: '2025-03-11T00:00:00Z', to: '2025-03-12T00:00:00Z' },
  });
  expect(day).not.toBe(week);
  await expectTile(page, 'Agent runs', day);
  await expect(page).toHaveURL(/from=2025-03-11/);
});

test('the team variable filters what knows a team, and nothing else', async ({ page }) => {
  await page.goto(overviewAddress());
  const everyone = await askTotal({ metric: 'cost', range: testRange });
  await expectTile(page, 'Cost', everyone);
  const [team = ''] = teams;
  await page.getByRole('combobox', { name: 'Team' }).click();
  for (const name of teams) {
    await expect(page.getByRole('option', { name, exact: true })).toBeVisible();
  }
  await page.getByRole('option', { name: team, exact: true }).click();
  // A choice of several takes effect when the list is left.
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { level: 1 }).click();
  await expect(page).toHaveURL(new RegExp(`var-team=${team}`));
  const filters = [{ dimension: 'team', operator: 'in' as const, value: [team] }];
  const filtered = await askTotal({ metric: 'cost', range: testRange, filters });
  expect(filtered).toBeLessThan(everyone);
  await expectTile(page, 'Cost', filtered);
  await expectTile(page, 'API requests', await askTotal({ metric: 'api_requests', range: testRange }));
  await expectNoPanelErrors(page);
});

for (const theme of ['light', 'dark']) {
  test(`fits a narrow window in the ${theme} theme`, async ({ page, hostName }) => {
    await page.setViewportSize({ width: 800, height: 900 });
    await page.goto(overviewAddress({ theme }));
    await expectTile(page, 'Agent runs', await askTotal({ metric: 'agent_runs', range: testRange }));
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBeLessThanOrEqual(0);
    await expect(page.locator('html')).toHaveClass(new RegExp(`theme-${theme}`));
    await keepPicture(page, `overview-narrow-${theme}-${hostName}`);
  });
}

test('the page says that it is a preview, and of which packages', async ({ page, hostName }) => {
  await page.goto('/');
  await expect(page).toHaveURL(/\/d\/coditect-platform-overview/);
  const banner = page.getByTestId('workbench-banner');
  await expect(banner).toContainText('not Grafana itself');
  await expect(banner).toContainText(hostName === 'grafana-13' ? 'version 13.' : 'version 12.');
});
