import type { Download, Locator, Page } from '@playwright/test';
import { askApi, askTotal, valuesByGroup } from './api';
import { expect, kpiValue, keepPicture, overviewAddress, panelOf, test } from './fixtures';
import { readCsv, readPdf, requestReport } from './reports-api';
import { testRange } from './setup/seed-events';
import { showsNumber } from './shown-number';

const kpiTitle = 'Agent runs';
const chartTitle = 'Agent runs by agent';
const refusedRequest = /Failed to load resource/;

async function openMenu(page: Page, title: string): Promise<Locator> {
  const panel = panelOf(page, title);
  await panel.scrollIntoViewIfNeeded();
  await panel.hover();
  await page.getByTestId(`data-testid Panel menu ${title}`).click();
  const menu = page.getByRole('menu').first();
  await expect(menu.getByText('Edit query and options')).toBeVisible();
  return menu;
}

async function openExport(page: Page, title: string): Promise<Locator> {
  const drawn = panelOf(page, title).locator('canvas, [data-testid="coditect-kpi-value"]').first();
  await expect(drawn).toBeVisible();
  const menu = await openMenu(page, title);
  await menu.getByText('Extensions').hover();
  await page.getByText('Export report').click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByTestId('coditect-export-form')).toBeVisible();
  return dialog;
}

/** The input lies over or under its label, by version. */
async function choose(dialog: Locator, name: string): Promise<void> {
  await dialog.getByRole('radio', { name, exact: true }).check({ force: true });
}

async function exportNow(page: Page, dialog: Locator): Promise<Download> {
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  return download;
}

