import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { testRange } from './setup/seed-events';
import { readState, type State } from './setup/state';

export interface HostOptions {
  hostName: keyof State['hosts'];
}

interface Fixtures {
  /** Errors of the page's console and uncaught ones. A test that provokes some says which by `allow`. */
  pageErrors: { allow: (pattern: RegExp) => void };
}

/** Grafana's packages cancel what they no longer need; a browser calls that a failed request. */
export const test = base.extend<Fixtures & HostOptions>({
  hostName: ['grafana-13', { option: true }],
  baseURL: async ({ hostName }, provide) => {
    await provide(readState().hosts[hostName]);
  },
  pageErrors: [
    async ({ page }, provide) => {
      const errors: string[] = [];
      const allowed: RegExp[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') {
          errors.push(`${message.text()} (${message.location().url})`);
        }
      });
      page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
      await provide({ allow: (pattern) => allowed.push(pattern) });
      expect(errors.filter((text) => !allowed.some((pattern) => pattern.test(text)))).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

export const dashboardUid = 'coditect-platform-overview';

/** The address of the overview over a fixed range, so that no number moves under the test. */
export function overviewAddress(query: Record<string, string> = {}): string {
  const search = new URLSearchParams({ ...testRange, refresh: '1h', timezone: 'utc', ...query });
  return `/d/${dashboardUid}?${search.toString()}`;
}

/** A panel by its title. */
export function panelOf(page: Page, title: string): Locator {
  return page.getByTestId(`data-testid Panel header ${title}`);
}

/** The headline value of a KPI tile. */
export function kpiValue(page: Page, title: string): Locator {
  return panelOf(page, title).getByTestId('coditect-kpi-value').first();
}

/** Fails when a panel carries Grafana's error badge, or drew an error instead of content. */
export async function expectNoPanelErrors(page: Page): Promise<void> {
  await expect(page.getByTestId('data-testid Panel status error')).toHaveCount(0);
  await expect(page.getByTestId('coditect-kpi-error')).toHaveCount(0);
  await expect(page.getByText('An unexpected error happened')).toHaveCount(0);
}

/** Keeps a picture of the whole page among the results. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `test-results/pictures/${name}.png`, fullPage: true });
}
