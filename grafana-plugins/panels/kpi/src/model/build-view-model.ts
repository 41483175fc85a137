import {
  previousRole,
  readFieldRole,
  readKpiFrameMeta,
  type Direction,
  type KpiFrameMeta,
} from '@coditect/plugins-shared';
import {
  FieldType,
  fieldReducers,
  formattedValueToString,
  getDisplayProcessor,
  getFieldDisplayName,
  reduceField,
  type DataFrame,
  type DisplayProcessor,
  type DisplayValue,
  type Field,
  type GrafanaTheme2,
  type TimeZone,
} from '@grafana/data';
import type { KpiPanelOptions } from '../types';
import { computeDelta, isRatioUnit, type Delta } from './delta';
import { comparisonLabel, explain, formatTime, speak, type Explanation } from './explain';
import type { SparklineSeries } from './sparkline';
import { computeStatus, type ThresholdStatus } from './status';
import { computeTarget, type TargetProgress } from './target';

/** One KPI, ready to be drawn. */
export interface KpiItem {
  key: string;
  title: string;
  /** The parts of the formatted value; `text` is a dash when there is none. */
  value: { prefix: string; text: string; suffix: string };
  color: string;
  status: ThresholdStatus | undefined;
  delta: Delta | undefined;
  deltaLabel: string;
  target: TargetProgress | undefined;
  sparkline: SparklineSeries | undefined;
  explanation: Explanation | undefined;
  /** How complete the data is; `undefined` when nobody says. */
  footer: string | undefined;
  /** How the value was made when it is not the service's own total. */
  note: string | undefined;
  spoken: string;
}

export interface KpiViewModel {
  items: KpiItem[];
  /** Items beyond what a panel can show. */
  hiddenCount: number;
}

export interface ViewModelInput {
  frames: readonly DataFrame[];
  options: KpiPanelOptions;
  theme: GrafanaTheme2;
  timeZone: TimeZone;
}

export const itemsMax = 60;
const noValueText = '–';

/** Turns frames, ours or any other data source's, into KPIs to draw. */
export function buildViewModel(input: ViewModelInput): KpiViewModel {
  const sources = input.frames.flatMap((frame, index) =>
    frame.fields.some(({ type }) => type === FieldType.time)
      ? fromSeries(frame, index, input)
      : fromRows(frame, index),
  );
  const items = sources.slice(0, itemsMax).map((source) => toItem(source, input));
  return { items, hiddenCount: sources.length - items.length };
}

/** What a frame or a row says, before it is formatted and judged. */
interface Source {
  key: string;
  title: string;
  field: Field;
  meta: KpiFrameMeta | undefined;
  value: number | null;
  previous: number | null | undefined;
  sparkline: SparklineSeries | undefined;
  note: string | undefined;
}

/** One source per value field of a series; the service's own total goes before any reducer. */
function fromSeries(frame: DataFrame, index: number, { options, frames }: ViewModelInput): Source[] {
  const meta = readKpiFrameMeta(frame.meta?.custom);
  const previousField = frame.fields.find(isPrevious);
  const total = options.valueSource === 'auto' ? meta?.total : undefined;
  return frame.fields.filter(isValue).map((field, position): Source => {
    // Grafana marks calculations that skip nulls with an asterisk.
    const reducerName = (fieldReducers.getIfExists(options.reducer)?.name ?? options.reducer).replace(
      / \*$/u,
      '',
    );
    const previous = position === 0 && previousField ? previousField : undefined;
    return {
      key: `${index}-${position}`,
      title: getFieldDisplayName(field, frame, [...frames]),
      field,
      meta,
      value: total ? total.value : reduce(field, options.reducer),
      previous: total ? total.previous : previous && reduce(previous, options.reducer),
      sparkline: { values: numbersOf(field), ...(previous && { previous: numbersOf(previous) }) },
      // Other data sources never had a total: there the reducer is what was asked for.
      note: meta && !total ? `${reducerName} of the intervals` : undefined,
    };
  });
}

