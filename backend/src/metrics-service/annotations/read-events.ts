import type { ClickHouse } from '../../storage/clickhouse/client.js';
import { queryEvents, type EventRow } from '../../storage/clickhouse/queries/event-search.js';
import { searchEvents } from '../events/search-events.js';
import { rawTable } from '../events/event-meta.js';
import type { AnnotationReader } from './annotation-reader.js';

export interface EventsReaderOptions {
  readonly clickHouse: ClickHouse;
  readonly searchPatienceMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly elapsed: () => number;
}

/** Each event that the filters and the search let through. */
export function createEventsReader({ clickHouse, ...options }: EventsReaderOptions): AnnotationReader {
  return async ({ tenant, query, selection }, signal) => {
    const request = { ...selection, order: 'newestFirst', limit: query.limit, after: undefined } as const;
    const { events, next, notices } = await searchEvents(request, {
      readPage: (page) => queryEvents(clickHouse, tenant.id, page, signal),
      patienceMs: options.searchPatienceMs,
      elapsed: options.elapsed,
    });
    return {
      annotations: events.map((event) => ({
        time: new Date(event.atMs).toISOString(),
        title: titleOf(event),
        text: event.line,
        tags: [event.level, event.type],
      })),
      found: next === undefined ? events.length : undefined,
      tables: [rawTable],
      notices: notices.map((notice) => ({ ...notice, text: notice.text.replace(/; "next" .*$/, '.') })),
    };
  };
}

/** The line begins with the event's type, without what all types have in common. */
function titleOf({ line, fields }: EventRow): string {
  const [shortType = ''] = line.split(' ', 1);
  return [shortType, fields['status'] ?? fields['statusCode']].filter((part) => part !== undefined).join(' ');
}
