import type { Locator, Page } from '@playwright/test';
import { expect, expectNoPanelErrors, keepPicture, test } from './fixtures';
import { testRange } from './setup/seed-events';

// Every option of each of our panels is set by hand in the editor of a provisioned panel, and changes what is shown.

type Range = Record<'from' | 'to', string>;

async function openEditor(page: Page, dashboard: string, panel: number, range: Range = testRange) {
  const search = new URLSearchParams({ ...range, refresh: '1h', timezone: 'utc' });
  await page.goto(`/edit/${dashboard}/${panel}?${search.toString()}`);
  return page.getByTestId('panel-stage');
}

/** What one option is set with: the nearest element around its name that has an input. */
function option(page: Page, name: string): Locator {
  return page
    .getByTestId('panel-options')
    .locator(`label:not(input + label):has(:text-is("${name}"))`)
    .first()
    .locator('xpath=ancestor::*[.//input][1]');
}

/** One of several buttons. The input lies over or under its label, by version. */
async function press(page: Page, name: string, choice: string): Promise<void> {
  await option(page, name).getByRole('radio', { name: choice, exact: true }).check({ force: true });
}

async function pick(page: Page, name: string, choice: string): Promise<void> {
  await option(page, name).getByRole('combobox').click();
  await page
    .getByRole('option', { name: new RegExp(`^${choice}`) })
    .first()
    .click();
}

async function type(page: Page, name: string, text: string): Promise<void> {
  const input = option(page, name).locator('input');
  await input.fill(text);
  await input.press('Enter');
}

/** A switch, by the keyboard. */
async function toggle(page: Page, name: string): Promise<void> {
  await option(page, name).locator('input[type="checkbox"]').press('Space');
}

/** Switches something off and on again. */
async function expectSwitch(page: Page, name: string, part: Locator): Promise<void> {
  await expect(part.first()).toBeVisible();
  await toggle(page, name);
  await expect(part).toHaveCount(0);
  await toggle(page, name);
  await expect(part.first()).toBeVisible();
}

const overview = 'coditect-platform-overview';
const successRate = 5;
const agentRuns = 4;

test('the value of a KPI panel is the total or a calculation, with texts around it', async ({ page }) => {
  const stage = await openEditor(page, overview, successRate);
  const value = stage.getByTestId('coditect-kpi-value');
  await expect(value).toContainText('%');
  const total = await value.innerText();
  await press(page, 'Value', 'Calculation');
  await pick(page, 'Calculation', 'Max');
  await expect(stage).toContainText('Max of the intervals');
  await expect(value).not.toHaveText(total);
  await press(page, 'Value', 'Total');
  await expect(value).toHaveText(total);
  await type(page, 'Field', 'nothing');
  await expect(stage.getByTestId('coditect-kpi-wrong-shape')).toContainText('nothing');
  await type(page, 'Field', '');
  await type(page, 'Before the value', 'about ');
  await type(page, 'After the value', ' of runs');
  await expect(value).toHaveText(/^about .*% of runs$/u);
  await expectNoPanelErrors(page);
});

test('the change of a KPI panel is against what one wants, and judged as one wants', async ({ page }) => {
  const stage = await openEditor(page, overview, successRate);
  const delta = stage.getByTestId('coditect-kpi-delta');
  await expect(delta).toContainText('vs previous period');
  await pick(page, 'Show change as', 'Percent');
  await expect(delta).toContainText(/\d %/u);
  await pick(page, 'Show change as', 'Percentage points');
  await expect(delta).toContainText(' pp');
  await type(page, 'Decimals of the change', '3');
  await expect(delta).toContainText(/\.\d{3} pp/u);
  await pick(page, 'Show change as', 'Arrow only');
  await expect(delta).toHaveText('vs previous period');
  await pick(page, 'Show change as', 'Automatic');

  await pick(page, 'Compare with', 'A fixed number');
  await type(page, 'Fixed number', '0.5');
  await expect(delta).toContainText('vs baseline');
  await expect(delta).toHaveAttribute('data-judgement', 'good');
  await pick(page, 'Good direction', 'Down is good');
  await expect(delta).toHaveAttribute('data-judgement', 'bad');
  await type(page, 'Neutral band', '100');
  await expect(delta).toHaveAttribute('data-judgement', 'neutral');
  await pick(page, 'Compare with', 'The target');
  await expect(delta).toContainText('vs target');
  await pick(page, 'Compare with', 'A field');
  await type(page, 'Field to compare with', 'previous');
  await expect(delta).toContainText('vs previous');
  await pick(page, 'Compare with', 'Nothing');
  await expect(delta).toHaveCount(0);
});

