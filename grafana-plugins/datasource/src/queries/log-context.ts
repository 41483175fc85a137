import type { DataFrame, LogRowContextOptions, LogRowModel } from '@grafana/data';
import { firstValueFrom } from 'rxjs';
import type { MetricsClient, Origin } from '../metrics-client';
import { toLogsFrame } from '../model/event-frames';
import { newQuery } from '../model/new-query';
import type { QueryFilter, QueryOf } from '../types';

/** How far from an event its neighbours are looked for. */
const windowMsDefault = 24 * 3_600_000;
const linesMax = 100;

/** What happened around an event: in the same session, else at the same source, before or after. */
export async function readLogContext(
  client: Pick<MetricsClient, 'searchEvents'>,
  row: LogRowModel,
  options: LogRowContextOptions,
  origin: Origin,
): Promise<DataFrame> {
  const isForward = String(options.direction) === 'FORWARD';
  const windowMs = options.timeWindowMs ?? windowMsDefault;
  const at = row.timeEpochMs;
  // The event itself is in both answers; Grafana leaves out what it shows already.
  const [fromMs, toMs] = isForward ? [at, at + windowMs] : [at - windowMs, at + 1];
  const question = {
    range: { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() },
    filters: neighbours(row),
    order: isForward ? ('oldestFirst' as const) : ('newestFirst' as const),
    limit: Math.min(options.limit ?? linesMax, linesMax),
  };
  const found = await firstValueFrom(client.searchEvents(question, origin));
  // That there are more events is what scrolling on is for.
  const { next: _next, ...page } = found;
  return toLogsFrame(page, { question, unused: [] }, `${row.dataFrame.refId ?? 'A'}-context`);
}

/** The same as a query, to go on with in Explore. */
export function toContextQuery(row: LogRowModel): QueryOf<'events'> {
  const query = newQuery('events', `${row.dataFrame.refId ?? 'A'}-context`);
  return { ...query, events: { ...query.events, filters: neighbours(row) } };
}

function neighbours({ labels }: LogRowModel): QueryFilter[] {
  const dimension = labels['session'] ? 'session' : 'source';
  const value = labels[dimension] ?? '';
  return value === '' ? [] : [{ dimension, operator: '=', value }];
}
