import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, expectNoPanelErrors, keepPicture, panelOf, test as base } from './fixtures';
import { findFreePorts, startNode, stop, untilReady, type Running } from './setup/processes';

// What the host itself must do for plugins, shown with a data source that needs no backend.

const fixture = join(__dirname, '../workbench/fixture');

/** The target behind the fixture's proxied route: a stream to which the test adds. */
interface LiveTarget {
  server: Server;
  open: Set<ServerResponse>;
}

interface Started {
  url: string;
  live: LiveTarget;
  workbench: Running;
  folder: string;
}

const started: { current?: Started } = {};

function createLiveTarget(): LiveTarget {
  const open = new Set<ServerResponse>();
  const server = createServer((_request, response) => {
    open.add(response);
    response.once('close', () => open.delete(response));
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  });
  return { server, open };
}

const test = base.extend({
  baseURL: async ({}, provide) => {
    await provide(started.current?.url ?? '');
  },
});

test.beforeAll(async ({}, testInfo) => {
  const folder = mkdtempSync(join(tmpdir(), 'coditect-host-'));
  const logDir = join(__dirname, 'test-results/logs');
  mkdirSync(logDir, { recursive: true });
  execFileSync(process.execPath, [join(fixture, 'build.mjs'), folder]);
  const live = createLiveTarget();
  const [port = 0, livePort = 0] = await findFreePorts(2);
  await new Promise<void>((done) => live.server.listen(livePort, '127.0.0.1', done));
  const host = testInfo.project.name;
  const workbench = startNode(
    `workbench-fixture-${host}`,
    ['grafana-plugins/workbench/dist/server/main.js'],
    {
      WORKBENCH_HOST: host,
      WORKBENCH_PORT: String(port),
      WORKBENCH_PLUGINS_DIR: folder,
      WORKBENCH_PROVISIONING_DIR: join(fixture, 'provisioning'),
      FIXTURE_LIVE_URL: `http://127.0.0.1:${livePort}`,
    },
    logDir,
  );
  const url = `http://127.0.0.1:${port}`;
  started.current = { url, live, workbench, folder };
  await untilReady(workbench, async () => (await fetch(`${url}/healthz`)).ok);
});

test.afterAll(async () => {
  if (started.current === undefined) {
    return;
  }
  const { live, workbench, folder } = started.current;
  await stop(workbench);
  live.server.closeAllConnections();
  live.server.close();
  rmSync(folder, { recursive: true, force: true });
});

function send(value: number): void {
  for (const response of started.current?.live.open ?? []) {
    response.write(`data: ${value}\n\n`);
  }
}

const streams = (): number => started.current?.live.open.size ?? 0;

test('annotations are drawn, explain themselves and can be switched off', async ({ page, hostName }) => {
  await page.goto('/d/host?var-team=atlas');
  const chart = panelOf(page, 'Series');
  await expect(chart.getByTestId('annotation-moment')).toHaveCount(1);
  await chart.getByTestId('annotation-region').hover();
  await expect(page.getByTestId('annotation-tooltip')).toContainText('teams atlas');
  await expect(page.getByTestId('annotation-tooltip')).toContainText('outage');
  await keepPicture(page, `host-annotations-${hostName}`);
  await page.getByText('Marks', { exact: true }).click();
  await expect(chart.getByTestId('annotation-region')).toHaveCount(0);
  await expectNoPanelErrors(page);
});

test('variables cascade through a pattern, and filters reach the query', async ({ page, hostName }) => {
  await page.goto('/d/host?var-team=atlas&var-team=cumulus');
  const table = panelOf(page, 'Asked');
  await expect(table).toContainText('atlas,cumulus and atlas,cumulus');
  await expect(table).toContainText('agent = planner');

  await page.getByPlaceholder('+ label = value').click();
  await page.getByRole('option', { name: 'team', exact: true }).click();
  await page.getByRole('option', { name: '= Equals', exact: true }).click();
  await page.getByRole('option', { name: 'borealis', exact: true }).click();
  await expect(table).toContainText('agent = planner and team = borealis');
  await expect(page).toHaveURL(/var-filters=team%7C%3D%7Cborealis/);
  await keepPicture(page, `host-filters-${hostName}`);
});

