import { oneOf, readCount, readFlag, readOptions } from '@coditect/plugins-shared/panel';
import type { FunnelPanelOptions } from './types';

const optionsSchemaVersion = 1;

export const groupsBounds = { min: 1, max: 20 };

export const defaultOptions: FunnelPanelOptions = {
  layout: 'auto',
  measure: 'users',
  valueText: 'both',
  conversionFrom: 'start',
  showDropOff: true,
  showTime: true,
  highlightWorst: true,
  colorBy: 'palette',
  groupOrder: 'users',
  groupsMax: 5,
  showLegend: true,
  showDefinition: true,
  schemaVersion: optionsSchemaVersion,
};

/** Reads saved options of any age, or ones written by hand, as today's. Unknown values fall back to the defaults. */
export function migrateOptions(saved: unknown): FunnelPanelOptions {
  const options = readOptions(saved);
  const flag = (
    key: 'showDropOff' | 'showTime' | 'highlightWorst' | 'showLegend' | 'showDefinition',
  ): boolean => readFlag(options[key], defaultOptions[key]);
  return {
    layout: oneOf(choices.layout, options['layout'], defaultOptions.layout),
    measure: oneOf(choices.measure, options['measure'], defaultOptions.measure),
    valueText: oneOf(choices.valueText, options['valueText'], defaultOptions.valueText),
    conversionFrom: oneOf(choices.conversionFrom, options['conversionFrom'], defaultOptions.conversionFrom),
    showDropOff: flag('showDropOff'),
    showTime: flag('showTime'),
    highlightWorst: flag('highlightWorst'),
    colorBy: oneOf(choices.colorBy, options['colorBy'], defaultOptions.colorBy),
    groupOrder: oneOf(choices.groupOrder, options['groupOrder'], defaultOptions.groupOrder),
    groupsMax: readCount(options['groupsMax'], groupsBounds, defaultOptions.groupsMax),
    showLegend: flag('showLegend'),
    showDefinition: flag('showDefinition'),
    schemaVersion: optionsSchemaVersion,
  };
}

const choices = {
  layout: ['auto', 'vertical', 'horizontal'],
  measure: ['users', 'conversion'],
  valueText: ['both', 'users', 'conversion', 'none'],
  conversionFrom: ['start', 'previous'],
  colorBy: ['palette', 'field', 'thresholds'],
  groupOrder: ['users', 'conversion', 'name', 'none'],
} as const;
