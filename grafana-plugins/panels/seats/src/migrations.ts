import { readFlag, readOptions } from '@coditect/plugins-shared/panel';
import type { SeatsPanelOptions } from './types';

const optionsSchemaVersion = 1;

export const defaultOptions: SeatsPanelOptions = {
  showBar: true,
  showUtilisation: true,
  showCost: true,
  showTrend: true,
  showTransitions: true,
  showDefinition: true,
  schemaVersion: optionsSchemaVersion,
};

/** Reads saved options of any age, or ones written by hand, as today's. Unknown values fall back to the defaults. */
export function migrateOptions(saved: unknown): SeatsPanelOptions {
  const options = readOptions(saved);
  return {
    showBar: readFlag(options['showBar'], defaultOptions.showBar),
    showUtilisation: readFlag(options['showUtilisation'], defaultOptions.showUtilisation),
    showCost: readFlag(options['showCost'], defaultOptions.showCost),
    showTrend: readFlag(options['showTrend'], defaultOptions.showTrend),
    showTransitions: readFlag(options['showTransitions'], defaultOptions.showTransitions),
    showDefinition: readFlag(options['showDefinition'], defaultOptions.showDefinition),
    schemaVersion: optionsSchemaVersion,
  };
}
