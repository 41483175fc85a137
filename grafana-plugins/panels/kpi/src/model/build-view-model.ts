import type { Direction } from '@coditect/plugins-shared';
import { timeText, type ShapeProblem, type ViewModelInput } from '@coditect/plugins-shared/panel';
import {
  formattedValueToString,
  getDisplayProcessor,
  type DisplayProcessor,
  type DisplayValue,
  type Field,
  type GrafanaTheme2,
  type LinkModel,
  type TimeZone,
} from '@grafana/data';
import type { KpiPanelOptions } from '../types';
import { findCompared } from './comparison';
import { computeDelta, isRatioUnit, type Delta } from './delta';
import { explain, speak, type KpiExplanation } from './explain';
import { findConcerns, isSmall, type Concern } from './quality';
import { describeNoKpi, readSources, type Source } from './sources';
import type { SparklineSeries } from './sparkline';
import { computeStatus, type ThresholdStatus } from './status';
import { computeTarget, findTarget, type TargetProgress } from './target';

/** One KPI, ready to be drawn. */
export interface KpiItem {
  key: string;
  title: string;
  /** The parts of the formatted value; `text` is a dash when there is none. */
  value: { prefix: string; text: string; suffix: string };
  color: string;
  status: ThresholdStatus | undefined;
  delta: Delta | undefined;
  /** The change as it is shown beside its arrow; empty when that is to say it all. */
  deltaText: string;
  deltaLabel: string;
  /** The absolute difference with what it is against, for who points at the change. */
  deltaDetail: string;
  target: TargetProgress | undefined;
  sparkline: SparklineSeries | undefined;
  explanation: KpiExplanation | undefined;
  /** Reasons to take the number with care, the gravest first. */
  concerns: Concern[];
  /** Where the number leads to. */
  links: () => LinkModel[];
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
  /** Set when there are rows and no number in them. */
  problem: ShapeProblem | undefined;
}

type Input = ViewModelInput<KpiPanelOptions>;

export const itemsMax = 60;
const noValueText = '–';

/** Turns frames, ours or any other data source's, into KPIs to draw. */
export function buildViewModel(input: Input): KpiViewModel {
  const sources = readSources(input.frames, input.options);
  const items = sources.slice(0, itemsMax).map((source) => toItem(source, input));
  const problem = sources.length === 0 ? describeNoKpi(input.frames, input.options.valueField) : undefined;
  return { items, hiddenCount: sources.length - items.length, problem };
}

function toItem(source: Source, { options, theme, timeZone }: Input): KpiItem {
  const { field, meta, title } = source;
  const isHidden = options.smallSampleMode === 'hide' && isSmall(meta, options.smallSample);
  const value = isHidden ? null : source.value;
  const display = field.display ?? getDisplayProcessor({ field, theme, timeZone });
  const shown = display(value);
  const format = plainFormat(field, theme, timeZone);
  const direction: Direction =
    options.direction === 'auto' ? (meta?.direction ?? 'neutral') : options.direction;
  const isRatio = isRatioUnit(field.config.unit);
  const wanted = findTarget(source, options);
  const compared = findCompared(source, options, wanted?.value);
  const delta = computeDelta({
    ...{ value, previous: compared.value, mode: options.deltaMode, decimals: options.deltaDecimals },
    ...{ direction, format },
    neutralBandPercent: options.neutralBandPercent,
    unit: field.config.unit,
  });
  const target = computeTarget(value, wanted, { direction, format, isRatio, pace: options.pace, meta });
  const status = computeStatus(value, shown.percent, field.config);
  const concerns = options.showQuality ? findConcerns(meta, options.smallSample, timeZone) : [];
  const parts = partsOf(value, shown, field, options);
  const spokenValue = value === null ? 'no value' : `${parts.prefix}${parts.text}${parts.suffix}`;
  return {
    key: source.key,
    ...{ title, status, delta, target, concerns, note: source.note },
    deltaText: shownChange(delta, options),
    deltaLabel: compared.label,
    deltaDetail: describeChange(value, compared.value, format),
    value: parts,
    color: (isColored(field) ? shown.color : undefined) ?? theme.colors.text.primary,
    sparkline: options.sparkline === 'none' ? undefined : trendOf(source, options),
    explanation: meta && options.showDefinition ? explain(meta, source.note, concerns, timeZone) : undefined,
    links: () => field.getLinks?.({ valueRowIndex: source.row }) ?? [],
    footer: meta ? `Complete until ${timeText(meta.completeUntil, timeZone)}` : undefined,
    spoken: speak({
      ...{ title, value: spokenValue, delta, deltaLabel: compared.label, target, concerns },
      status: status?.label,
    }),
  };
}

function shownChange(delta: Delta | undefined, { deltaMode }: Pick<KpiPanelOptions, 'deltaMode'>): string {
  return delta && deltaMode !== 'arrow' ? delta.text : '';
}

function describeChange(
  value: number | null,
  compared: number | null | undefined,
  format: (value: number) => string,
): string {
  if (value === null || compared === null || compared === undefined) return '';
  const difference = Number((value - compared).toPrecision(12));
  return `${difference < 0 ? '−' : '+'}${format(Math.abs(difference))}, from ${format(compared)}`;
}

function partsOf(
  value: number | null,
  shown: DisplayValue,
  { config }: Field,
  { prefix, suffix }: Pick<KpiPanelOptions, 'prefix' | 'suffix'>,
): KpiItem['value'] {
  if (value === null && shown.text.trim() === '') {
    return { prefix: '', text: config.noValue ?? noValueText, suffix: '' };
  }
  return {
    prefix: `${prefix}${shown.prefix ?? ''}`,
    text: shown.text,
    suffix: `${shown.suffix ?? ''}${suffix}`,
  };
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
function trendOf(
  { sparkline }: Source,
  { showPrevious, comparison }: Pick<KpiPanelOptions, 'showPrevious' | 'comparison'>,
): SparklineSeries | undefined {
  if (!sparkline || sparkline.values.filter((value) => value !== null).length < 2) {
    return undefined;
  }
  const isBehind = showPrevious && (comparison === 'auto' || comparison === 'field');
  return isBehind ? sparkline : { values: sparkline.values };
}
