import type { AnnotationQuery, AnnotationSupport } from '@grafana/data';
import { of } from 'rxjs';
import { isReadable, migrateQuery } from './migrations';
import { toAnnotationEvents } from './model/annotation-frames';
import { newQuery } from './model/new-query';
import type { AnalyticsQuery } from './types';

const refId = 'Anno';

/** Releases, outages, licences, budgets and events of one's own choice, marked in every panel of a dashboard. */
export const annotationSupport: AnnotationSupport<AnalyticsQuery> = {
  prepareAnnotation: (saved: AnnotationQuery<AnalyticsQuery>) => {
    const read = saved.target && migrateQuery(withKind(saved.target));
    // One that is not understood stays as it was saved, and says so when it is asked.
    const target = read && !isReadable(read) ? saved.target : (read ?? newQuery('annotations', refId));
    return { ...saved, target: target && { ...target, refId } };
  },
  prepareQuery: ({ target }) => target,
  processEvents: (_annotation, frames) => of(toAnnotationEvents(frames)),
  getDefaultQuery: () => newQuery('annotations', refId),
};

/** Written by hand, the question for an annotation need not say that it is one. */
function withKind(target: object): object {
  return { kind: 'annotations', ...target };
}
