import type { AnalyticsQuery, FunnelStep, UnreadableQuery } from '../types';

type ReadQuery = AnalyticsQuery | UnreadableQuery;

/** Whether there is anything to ask. What cannot be read or answered is asked, so that it can say so. */
export function isAsked(query: ReadQuery): boolean {
  return query.kind !== 'kpi' || query.metric !== '';
}

const funnelStepsMin = 2;

/** What a funnel lacks to be one. Some of its steps may be any event, but not all of them. */
export function explainSteps(steps: readonly FunnelStep[]): string | undefined {
  if (steps.length >= funnelStepsMin) {
    return steps.some(isChosen)
      ? undefined
      : 'No step of this funnel says what happens in it. Choose the event that comes first, and what comes next.';
  }
  const rule = `A funnel has at least ${funnelStepsMin} steps, and this one has`;
  return steps.length === 0
    ? `${rule} none. Add what comes first and next.`
    : `${rule} 1. Add what comes next.`;
}

function isChosen({ type, filters }: FunnelStep): boolean {
  return type !== undefined || filters.some(({ dimension }) => dimension !== '');
}

/** A query in a few words, for lists of queries. */
export function describeQuery(query: ReadQuery): string {
  switch (query.kind) {
    case 'kpi':
      return query.groupBy.length > 0 ? `${query.metric} by ${query.groupBy.join(', ')}` : query.metric;
    case 'funnel':
      return describeFunnel(query.funnel.steps);
    case 'retention':
      return `Retention by ${query.retention.interval}`;
    case 'lifecycle':
      return `Lifecycle by ${query.lifecycle.interval}`;
    case 'paths':
      return `Paths by ${query.paths.by}`;
    case 'seats':
      return `Seats by ${query.seats.interval}`;
    case 'seatTransitions':
      return 'Seat transitions';
    case 'budget':
      return query.budget.budget === undefined ? 'Budget' : `Budget ${query.budget.budget}`;
    case 'events':
      return query.events.search === undefined ? 'Events' : `Events with "${query.events.search}"`;
    case 'annotations':
      return `Annotations: ${query.annotations.kind}`;
    case 'unreadable':
      return query.reason;
  }
}

function describeFunnel(steps: readonly FunnelStep[]): string {
  return steps.some(isChosen)
    ? `Funnel: ${steps.map(({ label, type }) => label ?? type ?? 'any event').join(' > ')}`
    : 'Funnel without steps';
}
