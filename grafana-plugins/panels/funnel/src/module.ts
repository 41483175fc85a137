import { FieldConfigProperty, PanelPlugin, ThresholdsMode } from '@grafana/data';
import { FunnelPanel } from './components/FunnelPanel';
import { migrateOptions } from './migrations';
import { buildOptions } from './options';
import { suggestionsSupplier } from './suggestions';
import type { FunnelPanelOptions } from './types';

export const plugin = new PanelPlugin<FunnelPanelOptions>(FunnelPanel)
  .useFieldConfig({
    standardOptions: {
      // Grafana's own default turns everything from 80 on red, and the best conversion is the largest.
      [FieldConfigProperty.Thresholds]: {
        defaultValue: { mode: ThresholdsMode.Percentage, steps: [{ value: -Infinity, color: 'blue' }] },
      },
      [FieldConfigProperty.Color]: { defaultValue: { mode: 'palette-classic' } },
    },
  })
  .setPanelOptions(buildOptions)
  .setMigrationHandler((panel) => migrateOptions(panel.options))
  .setSuggestionsSupplier(suggestionsSupplier);
