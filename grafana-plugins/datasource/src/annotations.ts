import type { AnnotationEvent, AnnotationQuery, AnnotationSupport, DataFrame } from '@grafana/data';
import { of } from 'rxjs';
import { AnnotationQueryEditor } from './components/lazy-editors';
import { isReadable, migrateQuery } from './migrations';
import { toAnnotationEvents } from './model/annotation-frames';
import { toCrossings } from './model/crossings';
import { newQuery } from './model/new-query';
import type { AnalyticsQuery } from './types';

const refId = 'Anno';

/** Releases, outages, licences, budgets and events of one's own choice, marked in every panel of a dashboard. */
export const annotationSupport: AnnotationSupport<AnalyticsQuery> = {
  prepareAnnotation: (saved: AnnotationQuery<AnalyticsQuery>) => {
    const read = saved.target && migrateQuery(withKind(saved.target));
    // One that is not understood stays as it was saved, and says so when it is asked.
    const target = read && !isReadable(read) ? saved.target : (read ?? newQuery('annotations', refId));
    const prepared = target && { ...target, refId };
    // Grafana asks again as long as it gets another object than it gave.
    return isSame(prepared, saved.target) ? saved : { ...saved, target: prepared };
  },
  // A mark needs values over time, once, and nothing beside them.
  prepareQuery: ({ target }) =>
    target?.kind === 'kpi' ? { ...target, format: 'timeseries', compareTo: 'none', live: false } : target,
  processEvents: ({ target }, frames) => of(toEvents(target, frames)),
  QueryEditor: AnnotationQueryEditor,
  getDefaultQuery: () => newQuery('annotations', refId),
};

/** As a dashboard would save them. Questions come out of `migrateQuery` with their parts in one order. */
function isSame(one: object | undefined, other: object | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Written by hand, the question for an annotation need not say that it is one. */
function withKind(target: object): object {
  return { kind: 'annotations', ...target };
}

/** Of a KPI where it crosses a line; of other kinds nothing, because each of their rows would be a mark. */
function toEvents(target: object | undefined, frames: readonly DataFrame[]): AnnotationEvent[] {
  const query = migrateQuery(withKind(target ?? {}));
  switch (query.kind) {
    case 'annotations':
      return toAnnotationEvents(frames);
    case 'kpi':
      return query.markWhen === undefined ? [] : toCrossings(frames, query.markWhen);
    default:
      return [];
  }
}
