import { FieldConfigProperty, PanelPlugin } from '@grafana/data';
import { RetentionPanel } from './components/RetentionPanel';
import { migrateOptions } from './migrations';
import { buildOptions } from './options';
import { suggestionsSupplier } from './suggestions';
import type { RetentionPanelOptions } from './types';

export const plugin = new PanelPlugin<RetentionPanelOptions>(RetentionPanel)
  .useFieldConfig({
    standardOptions: {
      [FieldConfigProperty.Color]: { defaultValue: { mode: 'continuous-blues' } },
    },
  })
  .setPanelOptions(buildOptions)
  .setMigrationHandler((panel) => migrateOptions(panel.options))
  .setSuggestionsSupplier(suggestionsSupplier);
