import { oneOf, readFlag, readOptions } from '@coditect/plugins-shared/panel';
import type { RetentionPanelOptions } from './types';

const optionsSchemaVersion = 1;

export const defaultOptions: RetentionPanelOptions = {
  view: 'heatmap',
  show: 'share',
  scale: 'auto',
  cohortOrder: 'oldest',
  showSize: true,
  showMean: true,
  showFirstPeriod: true,
  showLegend: true,
  showDefinition: true,
  schemaVersion: optionsSchemaVersion,
};

/** Reads saved options of any age, or ones written by hand, as today's. Unknown values fall back to the defaults. */
export function migrateOptions(saved: unknown): RetentionPanelOptions {
  const options = readOptions(saved);
  const flag = (
    key: 'showSize' | 'showMean' | 'showFirstPeriod' | 'showLegend' | 'showDefinition',
  ): boolean => readFlag(options[key], defaultOptions[key]);
  return {
    view: oneOf(choices.view, options['view'], defaultOptions.view),
    show: oneOf(choices.show, options['show'], defaultOptions.show),
    scale: oneOf(choices.scale, options['scale'], defaultOptions.scale),
    cohortOrder: oneOf(choices.cohortOrder, options['cohortOrder'], defaultOptions.cohortOrder),
    showSize: flag('showSize'),
    showMean: flag('showMean'),
    showFirstPeriod: flag('showFirstPeriod'),
    showLegend: flag('showLegend'),
    showDefinition: flag('showDefinition'),
    schemaVersion: optionsSchemaVersion,
  };
}

const choices = {
  view: ['heatmap', 'curve'],
  show: ['share', 'users'],
  scale: ['auto', 'full'],
  cohortOrder: ['oldest', 'newest'],
} as const;