/** One source per row of a table: its value column, named after its text columns. */
function fromRows(frame: DataFrame, index: number): Source[] {
  const meta = readKpiFrameMeta(frame.meta?.custom);
  const columns = frame.fields.filter(isValue);
  const field =
    columns.find(({ config, name }) => readFieldRole(config.custom) === 'value' || name === 'value') ??
    columns.at(-1);
  if (!field) {
    return [];
  }
  const names = frame.fields.filter(({ type }) => type === FieldType.string);
  const previous = frame.fields.find(isPrevious);
  return Array.from({ length: frame.length }, (_none, row): Source => ({
    key: `${index}-${row}`,
    title:
      names.map(({ values }) => String(values[row] ?? '')).join(' · ') || getFieldDisplayName(field, frame),
    field,
    meta,
    value: toNumber(field.values[row]),
    previous: previous && toNumber(previous.values[row]),
    sparkline: undefined,
    note: undefined,
  }));
}

function toItem(source: Source, { options, theme, timeZone }: ViewModelInput): KpiItem {
  const { field, meta, value, title } = source;
  const display = field.display ?? getDisplayProcessor({ field, theme, timeZone });
  const shown = display(value);
  const format = plainFormat(field, theme, timeZone);
  const direction: Direction =
    options.direction === 'auto' ? (meta?.direction ?? 'neutral') : options.direction;
  const delta = computeDelta({
    ...{ value, previous: source.previous, mode: options.deltaMode, direction, format },
    neutralBandPercent: options.neutralBandPercent,
    unit: field.config.unit,
  });
  const target = computeTarget(value, options.target, direction, format, isRatioUnit(field.config.unit));
  const status = computeStatus(value, shown.percent, field.config);
  const deltaLabel = comparisonLabel(meta?.compareTo);
  const spokenValue = value === null ? 'no value' : formattedValueToString(shown);
  return {
    key: source.key,
    ...{ title, status, delta, deltaLabel, target, note: source.note },
    value: partsOf(value, shown, field),
    color: (isColored(field) ? shown.color : undefined) ?? theme.colors.text.primary,
    sparkline: options.sparkline === 'none' ? undefined : trendOf(source, options.showPrevious),
    explanation: meta && options.showDefinition ? explain(meta, source.note, timeZone) : undefined,
    footer: meta ? `Complete until ${formatTime(meta.completeUntil, timeZone)}` : undefined,
    spoken: speak({ title, value: spokenValue, delta, deltaLabel, target, status: status?.label }),
  };
}

function partsOf(value: number | null, shown: DisplayValue, { config }: Field): KpiItem['value'] {
  if (value === null && shown.text.trim() === '') {
    return { prefix: '', text: config.noValue ?? noValueText, suffix: '' };
  }
  return { prefix: shown.prefix ?? '', text: shown.text, suffix: shown.suffix ?? '' };
}

/** Without thresholds or a colour of its own, a field's display colour is a grey that nobody chose. */
function isColored({ config }: Field): boolean {
  return (
    config.thresholds !== undefined || (config.color !== undefined && config.color.mode !== 'thresholds')
  );
}

/** Formats differences and targets: in the value's unit, but never as a word that a value mapping gives a number. */
function plainFormat(field: Field, theme: GrafanaTheme2, timeZone: TimeZone): (value: number) => string {
  const config = { ...field.config, mappings: [] };
  const display: DisplayProcessor = getDisplayProcessor({
    field: { type: field.type, config },
    theme,
    timeZone,
  });
  return (value) => formattedValueToString(display(value));
}

/** A line needs two points. */
function trendOf({ sparkline }: Source, showPrevious: boolean): SparklineSeries | undefined {
  if (!sparkline || sparkline.values.filter((value) => value !== null).length < 2) {
    return undefined;
  }
  return showPrevious ? sparkline : { values: sparkline.values };
}

function isPrevious({ type, config, name }: Field): boolean {
  return type === FieldType.number && (readFieldRole(config.custom) === previousRole || name === 'previous');
}

function isValue(field: Field): boolean {
  return field.type === FieldType.number && !isPrevious(field) && !isHidden(field.config.custom);
}

/** What an override "Hide in area: Visualization" saves. */
function isHidden(custom: unknown): boolean {
  const hideFrom = readRecord(custom)?.['hideFrom'];
  return readRecord(hideFrom)?.['viz'] === true;
}

function readRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}

function reduce(field: Field, reducer: string): number | null {
  const id = fieldReducers.getIfExists(reducer) ? reducer : 'lastNotNull';
  return toNumber(reduceField({ field, reducers: [id] })[id]);
}

function numbersOf(field: Field): (number | null)[] {
  return field.values.map((value: unknown) => toNumber(value));
}

function toNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
