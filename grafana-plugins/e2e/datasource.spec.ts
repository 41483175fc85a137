import type { Page } from '@playwright/test';
import { expect, keepPicture, overviewAddress, test } from './fixtures';
import { readState } from './setup/state';

// The settings live in the server, so these tests go one after the other, and each starts by saving good ones.
test.describe.configure({ mode: 'serial' });

const ids = { url: 'coditect-config-metrics-url', key: 'coditect-config-api-key' };
/** A browser reports answers such as 401 and 502 on its console, whatever the page makes of them. */
const refusedRequest = /Failed to load resource/;

async function openSettings(page: Page): Promise<void> {
  await page.goto('/datasources');
  await page.getByRole('link', { name: 'CODITECT', exact: true }).click();
  await expect(page.getByTestId('coditect-config-editor')).toBeVisible();
}

async function typeKey(page: Page, key: string): Promise<void> {
  const reset = page.getByTestId('coditect-config-editor').getByRole('button', { name: /reset/i });
  if (await reset.isVisible()) {
    await reset.click();
  }
  await page.getByTestId(ids.key).fill(key);
}

async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save & test' }).click();
}

test.afterEach(async ({ page }) => {
  const { metricsUrl, reportingUrl, readKey } = readState();
  const answer = await page.request.put('/api/datasources/uid/coditect', {
    data: { jsonData: { metricsUrl, reportingUrl }, secureJsonData: { apiKey: readKey } },
  });
  expect(answer.ok()).toBe(true);
});

test('Save & test succeeds with good settings and says what it reached', async ({ page, hostName }) => {
  await openSettings(page);
  await save(page);
  const result = page.getByTestId('datasource-test-result');
  await expect(result).toContainText('Connected: tenant "e2e"');
  await expect(result).toContainText('events');
  await keepPicture(page, `settings-${hostName}`);
});

test('Save & test tells a wrong key from a wrong port', async ({ page, pageErrors, hostName }) => {
  pageErrors.allow(refusedRequest);
  const { closedPort, metricsUrl, readKey } = readState();
  await openSettings(page);
  const result = page.getByTestId('datasource-test-result');

  await typeKey(page, `${readKey.slice(0, -6)}xxxxxx`);
  await save(page);
  await expect(result).toContainText('keys create --tenant NAME --scope read');
  await keepPicture(page, `settings-wrong-key-${hostName}`);

  await typeKey(page, readKey);
  await page.getByTestId(ids.url).fill(`http://127.0.0.1:${closedPort}`);
  await save(page);
  await expect(result).toContainText('check host, port and firewall');
  await expect(result).not.toContainText('keys create');

  await page.getByTestId(ids.url).fill(metricsUrl);
  await save(page);
  await expect(result).toContainText('Connected: tenant "e2e"');
});

test('Save & test says that an ingest key may not read', async ({ page, pageErrors }) => {
  pageErrors.allow(refusedRequest);
  await openSettings(page);
  await typeKey(page, readState().ingestKey);
  await save(page);
  const result = page.getByTestId('datasource-test-result');
  await expect(result).toContainText('This key may be an ingest key');
});

test('tiles say what is wrong while the service is down, and when the key is wrong', async ({
  page,
  pageErrors,
  hostName,
}) => {
  pageErrors.allow(refusedRequest);
  // Grafana's scenes report a variable that can't be read on the console, too.
  pageErrors.allow(/SceneVariableSet/);
  const { closedPort, metricsUrl, reportingUrl, readKey } = readState();
  const faults = [
    {
      name: 'down',
      metricsUrl: `http://127.0.0.1:${closedPort}`,
      apiKey: readKey,
      words: 'could not reach the metrics service',
    },
    {
      name: 'key',
      metricsUrl,
      apiKey: `${readKey.slice(0, -6)}xxxxxx`,
      words: 'does not accept the API key',
    },
  ];
  for (const { name, words, apiKey, ...fault } of faults) {
    await page.request.put('/api/datasources/uid/coditect', {
      data: { jsonData: { reportingUrl, ...fault }, secureJsonData: { apiKey } },
    });
    await page.goto(overviewAddress());
    await expect(page.getByTestId('coditect-kpi-error').first()).toContainText(words);
    await keepPicture(page, `tiles-${name}-${hostName}`);
  }
});

test('the key never reaches the browser', async ({ page }) => {
  const { readKey } = readState();
  const bodies: Array<Promise<string>> = [];
  page.on('response', (response) => bodies.push(response.text().catch(() => '')));
  await openSettings(page);
  await save(page);
  await expect(page.getByTestId('datasource-test-result')).toContainText('Connected');
  const texts = await Promise.all(bodies);
  expect(texts.length).toBeGreaterThan(5);
  expect(texts.filter((text) => text.includes(readKey))).toEqual([]);
});
