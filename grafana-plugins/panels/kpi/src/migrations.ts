import { oneOf, readCount, readFlag, readOptions, toNumber } from '@coditect/plugins-shared/panel';
import type { KpiPanelOptions } from './types';

const optionsSchemaVersion = 2;

export const decimalsBounds = { min: 0, max: 4 };

export const defaultOptions: KpiPanelOptions = {
  valueSource: 'auto',
  valueField: '',
  reducer: 'lastNotNull',
  prefix: '',
  suffix: '',
  comparison: 'auto',
  comparisonField: '',
  deltaMode: 'auto',
  direction: 'auto',
  neutralBandPercent: 0,
  targetSource: 'auto',
  targetField: '',
  pace: 'auto',
  smallSample: 0,
  smallSampleMode: 'mark',
  showQuality: true,
  layout: 'auto',
  sparkline: 'area',
  showPrevious: true,
  colorMode: 'value',
  titleMode: 'auto',
  showDefinition: true,
  schemaVersion: optionsSchemaVersion,
};

/**
 * Reads saved options of any age, or ones written by hand, as today's. Unknown values fall back to the defaults. Options
 * of version 1 mean the same today: what they did not have is `auto` or off.
 */
export function migrateOptions(saved: unknown): KpiPanelOptions {
  const options = readOptions(saved);
  return { ...readChoices(options), ...readTexts(options), ...readNumbers(options), ...readFlags(options) };
}

function readChoices(options: Record<string, unknown>) {
  const choice = <K extends keyof typeof choices>(name: K): (typeof choices)[K][number] =>
    oneOf<(typeof choices)[K][number]>(choices[name], options[name], defaultOptions[name]);
  return {
    valueSource: choice('valueSource'),
    comparison: choice('comparison'),
    deltaMode: choice('deltaMode'),
    direction: choice('direction'),
    targetSource: choice('targetSource'),
    pace: choice('pace'),
    smallSampleMode: choice('smallSampleMode'),
    layout: choice('layout'),
    sparkline: choice('sparkline'),
    colorMode: choice('colorMode'),
    titleMode: choice('titleMode'),
  };
}

function readTexts(options: Record<string, unknown>) {
  const text = (name: 'valueField' | 'reducer' | 'prefix' | 'suffix' | 'comparisonField' | 'targetField') => {
    const value = options[name];
    return typeof value === 'string' ? value : defaultOptions[name];
  };
  return {
    valueField: text('valueField'),
    reducer: text('reducer'),
    prefix: text('prefix'),
    suffix: text('suffix'),
    comparisonField: text('comparisonField'),
    targetField: text('targetField'),
  };
}

function readNumbers(options: Record<string, unknown>) {
  return {
    neutralBandPercent: Math.max(0, toNumber(options['neutralBandPercent']) ?? 0),
    smallSample: Math.max(0, toNumber(options['smallSample']) ?? 0),
    deltaDecimals: readDecimals(options['deltaDecimals']),
    target: toNumber(options['target']) ?? undefined,
    baseline: toNumber(options['baseline']) ?? undefined,
  };
}

function readDecimals(saved: unknown): number | undefined {
  return toNumber(saved) === null ? undefined : readCount(saved, decimalsBounds, 0);
}

function readFlags(options: Record<string, unknown>) {
  return {
    showPrevious: readFlag(options['showPrevious'], defaultOptions.showPrevious),
    showDefinition: readFlag(options['showDefinition'], defaultOptions.showDefinition),
    showQuality: readFlag(options['showQuality'], defaultOptions.showQuality),
    schemaVersion: optionsSchemaVersion,
  };
}

/** Takes over what another panel type had, when a panel is switched to this one. */
export function fromOtherPanel(pluginId: string, saved: unknown): Partial<KpiPanelOptions> {
  const options = readOptions(saved);
  const { calcs } = readOptions(options['reduceOptions']);
  const reducer: unknown = Array.isArray(calcs) ? calcs[0] : undefined;
  const isStat = pluginId === 'stat';
  return {
    ...(typeof reducer === 'string' && { reducer }),
    ...(isStat && options['graphMode'] === 'none' && { sparkline: 'none' }),
    ...(isStat && options['colorMode'] === 'background' && { colorMode: 'background' }),
  };
}

const choices = {
  valueSource: ['auto', 'reducer'],
  comparison: ['auto', 'baseline', 'field', 'target', 'none'],
  deltaMode: ['auto', 'percent', 'absolute', 'points', 'arrow', 'none'],
  direction: ['auto', 'up', 'down', 'neutral'],
  targetSource: ['auto', 'field', 'none'],
  pace: ['auto', 'range', 'none'],
  smallSampleMode: ['mark', 'hide'],
  layout: ['auto', 'card', 'row', 'compact'],
  sparkline: ['area', 'line', 'bars', 'none'],
  colorMode: ['value', 'background', 'none'],
  titleMode: ['auto', 'always', 'never'],
} as const;
