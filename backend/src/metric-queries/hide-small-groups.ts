import type { Notice } from '@coditect/contracts';
import type { QueryPlan } from './query-plan.js';
import type { ReadSpans } from './read-measures.js';
import { hiddenTerms, type GroupReadings, type Readings } from './readings.js';

/** What may be told, and how many values may not. */
interface ToldSpans extends ReadSpans {
  readonly hidden: number;
}

/**
 * Takes out what tells of fewer people than the smallest group has, where it is about people and about a part of the tenant:
 * grouped or filtered. What is told of the whole tenant stays, and so does what is told of nobody.
 */
export function hideSmallGroups(plan: QueryPlan, spans: ReadSpans, minGroupSize: number): ToldSpans {
  const isOfPart = plan.groupBy.length > 0 || plan.filters.length > 0;
  if (plan.kind === 'measures' || !isOfPart || minGroupSize <= 1) return { ...spans, hidden: 0 };
  let hidden = 0;
  const hideIn = (readings: Readings): Readings => ({
    ...readings,
    groups: new Map([...readings.groups].map(([key, group]) => [key, hideCells(group)])),
  });
  function hideCells(group: GroupReadings): GroupReadings {
    const buckets = group.buckets.map((terms, bucket) => {
      const people = terms && (group.people?.[bucket] ?? peopleIn(plan, terms));
      if (people?.some((count) => count > 0 && count < minGroupSize) !== true) return terms;
      hidden += 1;
      return hiddenTerms;
    });
    return { ...group, buckets };
  }
  const { current, previous } = spans;
  return { current: hideIn(current), previous: previous && hideIn(previous), hidden };
}

/** How many people the terms are about, where reading did not say so. */
function peopleIn(plan: QueryPlan, terms: readonly (number | null)[]): readonly number[] {
  if (plan.kind === 'perUser') return [terms[1] ?? 0];
  return terms.filter((term) => term !== null);
}

export function noticeHidden(hidden: number, minGroupSize: number): Notice {
  const values = hidden === 1 ? '1 value' : `${hidden} values`;
  const text = `${values} about fewer than ${minGroupSize} people ${hidden === 1 ? 'is' : 'are'} hidden.`;
  return { severity: 'info', code: 'small_groups_hidden', text };
}
