import type { KpiPanelOptions } from './types';

const optionsSchemaVersion = 1;

export const defaultOptions: KpiPanelOptions = {
  valueSource: 'auto',
  reducer: 'lastNotNull',
  deltaMode: 'auto',
  direction: 'auto',
  neutralBandPercent: 0,
  sparkline: 'area',
  showPrevious: true,
  colorMode: 'value',
  titleMode: 'auto',
  showDefinition: true,
  schemaVersion: optionsSchemaVersion,
};

/** Reads saved options of any age, or ones written by hand, as today's. Unknown values fall back to the defaults. */
export function migrateOptions(saved: unknown): KpiPanelOptions {
  const options = isRecord(saved) ? saved : {};
  return {
    valueSource: oneOf(choices.valueSource, options['valueSource'], defaultOptions.valueSource),
    reducer: typeof options['reducer'] === 'string' ? options['reducer'] : defaultOptions.reducer,
    deltaMode: oneOf(choices.deltaMode, options['deltaMode'], defaultOptions.deltaMode),
    direction: oneOf(choices.direction, options['direction'], defaultOptions.direction),
    neutralBandPercent: Math.max(0, readNumber(options['neutralBandPercent']) ?? 0),
    target: readNumber(options['target']),
    sparkline: oneOf(choices.sparkline, options['sparkline'], defaultOptions.sparkline),
    showPrevious: readFlag(options['showPrevious'], defaultOptions.showPrevious),
    colorMode: oneOf(choices.colorMode, options['colorMode'], defaultOptions.colorMode),
    titleMode: oneOf(choices.titleMode, options['titleMode'], defaultOptions.titleMode),
    showDefinition: readFlag(options['showDefinition'], defaultOptions.showDefinition),
    schemaVersion: optionsSchemaVersion,
  };
}

/** Takes over what another panel type had, when a panel is switched to this one. */
export function fromOtherPanel(pluginId: string, saved: unknown): Partial<KpiPanelOptions> {
  const options = isRecord(saved) ? saved : {};
  const reduceOptions = options['reduceOptions'];
  const calcs: unknown = isRecord(reduceOptions) ? reduceOptions['calcs'] : undefined;
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
  deltaMode: ['auto', 'percent', 'absolute', 'points', 'none'],
  direction: ['auto', 'up', 'down', 'neutral'],
  sparkline: ['area', 'line', 'none'],
  colorMode: ['value', 'background', 'none'],
  titleMode: ['auto', 'always', 'never'],
} as const;

function oneOf<T extends string>(allowed: readonly T[], value: unknown, fallback: T): T {
  return allowed.find((choice) => choice === value) ?? fallback;
}

function readFlag(flag: unknown, fallback: boolean): boolean {
  return typeof flag === 'boolean' ? flag : fallback;
}

function readNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
