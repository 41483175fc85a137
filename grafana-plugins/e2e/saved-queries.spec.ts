import type { Locator, Page } from '@playwright/test';
import { expect, expectNoPanelErrors, keepPicture, panelOf, test } from './fixtures';
import { testRange } from './setup/seed-events';

// What is saved and can't be read, what lacks something, and what is replaced says so where people look.

const ids = {
  unread: 'coditect-query-unread',
  problem: 'coditect-query-problem',
  interval: 'coditect-query-interval',
};

async function openExplore(page: Page, query: object): Promise<Locator> {
  const pane = {
    datasource: 'coditect',
    queries: [{ refId: 'A', timeZone: 'UTC', ...query }],
    range: testRange,
  };
  const search = new URLSearchParams({ schemaVersion: '1', panes: JSON.stringify({ a: pane }) });
  await page.goto(`/explore?${search.toString()}`);
  const editor = page.getByTestId('query-A');
  await expect(editor.getByTestId('coditect-query-editor')).toBeVisible();
  return editor;
}

test('a saved value that there is not is told in the editor, and stays while others change', async ({
  page,
  hostName,
}) => {
  const editor = await openExplore(page, { metric: 'agent_runs', interval: '7m', limit: 'ten' });
  await expect(editor.getByTestId(ids.unread)).toContainText('interval "7m" is read as "auto"');
  await expect(editor.getByTestId(ids.problem)).toContainText('an interval that there is not');
  await expect(panelOf(page, 'Graph').locator('canvas').first()).toBeVisible();
  await keepPicture(page, `saved-unread-${hostName}`);
  await editor.getByRole('radio', { name: 'Total', exact: true }).check({ force: true });
  await expect(panelOf(page, 'Table').getByRole('gridcell').first()).toBeVisible();
  await expect(editor.getByTestId(ids.unread)).toContainText('limit "ten" is left out');
  await editor.getByRole('button', { name: 'Save what is shown instead' }).click();
  await expect(editor.getByTestId(ids.unread)).toHaveCount(0);
});

test('a new funnel says what to do, in the editor and in place of a panel', async ({
  page,
  hostName,
  pageErrors,
}) => {
  pageErrors.allow(/No step of this funnel/);
  const editor = await openExplore(page, { kind: 'funnel', funnel: {} });
  await expect(editor.getByTestId(ids.problem)).toContainText('Choose the event that comes first');
  await expect(page.getByRole('alert').filter({ hasText: 'No step of this funnel' }).last()).toBeVisible();
  await keepPicture(page, `saved-empty-funnel-${hostName}`);
});

test('a search that is too long is refused in words, with its code and place', async ({
  page,
  hostName,
  pageErrors,
}) => {
  pageErrors.allow(/Failed to load resource/);
  const editor = await openExplore(page, { kind: 'events', events: { search: 'x'.repeat(600) } });
  await expect(editor.getByTestId(ids.problem)).toContainText('A search has at most 512 characters');
  const refusal = page.getByRole('alert').filter({ hasText: 'body_invalid' });
  await expect(refusal.first()).toContainText(
    'Give at most 512 characters. (body_invalid, at /search, limit 512)',
  );
  await keepPicture(page, `saved-long-search-${hostName}`);
});

/** The dashboard as it is provisioned, changed on its way to the page. */
async function changeDashboard(page: Page, change: (key: string, value: unknown) => unknown): Promise<void> {
  await page.route('**/api/dashboards/uid/**', async (route) => {
    const response = await route.fetch();
    const body: unknown = JSON.parse(await response.text(), change);
    await route.fulfill({ json: body });
  });
}

test('a KPI as an annotation is marked for as long as it is beyond the line', async ({ page, hostName }) => {
  await changeDashboard(page, (key, value) =>
    key === 'annotations'
      ? {
          list: [
            {
              name: 'Busy days',
              enable: true,
              iconColor: 'purple',
              datasource: { type: 'coditect-analytics-datasource', uid: 'coditect' },
              target: {
                refId: 'Anno',
                kind: 'kpi',
                metric: 'agent_runs',
                interval: '1d',
                markWhen: { is: 'above', value: 1 },
              },
            },
          ],
        }
      : value,
  );
  const search = new URLSearchParams({ ...testRange, refresh: '1h', timezone: 'utc' });
  await page.setViewportSize({ width: 1_440, height: 2_000 });
  await page.goto(`/d/coditect-agents?${search.toString()}`);
  const chart = panelOf(page, 'Outcomes');
  await expect(chart.getByTestId('annotation-region').first()).toBeVisible();
  await page.waitForLoadState('networkidle');
  await chart.getByTestId('annotation-region').first().hover();
  await expect(page.getByTestId('annotation-tooltip')).toContainText('Agent runs');
  await keepPicture(page, `annotations-kpi-${hostName}`);
  await expectNoPanelErrors(page);
});

test('bars have the names of their types where there is something to see', async ({ page, hostName }) => {
  await page.route('**/v1/query', async (route) => {
    const response = await route.fetch();
    const isDuplicates = (route.request().postData() ?? '').includes('duplicate_events');
    const body: unknown = JSON.parse(await response.text(), (key, value: unknown) =>
      isDuplicates && key === 'rows' && Array.isArray(value)
        ? [
            ['2025-03-11T00:00:00.000Z', 'one', 4],
            ['2025-03-12T00:00:00.000Z', 'one', 0],
            ['2025-03-13T00:00:00.000Z', 'two', 2],
          ]
        : value,
    );
    await route.fulfill({ json: body });
  });
  const search = new URLSearchParams({ ...testRange, refresh: '1h', timezone: 'utc' });
  await page.goto(`/d/coditect-data-quality?${search.toString()}`);
  await expect(panelOf(page, 'Difference by day and type')).toContainText('No differences');
  const chart = panelOf(page, 'Duplicates by day and type');
  await chart.scrollIntoViewIfNeeded();
  await expect(chart.locator('canvas').first()).toBeVisible();
  await expect(chart).not.toContainText('No duplicates');
  await chart.hover({ position: { x: 90, y: 150 } });
  await expect(page.getByText('one', { exact: true }).first()).toBeVisible();
  await keepPicture(page, `duplicates-by-type-${hostName}`);
});
