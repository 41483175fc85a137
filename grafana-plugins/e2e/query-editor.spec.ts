import { askApi, valuesByGroup } from './api';
import {
  dashboardUid,
  expect,
  expectNoPanelErrors,
  keepPicture,
  overviewAddress,
  panelOf,
  test,
} from './fixtures';
import { testRange } from './setup/seed-events';

const chartTitle = 'Agent runs by agent';

test('a query built by hand draws the series that the API gives', async ({ page, hostName }) => {
  await page.goto(overviewAddress());
  const header = panelOf(page, chartTitle);
  await header.scrollIntoViewIfNeeded();
  await header.hover();
  await page.getByTestId(`data-testid Panel menu ${chartTitle}`).click();
  await page.getByText('Edit query and options').click();
  await expect(page).toHaveURL(new RegExp(`/edit/${dashboardUid}/`));

  await page.getByRole('button', { name: 'Add query' }).click();
  const editor = page.getByTestId('query-B');
  await editor.getByRole('combobox', { name: 'KPI' }).click();
  // A part of the title: the whole of it would also offer itself as a value of its own.
  await page.keyboard.type('API req');
  await page
    .getByRole('option', { name: /^API requests/ })
    .first()
    .click();
  await expect(editor.getByTestId('coditect-query-definition')).toContainText('Unit: count');
  // The answer draws the editor anew, under the hands of who types.
  const stage = page.getByTestId('panel-stage');
  await expect(stage.getByTestId('data-testid VizLegend series API requests')).toBeVisible();
  // At once: of letters typed one by one, the list of Grafana 12 loses some while it is drawn anew.
  await editor.getByRole('combobox').nth(2).click();
  await editor.getByRole('combobox').nth(2).fill('route');
  const answered = page.waitForResponse(
    (response) =>
      response.url().includes('/v1/query') && (response.request().postData() ?? '').includes('"route"'),
  );
  await page.getByRole('option', { name: 'route', exact: true }).click();
  expect((await answered).status()).toBe(200);
  await page.keyboard.press('Escape');

  const routes = valuesByGroup(
    await askApi({ metric: 'api_requests', range: testRange, total: true, groupBy: ['route'] }),
  );
  expect(routes.size).toBeGreaterThan(1);
  for (const route of routes.keys()) {
    await expect(stage.getByTestId(`data-testid VizLegend series ${route}`)).toBeVisible();
  }
  await expectNoPanelErrors(page);
  await keepPicture(page, `query-editor-${hostName}`);
});

test("a KPI panel's own options change what it shows", async ({ page, hostName }) => {
  await page.goto(overviewAddress());
  await panelOf(page, 'Agent runs').hover();
  await page.getByTestId('data-testid Panel menu Agent runs').click();
  await page.getByText('Edit query and options').click();
  const stage = page.getByTestId('panel-stage');
  await expect(stage.getByTestId('coditect-kpi-value')).toBeVisible();
  await expect(stage.getByTestId('coditect-kpi-target')).toHaveCount(0);
  const target = page.getByTestId('panel-options').getByLabel('Value of the target');
  await target.fill('1000');
  await target.press('Enter');
  await expect(stage.getByTestId('coditect-kpi-target')).toContainText('1 K');
  await keepPicture(page, `panel-options-${hostName}`);
});
