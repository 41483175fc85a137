import {
  dateTimeFormat,
  formattedValueToString,
  getDisplayProcessor,
  type DisplayValue,
  type Field,
  type FieldConfig,
  type GrafanaTheme2,
  type LinkModel,
  type TimeZone,
} from '@grafana/data';

/** What a value that is not there looks like. */
export const noValueText = '–';

export interface FormatContext {
  theme: GrafanaTheme2;
  timeZone: TimeZone;
}

/** Writes the numbers of a column as its field options say; `fallback` holds where they say nothing. */
export function formatterOf(
  field: Field | undefined,
  fallback: FieldConfig,
  { theme, timeZone }: FormatContext,
): (value: number | null) => string {
  const display = displayOf(field, fallback, { theme, timeZone });
  return (value) => {
    const text = value === null ? '' : formattedValueToString(display(value)).trim();
    return text === '' ? (field?.config.noValue ?? noValueText) : text;
  };
}

/**
 * Writes shares from 0 to 1 as percent, all of a panel alike: with the column's decimals, or else with one, which
 * nothing and all don't need, and which would hide what is smaller.
 */
export function shareFormatterOf(decimals: number | null | undefined): (share: number | null) => string {
  return (share) => {
    if (share === null) {
      return noValueText;
    }
    const percent = share * 100;
    if (decimals !== undefined && decimals !== null) {
      return `${percent.toFixed(decimals)}%`;
    }
    const size = Math.abs(percent);
    if (size === 0 || size === 100) {
      return `${percent}%`;
    }
    return size < 0.05 ? `${percent.toPrecision(1)}%` : `${percent.toFixed(1)}%`;
  };
}

/** A share of 0 to 1, whichever of Grafana's two units for percent its column has. */
export function toShare(value: number | null, field: Field | undefined): number | null {
  return value !== null && field?.config.unit === 'percent' ? value / 100 : value;
}

export function displayOf(
  field: Field | undefined,
  fallback: FieldConfig,
  { theme, timeZone }: FormatContext,
): (value: unknown) => DisplayValue {
  if (field?.display && field.config.unit !== undefined) {
    return field.display;
  }
  const config = { ...field?.config };
  return getDisplayProcessor({
    field: {
      ...(field && { type: field.type }),
      config: { ...fallback, ...config, unit: config.unit ?? fallback.unit },
    },
    theme,
    timeZone,
  });
}

/** A count in full, for tooltips and for those who hear it. */
export function fullCount(value: number | null): string {
  return value === null ? noValueText : value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}

/** A time for a person, in the dashboard's zone; the text itself when it is no time. */
export function timeText(iso: string, timeZone: TimeZone): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : dateTimeFormat(time, { timeZone, format: 'YYYY-MM-DD HH:mm' });
}

/** The data links of one row of a column. */
export function linksOf(field: Field | undefined, row: number | undefined): LinkModel[] {
  return field?.getLinks && row !== undefined && (field.config.links?.length ?? 0) > 0
    ? field.getLinks({ valueRowIndex: row })
    : [];
}
