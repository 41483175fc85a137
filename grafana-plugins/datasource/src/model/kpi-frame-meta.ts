import type {
  AnswerCell,
  AnswerMeta,
  KpiDescription,
  MetricAnswer,
  MetricQueryInput,
} from '@coditect/contracts';
import { frameMetaKind, type KpiFrameMeta, type KpiTotal } from '@coditect/plugins-shared';
import type { QueryResultMeta } from '@grafana/data';
import { executedQuery, toNotices } from './frame-parts';

/** What a frame of a KPI is made with, beside the answer. */
export interface FrameContext {
  refId: string;
  /** Template of a series' name; empty for the default, the group's values or the KPI's title. */
  legend: string;
  /** As it was sent. */
  question: MetricQueryInput;
  /** Sentences to show beside the service's own notices: what is not as it was asked for, and what is good to know. */
  notices: readonly string[];
  hints?: readonly string[];
  /** Where links to events lead, `undefined` for frames without them. */
  datasource?: { uid: string; name: string };
  kpi?: KpiDescription | undefined;
  /** Then a frame's name has to tell which of the KPIs it is. */
  isOneOfSeveral?: boolean;
}

/** The number explains itself: what it is, of when, how well known, and what it is held against. */
export function frameMeta(
  meta: AnswerMeta,
  context: FrameContext,
  total: KpiTotal | undefined,
): Pick<QueryResultMeta, 'custom' | 'notices' | 'executedQueryString'> {
  const { metric, title, unit, direction, definition, asOf, completeUntil, source, timeZone } = meta;
  const { compareTo, interval, range } = context.question;
  const custom: KpiFrameMeta = {
    kind: frameMetaKind,
    ...{ metric, title, unit, direction, definition, asOf, completeUntil, source, timeZone, range },
    ...(context.kpi && { owner: context.kpi.owner, formula: context.kpi.formula }),
    ...(meta.storedUntil !== undefined && { storedUntil: meta.storedUntil }),
    ...(compareTo !== undefined && compareTo !== 'none' && { compareTo }),
    ...(meta.comparedTo && { comparedTo: meta.comparedTo }),
    ...(interval !== undefined && { interval }),
    ...(meta.target && { target: meta.target }),
    ...(meta.quality && { quality: qualityOf(meta.quality) }),
    ...(total && { total }),
  };
  return {
    custom: { ...custom },
    ...toNotices(meta.notices, context.notices, context.hints),
    ...executedQuery('query', context.question),
  };
}

/** The numbers of one row, its sample size among them where the KPI is a ratio. */
export function totalOf(answer: MetricAnswer, row: readonly AnswerCell[]): KpiTotal {
  const cell = (name: string) => {
    const index = answer.columns.findIndex((column) => column.name === name);
    return index < 0 ? undefined : toNumber(row[index]);
  };
  const [previous, numerator, denominator] = [cell('previous'), cell('numerator'), cell('denominator')];
  return {
    value: cell('value') ?? null,
    ...(previous !== undefined && { previous }),
    ...(numerator !== undefined && { numerator }),
    ...(denominator !== undefined && { denominator }),
  };
}

function qualityOf(quality: NonNullable<AnswerMeta['quality']>): NonNullable<KpiFrameMeta['quality']> {
  const { completeness, lateness, reconciliationDifference, daysWaiting } = quality;
  return { completeness, lateness, difference: reconciliationDifference, daysWaiting };
}

function toNumber(cell: AnswerCell | undefined): number | null {
  return typeof cell === 'number' ? cell : null;
}
