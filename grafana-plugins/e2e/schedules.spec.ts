import { expect, keepPicture, test } from './fixtures';

test('a schedule is made, run, paused, changed and deleted', async ({ page, hostName }) => {
  const title = `Weekly cost, ${hostName}`;
  await page.goto('/a/coditect-analytics-app/schedules');
  await page.getByRole('link', { name: 'New schedule' }).first().click();
  const form = page.getByTestId('coditect-schedule-form');
  await form.getByRole('button', { name: 'Save schedule' }).click();
  await expect(form.getByRole('alert').last()).toContainText('Choose at least one KPI.');
  await form.getByLabel('Title').fill(title);
  await form.getByRole('combobox', { name: 'KPIs' }).click();
  await form.getByRole('combobox', { name: 'KPIs' }).fill('Cost');
  await page.getByRole('option', { name: /^Cost/ }).first().click();
  await page.keyboard.press('Tab');
  await form.getByLabel('At', { exact: true }).fill('06:30');
  await keepPicture(page, `schedule-form-${hostName}`);
  await form.getByRole('button', { name: 'Save schedule' }).click();

  const row = page.getByTestId('coditect-schedule').filter({ hasText: title });
  await expect(row).toContainText('Every Monday at 06:30, UTC');
  await row.getByRole('button', { name: `Run ${title} now` }).click();
  await row.getByRole('button', { name: 'History' }).click();
  const history = row.getByTestId('coditect-schedule-history');
  await expect(async () => {
    await history.getByRole('button', { name: 'Refresh' }).click();
    await expect(history.getByTestId('coditect-report-state').first()).toHaveText('Done', { timeout: 2_000 });
  }).toPass({ timeout: 40_000 });
  const download = page.waitForEvent('download');
  await history
    .getByRole('button', { name: /Download/ })
    .first()
    .click();
  expect((await download).suggestedFilename()).toMatch(/\.pdf$/);

  await row.getByRole('button', { name: `Pause ${title}` }).click();
  await expect(row.getByRole('button', { name: `Resume ${title}` })).toBeVisible();
  await keepPicture(page, `schedules-${hostName}`);
  await row.getByRole('link', { name: `Edit ${title}` }).click();
  await expect(form.getByLabel('At', { exact: true })).toHaveValue('06:30');
  await form.getByLabel('At', { exact: true }).fill('07:15');
  await form.getByRole('button', { name: 'Save schedule' }).click();
  await expect(row).toContainText('Every Monday at 07:15, UTC');
  await expect(row).toContainText('Paused');

  await row.getByRole('button', { name: `Delete ${title}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(row).toHaveCount(0);
});
