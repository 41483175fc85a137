import { FieldConfigProperty, PanelPlugin, ThresholdsMode } from '@grafana/data';
import { KpiPanel } from './components/KpiPanel';
import { fromOtherPanel, migrateOptions } from './migrations';
import { buildOptions } from './options';
import { suggestionsSupplier } from './suggestions';
import type { KpiPanelOptions } from './types';

export const plugin = new PanelPlugin<KpiPanelOptions>(KpiPanel)
  .useFieldConfig({
    standardOptions: {
      // Grafana's own default turns every value over 80 red.
      [FieldConfigProperty.Thresholds]: {
        defaultValue: { mode: ThresholdsMode.Absolute, steps: [{ value: -Infinity, color: 'text' }] },
      },
      [FieldConfigProperty.Color]: { defaultValue: { mode: 'thresholds' } },
    },
  })
  .setPanelOptions(buildOptions)
  .setMigrationHandler((panel) => migrateOptions(panel.options))
  .setPanelChangeHandler((_panel, previousId, previousOptions) => fromOtherPanel(previousId, previousOptions))
  .setSuggestionsSupplier(suggestionsSupplier);
