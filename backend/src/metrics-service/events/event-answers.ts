import type { EventSearch, EventVolume, EventVolumeQuery, FoundEvents } from '@coditect/contracts';
import type { AskCached, Reply } from '../../metric-queries/cached-questions.js';
import { checkFilterPatterns } from '../../metric-queries/check-patterns.js';
import { checkBuckets, checkTimeZone } from '../../metric-queries/check-range.js';
import type { QueryLimits } from '../../metric-queries/limits.js';
import type { RunQuestion } from '../../metric-queries/question-runner.js';
import { refuse } from '../../metric-queries/refuse.js';
import { indexOfBucket, ruleOf } from '../../metric-queries/time/bucket-rule.js';
import { lastFinished, type Buckets } from '../../metric-queries/time/buckets.js';
import type { Tenant } from '../../platform/tenancy.js';
import type { ClickHouse } from '../../storage/clickhouse/client.js';
import { queryEvents } from '../../storage/clickhouse/queries/event-search.js';
import type { EventSelection } from '../../storage/clickhouse/queries/event-sql.js';
import { queryEventVolume, type VolumeRow } from '../../storage/clickhouse/queries/event-volume.js';
import { checkRegex } from '../../storage/clickhouse/queries/regex-check.js';
import type { RawLimits } from '../raw-limits.js';
import { checkSelection } from './check-selection.js';
import { metaOfEvents, rawTable } from './event-meta.js';
import { fingerprintOf, formatCursor, parseCursor } from './search-cursor.js';
import { searchEvents, toFoundEvent, type SearchRequest } from './search-events.js';

export interface EventAnswersOptions {
  readonly clickHouse: ClickHouse;
  readonly work: RunQuestion;
  readonly ask: AskCached;
  readonly limits: QueryLimits;
  readonly rawLimits: RawLimits;
  /** How long a search looks for what is rare before it answers with what it has, in milliseconds. */
  readonly searchPatienceMs: number;
  /** Epoch milliseconds: everything accepted that happened before is stored. */
  readonly watermark: () => number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Milliseconds of a clock that never goes back. */
  readonly elapsed: () => number;
}

/** Questions about single events. Every one is asked for a tenant; errors are `AppError`. */
export interface EventAnswers {
  search(tenant: Tenant, question: EventSearch, signal: AbortSignal): Promise<FoundEvents>;
  /** An `EventVolume`. */
  readVolume(
    tenant: Tenant,
    request: { readonly query: EventVolumeQuery; readonly isFresh: boolean },
    signal: AbortSignal,
  ): Promise<Reply>;
}

export function createEventAnswers(options: EventAnswersOptions): EventAnswers {
  return {
    async search(tenant, question, signal) {
      const selection = checkSelection(question, options.limits);
      const { range, filters, search, order, limit, cursor } = question;
      const fingerprint = fingerprintOf(tenant.id, [range, filters, search, order]);
      const after = cursor === undefined ? undefined : parseCursor(fingerprint, cursor);
      const request = { ...selection, order, limit, after };
      return options.work(tenant, { search: question }, signal, (limited) =>
        runSearch(tenant.id, { request, fingerprint }, options, limited),
      );
    },
    readVolume(tenant, { query, isFresh }, signal) {
      const untilMs = Date.parse(query.range.to);
      return options.ask(tenant, { question: { volume: query }, untilMs, isFresh }, signal, () => {
        const selection = checkSelection(query, options.limits);
        checkRawRange(selection, options.rawLimits);
        const zone = checkTimeZone(query.timeZone ?? tenant.timeZone);
        const buckets = checkBuckets(selection, query.interval, zone, options.limits);
        return (limited) => runVolume(tenant.id, { selection, buckets }, options, limited);
      });
    },
  };
}

/** Throws 422 `grain_not_available`: single events of years are not counted one by one. */
export function checkRawRange({ fromMs, toMs }: EventSelection, { rangeDaysMax: limit }: RawLimits): void {
  if (toMs - fromMs <= limit * 86_400_000) return;
  const reason = `This is counted from single events, at most ${limit} days of them. Take a shorter range.`;
  throw refuse('grain_not_available', reason, { pointer: '/range', limit });
}

async function runSearch(
  tenantId: string,
  { request, fingerprint }: { readonly request: SearchRequest; readonly fingerprint: string },
  options: EventAnswersOptions,
  signal: AbortSignal,
): Promise<FoundEvents> {
  const { clickHouse } = options;
  await checkFilterPatterns(request.filters, (pattern) => checkRegex(clickHouse, pattern, signal));
  // Both are taken before the store is read, so that they never promise more than the answer holds.
  const asOfMs = options.now();
  const completeUntilMs = options.watermark();
  const { events, next, notices } = await searchEvents(request, {
    readPage: (page) => queryEvents(clickHouse, tenantId, page, signal),
    patienceMs: options.searchPatienceMs,
    elapsed: options.elapsed,
  });
  return {
    events: events.map(toFoundEvent),
    ...(next !== undefined && { next: formatCursor(fingerprint, next) }),
    meta: metaOfEvents({
      range: request,
      asOfMs,
      completeUntilMs,
      tables: [rawTable],
      retentionDays: options.rawLimits.retentionDays,
      notices,
    }),
  };
}

async function runVolume(
  tenantId: string,
  { selection, buckets }: { readonly selection: EventSelection; readonly buckets: Buckets },
  options: EventAnswersOptions,
  signal: AbortSignal,
): Promise<EventVolume> {
  const { clickHouse } = options;
  await checkFilterPatterns(selection.filters, (pattern) => checkRegex(clickHouse, pattern, signal));
  const asOfMs = options.now();
  const watermarkMs = options.watermark();
  const rule = ruleOf(buckets);
  const rows = await queryEventVolume(clickHouse, tenantId, { ...selection, buckets: rule }, signal);
  const indexOf = indexOfBucket(rule, buckets);
  const byBucket = new Map(rows.map((row) => [indexOf(row.bucketSec), row]));
  return {
    buckets: buckets.startsMs.map((startMs, index) => toVolume(startMs, byBucket.get(index))),
    meta: metaOfEvents({
      range: selection,
      asOfMs,
      completeUntilMs: watermarkMs >= selection.toMs ? selection.toMs : lastFinished(buckets, watermarkMs),
      tables: [rawTable],
      retentionDays: options.rawLimits.retentionDays,
      notices: [],
    }),
  };
}

function toVolume(startMs: number, row: VolumeRow | undefined): EventVolume['buckets'][number] {
  const { info = 0, warning = 0, error = 0 } = row ?? {};
  return { time: new Date(startMs).toISOString(), info, warning, error };
}
