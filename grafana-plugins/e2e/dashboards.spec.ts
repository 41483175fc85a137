import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { z } from 'zod';
import { expect, expectNoPanelErrors, keepPicture, test } from './fixtures';
import { testRange } from './setup/seed-events';

// What is provisioned: each dashboard is drawn on both hosts, without an error badge, and can be used without eyes.

const folder = join(__dirname, '../../provisioning/dashboards');
const dashboardSchema = z.object({
  uid: z.string(),
  title: z.string(),
  panels: z.array(z.object({ type: z.string(), title: z.string().default('') })),
});
const dashboards = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => dashboardSchema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))));

const tall = 5_200;

/** All panels are in view at once: those that are not are not asked for. */
async function open(
  page: Page,
  uid: string,
  more: Record<string, string> = {},
  width = 1_440,
): Promise<void> {
  await page.setViewportSize({ width, height: tall });
  const search = new URLSearchParams({ ...testRange, refresh: '1h', timezone: 'utc', ...more });
  await page.goto(`/d/${uid}?${search.toString()}`);
}

/** Every panel has its answer. */
async function untilDrawn(page: Page, titles: readonly string[]): Promise<void> {
  for (const title of titles) {
    const panel = page.getByTestId(`data-testid Panel header ${title}`).first();
    await expect(panel).toBeVisible();
    // Nothing is loading either before a panel has begun to ask.
    await expect(panel.getByTestId('data-testid panel content').locator('*').first()).toBeAttached();
  }
  await page.waitForLoadState('networkidle');
  await expect(page.getByTestId('panel-loading-bar')).toHaveCount(0);
}

for (const { uid, title, panels } of dashboards) {
  const titles = panels
    .filter(({ type, title: text }) => type !== 'row' && text !== '')
    .map((panel) => panel.title);

  test(`${title} is drawn without an error`, async ({ page, hostName }) => {
    await open(page, uid);
    await untilDrawn(page, titles);
    await expectNoPanelErrors(page);
    await expect(page.locator('[data-testid$="-wrong-shape"], [data-testid$="-error"]')).toHaveCount(0);
    await keepPicture(page, `dashboard-${uid}-${hostName}`);
  });

  test(`${title} has no serious fault of accessibility`, async ({ page }) => {
    await open(page, uid);
    await untilDrawn(page, titles);
    // The host's own frame is a stand-in; what is drawn in its panels is ours.
    const { violations } = await new AxeBuilder({ page })
      .include('[data-testid^="coditect-"]')
      .disableRules(['region', 'landmark-one-main', 'page-has-heading-one'])
      .analyze();
    const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
  });

  test(`${title} works at 400 pixels, light and dark`, async ({ page, hostName }) => {
    for (const theme of ['light', 'dark']) {
      await open(page, uid, { theme }, 400);
      await untilDrawn(page, titles.slice(0, 1));
      await expectNoPanelErrors(page);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      await keepPicture(page, `narrow-${theme}-${uid}-${hostName}`);
    }
  });
}

test('every dashboard says how to read it, and leads to the others', async ({ page }) => {
  for (const { uid } of dashboards) {
    await open(page, uid);
    const others = dashboards.filter((dashboard) => dashboard.uid !== uid);
    for (const other of others) {
      await expect(page.getByRole('main').getByRole('link', { name: other.title })).toBeVisible();
    }
  }
  const texts = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  for (const text of texts) expect(text).toContain('"type": "text"');
});
