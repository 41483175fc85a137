import type { AnnotationQuery, Annotations, Notice } from '@coditect/contracts';
import type { AskCached, Reply } from '../../metric-queries/cached-questions.js';
import { checkFilterPatterns } from '../../metric-queries/check-patterns.js';
import { checkTimeZone } from '../../metric-queries/check-range.js';
import type { QueryLimits } from '../../metric-queries/limits.js';
import { refuse } from '../../metric-queries/refuse.js';
import type { Tenant } from '../../platform/tenancy.js';
import type { ClickHouse } from '../../storage/clickhouse/client.js';
import { checkRegex } from '../../storage/clickhouse/queries/regex-check.js';
import { checkSelection } from '../events/check-selection.js';
import { metaOfEvents } from '../events/event-meta.js';
import type { RawLimits } from '../raw-limits.js';
import type {
  AnnotationReader,
  AnnotationReaders,
  AskedAnnotations,
  FoundAnnotations,
} from './annotation-reader.js';
import { createEventsReader } from './read-events.js';
import { createLicencesReader } from './read-licences.js';
import { createOutagesReader } from './read-outages.js';
import { createReleasesReader } from './read-releases.js';

export interface AnnotationAnswersOptions {
  readonly clickHouse: ClickHouse;
  readonly ask: AskCached;
  readonly limits: QueryLimits;
  readonly rawLimits: RawLimits;
  readonly readers: AnnotationReaders;
  /** Epoch milliseconds: everything accepted that happened before is stored. */
  readonly watermark: () => number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export interface AnnotationAnswers {
  /** `Annotations`, in order of time. */
  readAnnotations(
    tenant: Tenant,
    request: { readonly query: AnnotationQuery; readonly isFresh: boolean },
    signal: AbortSignal,
  ): Promise<Reply>;
}

/** The kinds that events alone can tell. */
export function createEventReaders(options: {
  readonly clickHouse: ClickHouse;
  readonly rawLimits: RawLimits;
  readonly searchPatienceMs: number;
  readonly elapsed: () => number;
}): AnnotationReaders {
  return {
    releases: createReleasesReader(options.clickHouse),
    outages: createOutagesReader(options.clickHouse, options.rawLimits),
    licences: createLicencesReader(options.clickHouse),
    events: createEventsReader(options),
  };
}

export function createAnnotationAnswers(options: AnnotationAnswersOptions): AnnotationAnswers {
  return {
    readAnnotations(tenant, { query, isFresh }, signal) {
      // Windows are whole, that at the end of the range, too.
      const reachMs = query.kind === 'outages' ? query.minutes * 60_000 : 0;
      const untilMs = Date.parse(query.range.to) + reachMs;
      return options.ask(tenant, { question: { annotations: query }, untilMs, isFresh }, signal, () => {
        const reader = options.readers[query.kind];
        if (reader === undefined) throw unavailable(query.kind, options.readers);
        const selection = checkSelection(query, options.limits);
        const zone = checkTimeZone(query.timeZone ?? tenant.timeZone);
        const asked = { tenant, query, zone, selection, asOfMs: options.now() };
        return (limited) => read(asked, reader, options, limited);
      });
    },
  };
}

function unavailable(kind: string, readers: AnnotationReaders): Error {
  const reason = `There are no annotations of the kind ${kind} here. There are: ${Object.keys(readers).join(', ')}.`;
  return refuse('annotation_kind_unavailable', reason, { pointer: '/kind' });
}

async function read(
  asked: AskedAnnotations,
  reader: AnnotationReader,
  options: AnnotationAnswersOptions,
  signal: AbortSignal,
): Promise<Annotations> {
  const { selection, query } = asked;
  await checkFilterPatterns(selection.filters, (pattern) => checkRegex(options.clickHouse, pattern, signal));
  const asOfMs = options.now();
  const watermarkMs = options.watermark();
  const found = await reader({ ...asked, asOfMs }, signal);
  return {
    annotations: [...found.annotations].sort((a, b) => (a.time < b.time ? -1 : Number(a.time > b.time))),
    meta: metaOfEvents({
      range: selection,
      asOfMs,
      completeUntilMs: completeUntil(watermarkMs, found),
      tables: found.tables,
      retentionDays: options.rawLimits.retentionDays,
      notices: [...noticesOf(found, query.limit), ...(found.notices ?? [])],
    }),
  };
}

/** The last window of a range may end after it. */
function completeUntil(watermarkMs: number, { windowMs }: FoundAnnotations): number {
  return windowMs === undefined ? watermarkMs : Math.floor(watermarkMs / windowMs) * windowMs;
}

function noticesOf({ annotations, found }: FoundAnnotations, limit: number): readonly Notice[] {
  const shown = annotations.length;
  if (found !== undefined && found <= shown) return [];
  // Who has not counted them and shows fewer than it may has said why.
  if (found === undefined && shown < limit) return [];
  const text =
    found === undefined
      ? `The latest ${shown} are shown; there are more.`
      : `The latest ${shown} of ${found} are shown.`;
  return [{ severity: 'info', code: 'annotations_truncated', text }];
}
