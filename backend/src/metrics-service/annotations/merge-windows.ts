import type { BadWindow } from '../../storage/clickhouse/queries/annotation-outages.js';

/** Windows one right after the other. */
export interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
  readonly requests: number;
  readonly failed: number;
  readonly windows: number;
}

/** Adjacent windows become one outage; a window between two that was not bad keeps them apart. In order of time. */
export function mergeWindows(windows: readonly BadWindow[], windowMs: number): readonly Outage[] {
  const outages: Outage[] = [];
  for (const { fromMs, requests, failed } of [...windows].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = outages.at(-1);
    const toMs = fromMs + windowMs;
    if (last?.toMs !== fromMs) {
      outages.push({ fromMs, toMs, requests, failed, windows: 1 });
      continue;
    }
    outages[outages.length - 1] = {
      fromMs: last.fromMs,
      toMs,
      requests: last.requests + requests,
      failed: last.failed + failed,
      windows: last.windows + 1,
    };
  }
  return outages;
}