test('the target of a KPI panel is a number or a field, and has a pace', async ({ page, hostName }) => {
  const stage = await openEditor(page, overview, agentRuns, { from: testRange.from, to: 'now+30d' });
  const target = stage.getByTestId('coditect-kpi-target');
  const pace = stage.getByTestId('coditect-kpi-pace');
  await expect(stage.getByTestId('coditect-kpi-value')).toBeVisible();
  await type(page, 'Value of the target', '100000');
  await expect(target).toContainText('100 K');
  await expect(pace).toHaveCount(0);
  await press(page, 'Pace', 'Time range');
  await expect(pace).toBeVisible();
  await expect(target).toContainText('behind pace');
  await keepPicture(page, `kpi-pace-${hostName}`);
  await press(page, 'Pace', 'None');
  await expect(pace).toHaveCount(0);
  await press(page, 'Target', 'Field');
  await type(page, 'Field of the target', 'previous');
  await expect(target).not.toContainText('100 K');
  await press(page, 'Target', 'None');
  await expect(target).toHaveCount(0);
});

test('a KPI panel warns of small samples, and shows no value of them when told to', async ({ page }) => {
  const stage = await openEditor(page, overview, successRate);
  const badge = stage.getByTestId('coditect-kpi-quality');
  const value = stage.getByTestId('coditect-kpi-value');
  await expect(value).toContainText('%');
  await type(page, 'Smallest sample', '1000000');
  await expect(badge).toHaveText(/^n /u);
  await press(page, 'Values of a small sample', 'Not shown');
  await expect(value).toHaveText('–');
  await press(page, 'Values of a small sample', 'Marked');
  await expect(value).toContainText('%');
  await expectSwitch(page, 'Badge', badge);
});

test('a KPI panel is laid out and reduced as one wants', async ({ page, hostName }) => {
  const stage = await openEditor(page, overview, successRate);
  const item = stage.getByTestId('coditect-kpi-item');
  const trend = stage.getByTestId('coditect-kpi-sparkline');
  await press(page, 'Layout', 'Cards');
  await expect(item).toHaveCSS('flex-direction', 'column');
  await press(page, 'Layout', 'Rows');
  await expect(item).toHaveCSS('flex-direction', 'row');
  await press(page, 'Layout', 'Compact');
  await expect(stage.getByTestId('coditect-kpi-target')).toHaveCount(0);
  await press(page, 'Layout', 'Automatic');

  await expect(trend.locator('path')).toHaveCount(3);
  await press(page, 'Trend', 'Line');
  await expect(trend.locator('path')).toHaveCount(2);
  await expectSwitch(page, 'Comparison as a dashed line', stage.getByTestId('coditect-kpi-previous-line'));
  await press(page, 'Trend', 'Bars');
  await expect(trend.locator('rect').first()).toBeVisible();
  await press(page, 'Trend', 'None');
  await expect(trend).toHaveCount(0);

  await expectSwitch(page, 'Definition', stage.getByTestId('coditect-kpi-definition-button'));
  const title = stage.getByTestId('coditect-kpi-title');
  await expect(title).toHaveCount(0);
  await press(page, 'Name of the KPI', 'Always');
  await expect(title).toBeVisible();

  await keepPicture(page, `kpi-layout-${hostName}`);
  await expectNoPanelErrors(page);
});

test('every option of the funnel panel changes the funnel', async ({ page, hostName }) => {
  const stage = await openEditor(page, 'coditect-marketplace', 8);
  const part = (name: string) => stage.getByTestId(`coditect-funnel-${name}`);
  await expect(part('bar')).toHaveCount(4);
  const shape = async () => {
    const [first, second] = await Promise.all([
      part('bar').first().boundingBox(),
      part('bar').nth(1).boundingBox(),
    ]);
    return first?.x === second?.x ? 'rows' : 'bars';
  };
  await press(page, 'Layout', 'Rows');
  await expect.poll(shape).toBe('rows');
  await press(page, 'Layout', 'Bars');
  await expect.poll(shape).toBe('bars');

  await expectSwitch(page, 'Point out the largest drop', part('worst'));
  await expectSwitch(page, 'Definition', part('explanation'));
  const texts = async () => (await part('drop-off').allInnerTexts()).join(' ');
  await expect.poll(texts).toContain('−33.3%');
  await toggle(page, 'Drop-off between steps');
  await expect(part('drop-off')).toHaveCount(0);
  await toggle(page, 'Drop-off between steps');
  // The whole panel has it either way, in the table for screen readers.
  const between = part('drop-off').first().locator('xpath=..');
  await expect(between).toContainText('1 hour');
  await toggle(page, 'Median time between steps');
  await expect(between).not.toContainText('1 hour');

  const installed = part('value').nth(1);
  await expect(installed).toContainText('66.7%');
  await pick(page, 'Beside a bar', 'Users$');
  await expect(installed).not.toContainText('%');
  await pick(page, 'Beside a bar', 'Conversion');
  await expect(part('value').nth(2)).toContainText('66.7%');
  await press(page, 'Conversion from', 'Step before');
  await expect(part('value').nth(2)).toContainText('100%');
  await pick(page, 'Beside a bar', 'Nothing');
  await expect(part('value')).toHaveCount(0);
  await keepPicture(page, `options-funnel-${hostName}`);
  await expectNoPanelErrors(page);
});

