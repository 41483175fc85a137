import { text, wholeNumber } from './config-variable.js';

/** Files that services read at their start and whenever they change. */
export const provisioningSection = {
  goalsDir: text('GOALS_DIR', {
    description:
      "Folder of the tenants' goals, `TENANT.yaml` for each: targets, budgets, prices of seats. Where there is no such folder, goals are those of the API alone.",
    unit: 'path',
    fallback: 'provisioning/goals',
  }),
  kpiDir: text('KPI_DIR', {
    description:
      "Folder of the tenants' own KPIs, `TENANT/NAME.yaml`. Where there is no such folder, KPIs are those that are shipped.",
    unit: 'path',
    fallback: 'provisioning/kpis',
  }),
  checkIntervalMs: wholeNumber('PROVISIONING_CHECK_INTERVAL_MS', {
    description: 'From one look at files of provisioning to the next.',
    unit: 'ms',
    fallback: 5_000,
    min: 100,
    max: 3_600_000,
  }),
};
