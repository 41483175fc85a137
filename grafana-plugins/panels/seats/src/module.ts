import { FieldConfigProperty, PanelPlugin } from '@grafana/data';
import { SeatsPanel } from './components/SeatsPanel';
import { migrateOptions } from './migrations';
import { buildOptions } from './options';
import { suggestionsSupplier } from './suggestions';
import type { SeatsPanelOptions } from './types';

export const plugin = new PanelPlugin<SeatsPanelOptions>(SeatsPanel)
  .useFieldConfig({
    // Kinds of seats have colours of their own, which mean the same in every panel.
    disableStandardOptions: [
      FieldConfigProperty.Color,
      FieldConfigProperty.Thresholds,
      FieldConfigProperty.Min,
      FieldConfigProperty.Max,
      FieldConfigProperty.Mappings,
    ],
  })
  .setPanelOptions(buildOptions)
  .setMigrationHandler((panel) => migrateOptions(panel.options))
  .setSuggestionsSupplier(suggestionsSupplier);