test('the funnel panel orders, limits, colours and names the groups of a breakdown', async ({ page }) => {
  const stage = await openEditor(page, 'coditect-marketplace', 8);
  const part = (name: string) => stage.getByTestId(`coditect-funnel-${name}`);
  await expect(part('bar')).toHaveCount(4);
  const breakdown = page.getByTestId('query-A').getByRole('combobox', { name: 'Breakdown' });
  await breakdown.click();
  await breakdown.fill('tea');
  await page.getByRole('option', { name: 'team', exact: true }).click();
  const names = part('legend-item');
  await expect(names).toHaveCount(3);
  await pick(page, 'Order of groups', 'By name');
  await expect(names).toHaveText(['atlas', 'borealis', 'cumulus']);
  await type(page, 'Groups at most', '2');
  await expect(names).toHaveText(['atlas', 'borealis']);
  await expectSwitch(page, 'Legend', part('legend'));

  const bar = part('bar').first();
  const paint = () => bar.evaluate((element) => element.outerHTML);
  const palette = await paint();
  await pick(page, 'Colour', 'Thresholds');
  await expect.poll(paint).not.toBe(palette);
  await pick(page, 'Colour', 'By group');
  await expect.poll(paint).toBe(palette);
});

test('every option of the retention panel changes the retention', async ({ page, hostName }) => {
  const from = '2025-03-03T00:00:00.000Z';
  const stage = await openEditor(page, 'coditect-adoption', 15, { ...testRange, from });
  const part = (name: string) => stage.getByTestId(`coditect-retention-${name}`);
  const table = part('table');
  await expect(table).toBeVisible();
  const cell = part('cell').first();
  await expect(cell).toContainText('%');
  await press(page, 'In the cells', 'Users');
  await expect(cell).not.toContainText('%');
  await press(page, 'In the cells', 'Share');

  await expectSwitch(page, 'Mean of all cohorts', part('mean'));
  await expectSwitch(page, 'Legend', part('legend'));
  await expectSwitch(page, 'Definition', part('explanation'));
  const size = table.getByRole('columnheader', { name: 'Users' });
  await expectSwitch(page, 'Size of a cohort', size);
  const own = table.getByRole('columnheader', { name: 'Week 0', exact: true });
  await expectSwitch(page, "Cohort's own period", own);

  await press(page, 'Deepest colour', '100 %');
  await expect(part('legend')).toContainText('100%');
  const oldest = await table.locator('tbody tr').first().innerText();
  await press(page, 'First cohort', 'Newest');
  await expect.poll(() => table.locator('tbody tr').last().innerText()).toBe(oldest);

  await press(page, 'View', 'Curves');
  await expect(part('curve')).toBeVisible();
  // Of two weeks a line may be a point, or as flat as nothing is high.
  await expect(part('line')).toHaveCount(2);
  await expect(part('mean-line')).toHaveCount(1);
  await toggle(page, 'Mean of all cohorts');
  await expect(part('mean-line')).toHaveCount(0);
  await keepPicture(page, `options-retention-${hostName}`);
  await expectNoPanelErrors(page);
});

test('every option of the seats panel shows or leaves out its part', async ({ page, hostName }) => {
  const stage = await openEditor(page, 'coditect-adoption', 18);
  const part = (name: string) => stage.getByTestId(`coditect-seats-${name}`);
  await expect(part('number').first()).toBeVisible();
  await expectSwitch(page, 'Bar', part('bar'));
  await expectSwitch(page, 'Utilisation', part('utilisation'));
  await expectSwitch(page, 'Idle cost', part('cost'));
  await expectSwitch(page, 'Definition', part('explanation'));
  await expectSwitch(page, 'Trend', part('trend'));
  await expectSwitch(page, 'Transitions', part('transitions'));
  await keepPicture(page, `options-seats-${hostName}`);
  await expectNoPanelErrors(page);
});
