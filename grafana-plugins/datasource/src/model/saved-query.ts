import type { AnalyticsQuery, UnreadableQuery } from '../types';

type ReadQuery = AnalyticsQuery | UnreadableQuery;

/** Whether there is anything to ask. What cannot be read is asked, so that it can say so. */
export function isAsked(query: ReadQuery): boolean {
  switch (query.kind) {
    case 'kpi':
      return query.metric !== '';
    case 'funnel':
      return query.funnel.steps.length > 1;
    default:
      return true;
  }
}

/** A query in a few words, for lists of queries. */
export function describeQuery(query: ReadQuery): string {
  switch (query.kind) {
    case 'kpi':
      return query.groupBy.length > 0 ? `${query.metric} by ${query.groupBy.join(', ')}` : query.metric;
    case 'funnel':
      return `Funnel: ${query.funnel.steps.map(({ label, type }) => label ?? type ?? 'any event').join(' > ')}`;
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
