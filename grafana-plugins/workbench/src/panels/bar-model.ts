import {
  FieldType,
  formattedValueToString,
  getFieldDisplayName,
  type DataFrame,
  type Field,
} from '@grafana/data';

export interface Bar {
  label: string;
  value: number;
  text: string;
  color: string;
}

export interface BarSeries {
  name: string;
  color: string;
  /** One for each category; nothing where there is no number. */
  bars: Array<Bar | undefined>;
}

export interface BarModel {
  categories: string[];
  series: BarSeries[];
  min: number;
  max: number;
}

const textOf = (field: Field, value: unknown): string =>
  field.display === undefined ? String(value) : formattedValueToString(field.display(value));

function isShown(field: Field): boolean {
  const custom: unknown = field.config.custom;
  const hide =
    typeof custom === 'object' && custom !== null && 'hideFrom' in custom ? custom.hideFrom : undefined;
  const isHidden = typeof hide === 'object' && hide !== null && 'viz' in hide && hide.viz === true;
  return field.type === FieldType.number && !isHidden;
}

function toSeries(field: Field, frame: DataFrame): BarSeries {
  const bars = Array.from({ length: frame.length }, (_unused, index): Bar | undefined => {
    const value: unknown = field.values[index];
    const shown = field.display?.(value);
    return typeof value === 'number'
      ? { label: '', value, text: textOf(field, value), color: shown?.color ?? 'currentColor' }
      : undefined;
  });
  const name = getFieldDisplayName(field, frame);
  const color = bars.find((bar) => bar !== undefined)?.color ?? 'currentColor';
  return { name, color, bars: bars.map((bar) => bar && { ...bar, label: name }) };
}

/** Sums over the series when bars stand on each other, the single bars otherwise. */
function extent(
  series: readonly BarSeries[],
  count: number,
  isStacked: boolean,
): { min: number; max: number } {
  const single = series.flatMap(({ bars }) => bars.flatMap((bar) => bar?.value ?? []));
  const sums = Array.from({ length: count }, (_unused, index) =>
    series.reduce((sum, { bars }) => sum + Math.max(bars[index]?.value ?? 0, 0), 0),
  );
  const tops = isStacked ? sums : single;
  return { min: Math.min(0, ...single), max: Math.max(0, ...tops) };
}

/** The first frame as bars: a text (or `xField`, or else the time) names the categories, each number is a series. */
export function toBarModel(
  frames: readonly DataFrame[],
  xField: string | undefined,
  isStacked: boolean,
): BarModel | undefined {
  const [frame] = frames;
  const first = (type: FieldType): Field | undefined => frame?.fields.find((field) => field.type === type);
  const named = frame?.fields.find((field) => field.name === xField);
  const category = named ?? first(FieldType.string) ?? first(FieldType.time);
  if (frame === undefined || category === undefined) {
    return undefined;
  }
  const series = frame.fields
    .filter((field) => field !== category && isShown(field))
    .map((field) => toSeries(field, frame));
  if (series.length === 0 || frame.length === 0) {
    return undefined;
  }
  const categories = category.values.map((value: unknown) => textOf(category, value));
  return { categories, series, ...extent(series, frame.length, isStacked) };
}

/** Where a bar stands, in shares of the chart: across the categories, and along the values from the lowest up. */
export interface PlacedBar {
  bar: Bar;
  across: { start: number; size: number };
  along: { start: number; size: number };
}

/** The share of a category's room that stays empty between it and the next. */
const gap = 0.24;

/** Bars side by side within their category, or on top of each other (only what is above zero). */
export function placeBars(model: BarModel, isStacked: boolean): PlacedBar[] {
  const { categories, series, min, max } = model;
  const reach = max - min || 1;
  const slot = 1 / categories.length;
  const size = (slot * (1 - gap)) / (isStacked ? 1 : series.length);
  return categories.flatMap((_category, index) => {
    let height = 0;
    return series.flatMap(({ bars }, order): PlacedBar[] => {
      const bar = bars[index];
      if (bar === undefined) {
        return [];
      }
      const value = isStacked ? Math.max(bar.value, 0) : bar.value;
      const from = isStacked ? height : Math.min(value, 0);
      height += value;
      const start = slot * (index + gap / 2) + (isStacked ? 0 : size * order);
      return [
        {
          bar,
          across: { start, size },
          along: { start: (from - min) / reach, size: Math.abs(value) / reach },
        },
      ];
    });
  });
}
