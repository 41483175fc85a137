import type { AnswerCell, AnswerColumn, MetricAnswer, Notice } from '@coditect/contracts';
import { isToldByStates, type Kpi } from '../kpis/kpi.js';
import type { QueryPlan } from './query-plan.js';
import type { MetricReader } from './metric-engine.js';
import type { ReadSpans } from './read-measures.js';
import { hiddenTerms, keyOfGroup, type GroupReadings, type Readings } from './readings.js';
import { lastFinished, type Buckets } from './time/buckets.js';

const dayMs = 86_400_000;

export interface AnswerContext {
  /** When the store was read. */
  readonly asOfMs: number;
  /** Everything that was accepted and happened before this instant was stored by then. */
  readonly watermarkMs: number;
  /** What was read. */
  readonly reader: Pick<MetricReader, 'sources' | 'notices' | 'quality'>;
}

interface Point {
  readonly value: number | null;
  readonly numerator: number | null;
  readonly denominator: number | null;
}

/** Lays what was read out as columns and rows: every bucket is there, empty ones too. */
export function buildAnswer(plan: QueryPlan, spans: ReadSpans, context: AnswerContext): MetricAnswer {
  const groups = listGroups(plan, spans);
  const rows =
    plan.interval === undefined
      ? totalRows(plan, spans, groups)
      : seriesRows(plan, spans, groups, context.asOfMs);
  return { columns: columnsOf(plan), rows, meta: metaOf(plan, spans.current, context) };
}

/** The rows of a total. */
export function buildTotals(plan: QueryPlan, spans: ReadSpans): AnswerCell[][] {
  return totalRows(plan, spans, listGroups(plan, spans));
}

/** The value is the last one. */
export function columnsOf(plan: QueryPlan): AnswerColumn[] {
  const { kpi } = plan;
  const parts = partsOf(kpi);
  return [
    ...(plan.interval === undefined ? [] : [{ name: 'time', type: 'time' } as const]),
    ...plan.groupBy.map((name) => ({ name, type: 'string' }) as const),
    ...(parts === undefined
      ? []
      : [
          { name: 'numerator', type: 'number', unit: parts.numerator } as const,
          { name: 'denominator', type: 'number', unit: parts.denominator } as const,
        ]),
    ...(plan.previous === undefined ? [] : [{ name: 'previous', type: 'number', unit: kpi.unit } as const]),
    { name: 'value', type: 'number', unit: kpi.unit },
  ];
}

function partsOf(kpi: Kpi): Kpi['parts'] {
  if (kpi.measure.kind !== 'ratio') return undefined;
  return kpi.parts ?? { numerator: 'count', denominator: 'count' };
}

/** In the order of their names. Groups of either span; only those of the current one when groups were left out or the question limits them. */
export function listGroups(
  plan: QueryPlan,
  { current, previous }: ReadSpans,
): readonly (readonly string[])[] {
  if (plan.groupBy.length === 0) return [[]];
  const groups = new Map([...current.groups].map(([key, { group }]) => [key, group]));
  if (plan.limit === undefined) {
    for (const [key, { group }] of previous?.groups ?? []) groups.set(key, group);
  }
  return [...groups.values()].sort(compareTexts);
}

function compareTexts(left: readonly string[], right: readonly string[]): number {
  for (const [index, text] of left.entries()) {
    const other = right[index] ?? '';
    if (text !== other) return text < other ? -1 : 1;
  }
  return 0;
}

function totalRows(
  plan: QueryPlan,
  spans: ReadSpans,
  groups: readonly (readonly string[])[],
): AnswerCell[][] {
  const points = groups.map((group) => {
    const current = toPoint(plan.kpi, findGroup(spans.current, group)?.buckets[0]);
    return { group, current, previous: previousValue(plan, spans, group, 0) };
  });
  // The sort is stable, so groups of equal value stay in the order of their names.
  points.sort((left, right) => (right.current.value ?? -Infinity) - (left.current.value ?? -Infinity) || 0);
  return points.map(({ group, current, previous }) => toCells(plan, group, current, previous));
}

/** Bucket after bucket, each with every group. */
export function seriesRows(
  plan: QueryPlan,
  spans: ReadSpans,
  groups: readonly (readonly string[])[],
  asOfMs: number,
): AnswerCell[][] {
  return plan.current.buckets.startsMs.flatMap((startMs, bucket) => {
    const time = new Date(startMs).toISOString();
    return groups.map((group) => {
      const terms = findGroup(spans.current, group)?.buckets[bucket];
      const isUntold = startMs >= asOfMs && !(plan.kind === 'measures' && terms !== undefined);
      const point = toPoint(plan.kpi, isUntold ? hiddenTerms : terms);
      return [time, ...toCells(plan, group, point, previousValue(plan, spans, group, bucket))];
    });
  });
}

function findGroup(readings: Readings | undefined, group: readonly string[]): GroupReadings | undefined {
  return readings?.groups.get(keyOfGroup(group));
}

