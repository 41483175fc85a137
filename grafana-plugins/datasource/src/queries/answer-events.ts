import { exhaustMap, map, timer, type Observable } from 'rxjs';
import type { PanelContext } from '../model/analysis-request';
import { toAnnotationFrame } from '../model/annotation-frames';
import { toEventTable, toLogsFrame, toVolumeFrames } from '../model/event-frames';
import { planAnnotations, planEventSearch, planEventVolume } from '../model/event-request';
import { liveRangeOf, slideRange } from '../model/live-range';
import type { QueryOf } from '../types';
import type { Asking, QueryResult } from './asking';

/** How often Explore's live view looks for new events. */
const liveViewEveryMs = 2_000;

/** Finds events, or counts them by level. In Explore's live view again and again. */
export function answerEvents(query: QueryOf<'events'>, asking: Asking): Observable<QueryResult> {
  const { panel, rawRange } = asking;
  const range = asking.isLiveView ? liveRangeOf(rawRange, panel.fromMs, panel.toMs) : undefined;
  if (range === undefined) {
    return askEvents(query, asking, panel);
  }
  return timer(0, liveViewEveryMs).pipe(
    exhaustMap(() => {
      const { from, to } = slideRange(range, asking.live.nowMs());
      return askEvents(query, asking, { ...panel, fromMs: Date.parse(from), toMs: Date.parse(to) });
    }),
    map((result) => ({ ...result, isLive: true })),
  );
}

function askEvents(query: QueryOf<'events'>, asking: Asking, panel: PanelContext): Observable<QueryResult> {
  const origin = asking.originOf(query.refId);
  if (query.events.view === 'volume') {
    const plan = planEventVolume(query, panel, asking.maxDataPoints);
    return asking.client
      .eventVolume(plan.question, origin)
      .pipe(map((volume) => ({ frames: toVolumeFrames(volume, plan, query.refId) })));
  }
  const plan = planEventSearch(query, panel);
  const toFrame = query.events.view === 'table' ? toEventTable : toLogsFrame;
  return asking.client
    .searchEvents(plan.question, origin)
    .pipe(map((found) => ({ frames: [toFrame(found, plan, query.refId)] })));
}

export function answerAnnotations(query: QueryOf<'annotations'>, asking: Asking): Observable<QueryResult> {
  const plan = planAnnotations(query, asking.panel);
  return asking.client
    .annotations(plan.question, asking.originOf(query.refId))
    .pipe(map((answer) => ({ frames: [toAnnotationFrame(answer, plan, query.refId)] })));
}