test('a stream moves the panel, and ends when the page is left', async ({ page, hostName }) => {
  await page.goto('/d/host');
  const value = panelOf(page, 'Live');
  await expect.poll(streams).toBe(1);
  send(41);
  await expect(value).toContainText('41');
  send(42);
  await expect(value).toContainText('42');
  await keepPicture(page, `host-live-${hostName}`);
  await page.goto('/datasources');
  await expect.poll(streams).toBe(0);
});

test('a link of a series opens its log lines in Explore, with volume, details and context', async ({
  page,
  hostName,
}) => {
  await page.goto('/d/host');
  const chart = panelOf(page, 'Series').locator('.u-over');
  await chart.click({ position: { x: 100, y: 60 } });
  await page.getByText('Events behind this').click();
  await expect(page).toHaveURL(/\/explore\?/);
  await expect(page.getByTestId('log-row')).toHaveCount(10);
  await expect(panelOf(page, 'Log volume').getByTestId('data-testid VizLegend series error')).toBeVisible();

  const row = page.getByTestId('log-row').nth(2);
  await expect(row).toContainText('2025-03-10 16:48:00.000');
  await row.getByRole('button').click();
  await expect(row.getByTestId('log-details')).toContainText('borealis');
  await row.getByRole('button', { name: 'Show context' }).click();
  const context = page.getByTestId('log-context');
  await expect(context).toContainText('after agent run 7');
  await expect(context).toContainText('before agent run 7');
  await page.keyboard.press('Escape');
  await keepPicture(page, `host-explore-${hostName}`);

  // What was run is in the address: the page opened anew shows the same.
  await page.goto(page.url());
  await expect(page.getByTestId('log-row')).toHaveCount(10);
  await expect(page.getByText('"kind": "logs"')).toBeVisible();
});

test('panels repeat, rows open, and tables sort, sum up and link', async ({ page, hostName }) => {
  await page.goto('/d/panels');
  for (const team of ['atlas', 'borealis', 'cumulus']) {
    await expect(panelOf(page, `Team ${team}`)).toContainText(team);
  }
  await expect(panelOf(page, 'Behind the row')).toHaveCount(0);
  await page.getByText('More', { exact: true }).click();
  await expect(panelOf(page, 'Behind the row')).toContainText('120');
  const table = panelOf(page, 'Table');
  await expect(table.getByRole('row').nth(1)).toContainText('reviewer');
  await expect(table).toContainText('240');
  await expect(table.getByRole('link', { name: 'reviewer' })).toHaveAttribute(
    'href',
    '/d/host?var-agent=reviewer',
  );
  await expect(panelOf(page, 'Bars').getByTestId('bar')).toHaveCount(6);
  await expect(panelOf(page, 'Lines').getByTestId('log-row').first()).toContainText('agent run 0');
  await expectNoPanelErrors(page);
  await keepPicture(page, `host-panels-${hostName}`);

  await page.goto('/d/panels?var-team=borealis');
  await expect(panelOf(page, 'Team borealis')).toContainText('borealis');
  await expect(panelOf(page, 'Team atlas')).toHaveCount(0);
  await expect(table.locator('a[href="/d/host?var-team=borealis"]')).toBeVisible();
});

test('editors of variables and annotations change what the plugin is asked', async ({ page, hostName }) => {
  await page.goto('/settings/host?var-team=atlas');
  const project = page.getByTestId('variable-project');
  await expect(project).toContainText('atlas');
  await project.getByRole('textbox', { name: 'Text' }).fill('borealis');
  await project.getByRole('textbox', { name: 'Text' }).press('Tab');
  await expect(project.getByRole('list')).toContainText('borealis');

  const marks = page.getByTestId('annotation-Marks');
  await expect(marks).toContainText('teams atlas');
  await marks.getByRole('textbox', { name: 'Text' }).fill('changed by hand');
  await marks.getByRole('textbox', { name: 'Text' }).press('Tab');
  await expect(marks.getByTestId('found-annotations')).toContainText('changed by hand');
  await keepPicture(page, `host-settings-${hostName}`);
});

test('the same data can be shown in another panel', async ({ page }) => {
  await page.goto('/edit/panels/2');
  const stage = page.getByTestId('panel-stage');
  await expect(stage.getByTestId('bar')).toHaveCount(6);
  await page.getByRole('combobox', { name: 'Visualization' }).click();
  await page.getByRole('option', { name: /^Pie chart/ }).click();
  await expect(stage.getByRole('img', { name: 'Pie chart' })).toBeVisible();
});