/** `null` where the period before had no bucket of that number. */
function previousValue(
  plan: QueryPlan,
  spans: ReadSpans,
  group: readonly string[],
  bucket: number,
): number | null {
  const span = plan.previous;
  if (span === undefined || span.range.fromMs < 0 || bucket >= span.buckets.startsMs.length) return null;
  return toPoint(plan.kpi, findGroup(spans.previous, group)?.buckets[bucket]).value;
}

function toCells(
  plan: QueryPlan,
  group: readonly string[],
  point: Point,
  previous: number | null,
): AnswerCell[] {
  return [
    ...group,
    ...(partsOf(plan.kpi) === undefined ? [] : [point.numerator, point.denominator]),
    ...(plan.previous === undefined ? [] : [previous]),
    point.value,
  ];
}

/** Nothing happened: counts and sums are zero, a quantile and a ratio have no value, and of states nothing is told. */
function toPoint(kpi: Kpi, terms: readonly (number | null)[] | undefined): Point {
  if (terms === hiddenTerms) return { value: null, numerator: null, denominator: null };
  const { measure } = kpi;
  const nothing = isToldByStates(measure) || measure.kind === 'quantile' ? null : 0;
  const [first, second] = terms ?? [];
  if (measure.kind === 'ratio') {
    const numerator = first ?? nothing;
    const denominator = second ?? nothing;
    const hasValue = numerator !== null && denominator !== null && denominator !== 0;
    return { numerator, denominator, value: hasValue ? numerator / denominator : null };
  }
  const value = first ?? nothing;
  return { value, numerator: null, denominator: null };
}

export function metaOf(plan: QueryPlan, current: Readings, context: AnswerContext): MetricAnswer['meta'] {
  const { kpi, zone } = plan;
  const { range } = plan.current;
  const completeUntilMs = findCompleteUntil(plan, context.watermarkMs);
  const compared = plan.previous?.range;
  return {
    metric: kpi.id,
    title: kpi.title,
    unit: kpi.unit,
    direction: kpi.direction,
    definition: kpi.definition,
    ...(kpi.revision !== undefined && { revision: kpi.revision }),
    asOf: new Date(context.asOfMs).toISOString(),
    completeUntil: new Date(completeUntilMs).toISOString(),
    ...(isFollowing(plan) && {
      storedUntil: new Date(Math.min(range.toMs, context.watermarkMs)).toISOString(),
    }),
    source: [...context.reader.sources],
    timeZone: zone.name,
    ...(compared !== undefined && {
      comparedTo: {
        from: new Date(compared.fromMs).toISOString(),
        to: new Date(compared.toMs).toISOString(),
      },
    }),
    notices: [
      ...noticesOf(plan, current, completeUntilMs < range.toMs ? completeUntilMs : undefined),
      ...context.reader.notices,
    ],
    ...(context.reader.quality !== undefined && { quality: context.reader.quality }),
  };
}

function isFollowing({ kind }: QueryPlan): boolean {
  return kind === 'cohorts' || kind === 'firsts';
}

/**
 * A series is complete up to the end of its last finished bucket, a total up to the watermark, cohorts up to the first
 * whose users are still followed.
 */
function findCompleteUntil(plan: QueryPlan, watermarkMs: number): number {
  const { range, buckets } = plan.current;
  if (plan.kind === 'cohorts') {
    const followed = plan.current.weeks.find(({ followedUntilMs }) => followedUntilMs > watermarkMs);
    return Math.min(range.toMs, followed?.startMs ?? range.toMs);
  }
  if (plan.kind === 'firsts') {
    const toldMs = watermarkMs - plan.days * dayMs;
    if (toldMs >= buckets.endMs) return range.toMs;
    return Math.min(range.toMs, plan.interval === undefined ? toldMs : firstUnfinished(buckets, toldMs));
  }
  if (watermarkMs >= range.toMs) return range.toMs;
  return plan.interval === undefined ? watermarkMs : lastFinished(buckets, watermarkMs);
}

/** Of users who may still come in time nothing is told, whether or not all of their events are here. */
function firstUnfinished({ startsMs, endMs }: Buckets, atMs: number): number {
  return startsMs.find((_start, index) => (startsMs[index + 1] ?? endMs) > atMs) ?? endMs;
}

function describeIncomplete(plan: QueryPlan, since: string): string {
  if (plan.kind === 'cohorts') return `users of the weeks from ${since} on may still return`;
  if (plan.kind === 'firsts')
    return `users who were first seen since ${since} have not had ${plan.days} days yet, and are left out`;
  return `events since ${since} are still coming in`;
}

function noticesOf(plan: QueryPlan, current: Readings, incompleteFromMs: number | undefined): Notice[] {
  const notices: Notice[] = [];
  const leftOut = current.groupsFound - current.groups.size;
  if (leftOut > 0) {
    const text = `${current.groups.size} of ${current.groupsFound} groups are shown, ${leftOut} are left out.`;
    notices.push({ severity: 'info', code: 'groups_truncated', text });
  }
  if (incompleteFromMs !== undefined) {
    const since = new Date(incompleteFromMs).toISOString();
    const text = `The range is not complete yet: ${describeIncomplete(plan, since)}.`;
    notices.push({ severity: 'info', code: 'period_incomplete', text });
  }
  return notices;
}
