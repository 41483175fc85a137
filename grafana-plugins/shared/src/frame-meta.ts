import { isRecord, readNumber, readText } from './read-json';

/** Which way is good news. */
export type Direction = 'up' | 'down' | 'neutral';

/** What a field of one of our frames holds; travels in `field.config.custom.coditectRole`. */
export type FieldRole = 'value' | 'previous';

export const valueRole = 'value' satisfies FieldRole;
export const previousRole = 'previous' satisfies FieldRole;

/** The data source asks for a companion total when this panel is the one that asks. */
export const kpiPanelId = 'coditect-kpi-panel';

export const frameMetaKind = 'coditect-kpi';

/**
 * The value over the whole range, computed by the service. For ratios, quantiles and distinct counts it is not the
 * sum, the mean or the last of the buckets, which is why it travels beside them. `null` means "no value".
 */
export interface KpiTotal {
  value: number | null;
  previous?: number | null;
  numerator?: number | null;
  denominator?: number | null;
}

/** What the KPI is meant to be. `from` and `by` are local days; with `by` it has a pace. */
export interface KpiTarget {
  name: string;
  value: number;
  from?: string;
  by?: string;
}

/** How well the events of the range are known, where somebody has compared. Shares are 0 to 1. */
export interface KpiQuality {
  completeness: number | null;
  lateness: number | null;
  /** Events by which the stores differ. */
  difference: number;
  daysWaiting: number;
}

/** `frame.meta.custom` of every frame of a KPI that our data source makes: the number explains itself. */
export interface KpiFrameMeta {
  kind: typeof frameMetaKind;
  metric: string;
  title: string;
  unit: string;
  direction: Direction;
  definition: string;
  /** Who answers for the KPI, and how it is computed, as far as the catalogue was at hand. */
  owner?: string;
  formula?: string;
  /** ISO-8601 UTC. */
  asOf: string;
  /** ISO-8601 UTC; everything before this instant is in the numbers. */
  completeUntil: string;
  /** ISO-8601 UTC, of KPIs that follow users for days: up to when their events are there. */
  storedUntil?: string;
  source: string[];
  timeZone: string;
  compareTo?: string;
  comparedTo?: { from: string; to: string };
  interval?: string;
  total?: KpiTotal;
  /** ISO-8601 UTC, the range that was asked for. */
  range?: { from: string; to: string };
  target?: KpiTarget;
  quality?: KpiQuality;
}

/** Reads `frame.meta.custom` and gives `undefined` for anything that is not ours. */
export function readKpiFrameMeta(custom: unknown): KpiFrameMeta | undefined {
  if (!isRecord(custom) || custom['kind'] !== frameMetaKind) {
    return undefined;
  }
  const comparedTo = readPeriod(custom['comparedTo']);
  const range = readPeriod(custom['range']);
  const target = readTarget(custom['target']);
  const quality = readQuality(custom['quality']);
  const total = readTotal(custom['total']);
  return {
    kind: frameMetaKind,
    metric: readText(custom['metric']) ?? '',
    title: readText(custom['title']) ?? '',
    unit: readText(custom['unit']) ?? '',
    direction: readDirection(custom['direction']),
    definition: readText(custom['definition']) ?? '',
    asOf: readText(custom['asOf']) ?? '',
    completeUntil: readText(custom['completeUntil']) ?? '',
    source: Array.isArray(custom['source'])
      ? custom['source'].filter((item) => typeof item === 'string')
      : [],
    timeZone: readText(custom['timeZone']) ?? '',
    ...readOptionalTexts(custom),
    ...(comparedTo && { comparedTo }),
    ...(total && { total }),
    ...(range && { range }),
    ...(target && { target }),
    ...(quality && { quality }),
  };
}

/** The role that the data source gave a field, `undefined` for fields of other data sources. */
export function readFieldRole(custom: unknown): FieldRole | undefined {
  const role = isRecord(custom) ? custom['coditectRole'] : undefined;
  return role === valueRole || role === previousRole ? role : undefined;
}

const optionalTexts = ['owner', 'formula', 'storedUntil', 'compareTo', 'interval'] as const;

function readOptionalTexts(
  custom: Record<string, unknown>,
): Partial<Record<(typeof optionalTexts)[number], string>> {
  const texts: Partial<Record<(typeof optionalTexts)[number], string>> = {};
  for (const name of optionalTexts) {
    const text = readText(custom[name]);
    if (text !== undefined) texts[name] = text;
  }
  return texts;
}

function readTotal(total: unknown): KpiTotal | undefined {
  if (!isRecord(total)) {
    return undefined;
  }
  const read: KpiTotal = { value: readNumber(total['value']) };
  for (const key of ['previous', 'numerator', 'denominator'] as const) {
    if (key in total) {
      read[key] = readNumber(total[key]);
    }
  }
  return read;
}

function readTarget(target: unknown): KpiTarget | undefined {
  const value = isRecord(target) ? readNumber(target['value']) : null;
  if (!isRecord(target) || value === null) {
    return undefined;
  }
  const from = readText(target['from']);
  const by = readText(target['by']);
  return {
    name: readText(target['name']) ?? '',
    value,
    ...(from !== undefined && { from }),
    ...(by !== undefined && { by }),
  };
}

function readQuality(quality: unknown): KpiQuality | undefined {
  if (!isRecord(quality)) {
    return undefined;
  }
  return {
    completeness: readNumber(quality['completeness']),
    lateness: readNumber(quality['lateness']),
    difference: readNumber(quality['difference']) ?? 0,
    daysWaiting: readNumber(quality['daysWaiting']) ?? 0,
  };
}

function readPeriod(period: unknown): { from: string; to: string } | undefined {
  const from = isRecord(period) ? readText(period['from']) : undefined;
  const to = isRecord(period) ? readText(period['to']) : undefined;
  return from !== undefined && to !== undefined ? { from, to } : undefined;
}

function readDirection(direction: unknown): Direction {
  return direction === 'up' || direction === 'down' ? direction : 'neutral';
}
