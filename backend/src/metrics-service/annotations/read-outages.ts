import type { Annotation, AnnotationQuery } from '@coditect/contracts';
import type { ClickHouse } from '../../storage/clickhouse/client.js';
import {
  queryBadWindows,
  sourceOfRequests,
  type BadWindowsRequest,
} from '../../storage/clickhouse/queries/annotation-outages.js';
import { checkRawRange } from '../events/event-answers.js';
import { rawTable } from '../events/event-meta.js';
import type { RawLimits } from '../raw-limits.js';
import type { AnnotationReader } from './annotation-reader.js';
import { mergeWindows, type Outage } from './merge-windows.js';

/** One failed request at night is no outage, whatever share of all it is. */
const requestsMin = 10;
const failedMin = 3;
const windowsMax = 20_000;

/** Spans in which the error rate of the API was too high, of whole windows: those at the ends of the range, too. */
export function createOutagesReader(clickHouse: ClickHouse, rawLimits: RawLimits): AnnotationReader {
  return async ({ tenant, query, selection }, signal) => {
    const windowMs = query.minutes * 60_000;
    const request: BadWindowsRequest = {
      ...selection,
      fromMs: Math.floor(selection.fromMs / windowMs) * windowMs,
      toMs: Math.ceil(selection.toMs / windowMs) * windowMs,
      windowMinutes: query.minutes,
      failedShareMin: query.errorRate,
      requestsMin,
      failedMin,
      rowsMax: windowsMax,
    };
    const source = sourceOfRequests(request);
    if (source === undefined) checkRawRange(selection, rawLimits);
    const windows = await queryBadWindows(clickHouse, tenant.id, request, signal);
    const outages = mergeWindows(windows, windowMs);
    const isCut = windows.length === windowsMax;
    return {
      annotations: outages.slice(-query.limit).map((outage) => toAnnotation(outage, query)),
      found: isCut && outages.length > query.limit ? undefined : outages.length,
      tables: [source?.table ?? rawTable],
      windowMs,
      notices: isCut ? [{ severity: 'warning', code: 'annotations_truncated', text: cutText }] : [],
    };
  };
}

const cutText = `Only the latest ${windowsMax} windows with too many failures were looked at. Take a higher error rate, wider windows or a shorter range.`;

function toAnnotation(outage: Outage, { errorRate, minutes }: AnnotationQuery): Annotation {
  const { fromMs, toMs, requests, failed, windows } = outage;
  const share = percent(failed / requests);
  const span = `${windows} ${windows === 1 ? 'window' : 'windows'} of ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
  const rule = `Of windows with at least ${requestsMin} requests and ${failedMin} failures, those with a share of ${percent(errorRate)} or more are counted.`;
  return {
    time: new Date(fromMs).toISOString(),
    timeEnd: new Date(toMs).toISOString(),
    title: `API errors: ${share}`,
    text: `${failed} of ${requests} API requests failed (${share}) in ${span}. ${rule}`,
    tags: ['outage', 'api'],
  };
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