test('only panels that ask our data source have the entry', async ({ page, pageErrors }) => {
  pageErrors.allow(/was not found/);
  await page.route('**/api/dashboards/uid/**', async (route) => {
    const response = await route.fetch();
    const text = await response.text();
    const body: unknown = JSON.parse(text, (_key, value: unknown) => {
      const isCost =
        typeof value === 'object' && value !== null && 'title' in value && value.title === 'Cost';
      if (!isCost || !('targets' in value)) return value;
      const datasource = { type: 'prometheus', uid: 'elsewhere' };
      return { ...value, datasource, targets: [{ refId: 'A', datasource, expr: 'up' }] };
    });
    await route.fulfill({ json: body });
  });
  await page.goto(overviewAddress());
  await expect(kpiValue(page, kpiTitle)).toBeVisible();
  await expect((await openMenu(page, kpiTitle)).getByText('Extensions')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect((await openMenu(page, 'Cost')).getByText('Extensions')).toHaveCount(0);
});

test('a KPI as CSV and as PDF holds the number that the tile shows', async ({ page, hostName }) => {
  await page.goto(overviewAddress());
  const exact = await askTotal({ metric: 'agent_runs', range: testRange });
  await expect(kpiValue(page, kpiTitle)).toBeVisible();
  const shown = await kpiValue(page, kpiTitle).innerText();
  expect(showsNumber(shown, exact)).toBe(true);

  const dialog = await openExport(page, kpiTitle);
  await choose(dialog, 'CSV');
  await choose(dialog, 'Totals');
  await keepPicture(page, `export-form-${hostName}`);
  const csv = await exportNow(page, dialog);
  expect(csv.suggestedFilename()).toMatch(/\.csv$/);
  const rows = await readCsv(csv);
  expect(rows.map((row) => Number(row['value']))).toEqual([exact]);
  await expect(dialog.getByTestId('coditect-export-status')).toContainText('1 row');

  await dialog.getByRole('button', { name: 'Export another' }).click();
  await choose(dialog, 'PDF');
  await choose(dialog, 'Totals and intervals');
  const pdf = await exportNow(page, dialog);
  expect(pdf.suggestedFilename()).toMatch(/\.pdf$/);
  const text = await readPdf(pdf);
  expect(text).toContain(kpiTitle);
  expect(text).toMatch(new RegExp(String.raw`\b${exact}\b`));
  await keepPicture(page, `export-done-${hostName}`);
});

test('a KPI as shown holds the total and the intervals of the panel', async ({ page }) => {
  await page.goto(overviewAddress());
  await expect(kpiValue(page, kpiTitle)).toBeVisible();
  const dialog = await openExport(page, kpiTitle);
  await choose(dialog, 'As shown');
  const text = await readPdf(await exportNow(page, dialog));
  const exact = await askTotal({ metric: 'agent_runs', range: testRange });
  expect(text).toMatch(new RegExp(String.raw`\b${exact}\b`));
  expect(text).toMatch(/not recomputed|not computed anew|values of (the|a) panel|as shown/i);
});

test('a chart as CSV has the sums that the API gives, computed anew and as shown', async ({ page }) => {
  await page.goto(overviewAddress());
  const groups = valuesByGroup(
    await askApi({ metric: 'agent_runs', range: testRange, total: true, groupBy: ['agent'] }),
  );
  expect(groups.size).toBeGreaterThan(1);
  const dialog = await openExport(page, chartTitle);
  await choose(dialog, 'CSV');
  const rows = await readCsv(await exportNow(page, dialog));
  const sumOf = (agent: string) =>
    rows.reduce((sum, row) => sum + (row['agent'] === agent ? Number(row['value']) : 0), 0);
  for (const [agent, total] of groups) {
    expect(sumOf(agent), agent).toBe(total);
  }

  await dialog.getByRole('button', { name: 'Export another' }).click();
  await choose(dialog, 'As shown');
  const shown = await readCsv(await exportNow(page, dialog));
  for (const [agent, total] of groups) {
    expect(
      shown.reduce((sum, row) => sum + Number(row[agent] ?? Number.NaN), 0),
      agent,
    ).toBe(total);
  }
});

test('a chart as PDF names its series; another period and grouping are taken', async ({ page }) => {
  await page.goto(overviewAddress());
  const dialog = await openExport(page, chartTitle);
  await dialog.getByLabel('Title').fill('Runs of one day, Größe');
  await dialog.getByTestId('coditect-export-from').fill('2025-03-11T00:00:00');
  await dialog.getByTestId('coditect-export-to').fill('2025-03-12T00:00:00');
  const pdf = await readPdf(await exportNow(page, dialog));
  expect(pdf).toContain('Runs of one day, Größe');
  expect(pdf).toContain('planner');

  await dialog.getByRole('button', { name: 'Export another' }).click();
  await choose(dialog, 'CSV');
  await dialog.getByRole('combobox', { name: 'Group by' }).click();
  await page.getByRole('option', { name: 'agent', exact: true }).click();
  await page.getByRole('option', { name: 'team', exact: true }).click();
  // Not Escape: until Grafana 12 that closes the dialogue too.
  await page.keyboard.press('Tab');
  const rows = await readCsv(await exportNow(page, dialog));
  const range = { from: '2025-03-11T00:00:00Z', to: '2025-03-12T00:00:00Z' };
  const teams = valuesByGroup(await askApi({ metric: 'agent_runs', range, total: true, groupBy: ['team'] }));
  for (const [team, total] of teams) {
    const sum = rows.reduce((all, row) => all + (row['team'] === team ? Number(row['value']) : 0), 0);
    expect(sum, team).toBe(total);
  }
});

test('a report that is refused says why, and can be changed and sent again', async ({ page, pageErrors }) => {
  pageErrors.allow(refusedRequest);
  await page.goto(overviewAddress());
  const dialog = await openExport(page, kpiTitle);
  await choose(dialog, 'CSV');
  await choose(dialog, 'Totals');
  await dialog.getByTestId('coditect-export-from').fill('1900-01-01T00:00:00');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  const failure = dialog.getByTestId('coditect-export-failure');
  await expect(failure).toContainText(/\(\w+(, at \/\S+)?(, limit \d+)?\)/);
  await dialog.getByRole('button', { name: 'Change it' }).click();
  await dialog.getByTestId('coditect-export-from').fill('2025-03-10T00:00:00');
  const rows = await readCsv(await exportNow(page, dialog));
  expect(rows).toHaveLength(1);
});

test('a report that fails while it is made says why, and less of it is made', async ({ page, hostName }) => {
  await page.goto(overviewAddress());
  const dialog = await openExport(page, chartTitle);
  await dialog.getByRole('combobox', { name: 'Group by' }).click();
  await page.getByRole('option', { name: 'team', exact: true }).click();
  await page.keyboard.press('Tab');
  // A fortnight in hours, for eight groups.
  await dialog.getByTestId('coditect-export-from').fill('2025-03-03T00:00:00');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  const failure = dialog.getByTestId('coditect-export-failure');
  await expect(failure).toContainText('too_many_rows');
  await expect(failure).toContainText(/2,?000 rows/);
  await keepPicture(page, `export-failed-${hostName}`);
  await dialog.getByRole('button', { name: 'Change it' }).click();
  await choose(dialog, 'CSV');
  const rows = await readCsv(await exportNow(page, dialog));
  expect(rows.length).toBeGreaterThan(2_000);
});

test('a report can be cancelled while it waits', async ({ page, hostName }) => {
  const title = `Before it, ${hostName}`;
  const query = {
    metric: 'agent_runs',
    range: testRange,
    interval: '1h' as const,
    groupBy: ['agent', 'team'],
  };
  const ahead = Array.from({ length: 12 }, () => requestReport({ title, format: 'pdf', queries: [query] }));
  await page.goto(overviewAddress());
  const dialog = await openExport(page, kpiTitle);
  await Promise.all(ahead);
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await dialog.getByRole('button', { name: 'Cancel report' }).click();
  await expect(dialog.getByTestId('coditect-export-status')).toHaveText('Cancelled');
  await keepPicture(page, `export-cancelled-${hostName}`);
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Try again' }).click();
  expect((await download).suggestedFilename()).toMatch(/\.pdf$/);
});

test('the page of reports lists, narrows, downloads and deletes', async ({ page, hostName }) => {
  const title = `Page test, ${hostName}`;
  await requestReport({
    title,
    format: 'csv',
    queries: [{ metric: 'cost', range: testRange, total: true, groupBy: ['team'] }],
  });
  await page.goto('/');
  await page.getByRole('link', { name: 'Reports' }).click();
  const row = page.getByTestId('coditect-report').filter({ hasText: title });
  await expect(row.getByTestId('coditect-report-state')).toHaveText('Done');
  const download = page.waitForEvent('download');
  await row.getByRole('button', { name: `Download ${title}` }).click();
  const rows = await readCsv(await download);
  const teams = valuesByGroup(
    await askApi({ metric: 'cost', range: testRange, total: true, groupBy: ['team'] }),
  );
  expect(new Map(rows.map((each) => [each['team'], Number(each['value'])]))).toEqual(teams);
  await keepPicture(page, `reports-${hostName}`);

  await page.getByRole('combobox', { name: 'State' }).click();
  await page.getByRole('option', { name: 'Failed' }).click();
  await expect(row).toHaveCount(0);
  await page.getByRole('combobox', { name: 'State' }).click();
  await page.getByRole('option', { name: 'Done' }).click();
  await row.getByRole('button', { name: `Delete ${title}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(row).toHaveCount(0);
  await expect(page.getByTestId('coditect-reports-status')).toHaveText(`${title} was deleted`);
  await page.reload();
  await expect(page.getByTestId('coditect-report').first()).toBeVisible();
  await expect(row).toHaveCount(0);
});

for (const theme of ['light', 'dark']) {
  test(`pages and dialogue fit 400 pixels in the ${theme} theme`, async ({ page, hostName }) => {
    await page.setViewportSize({ width: 400, height: 800 });
    const overflow = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await page.goto(`/a/coditect-analytics-app/reports?theme=${theme}`);
    await expect(page.getByTestId('coditect-reports')).toBeAttached();
    expect(await overflow()).toBeLessThanOrEqual(0);
    await keepPicture(page, `reports-narrow-${theme}-${hostName}`);
    await page.goto('/a/coditect-analytics-app/schedules/new');
    await expect(page.getByTestId('coditect-schedule-form')).toBeVisible();
    expect(await overflow()).toBeLessThanOrEqual(0);
    await keepPicture(page, `schedule-narrow-${theme}-${hostName}`);
    await page.goto(overviewAddress());
    const dialog = await openExport(page, kpiTitle);
    const box = await dialog.boundingBox();
    expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 999) <= 400).toBe(true);
    await page.screenshot({ path: `test-results/pictures/export-narrow-${theme}-${hostName}.png` });
  });
}
