import type { AskCached } from '../../metric-queries/cached-questions.js';
import type { QueryLimits } from '../../metric-queries/limits.js';
import type { RunQuestion } from '../../metric-queries/question-runner.js';
import type { ClickHouse } from '../../storage/clickhouse/client.js';
import {
  createAnnotationAnswers,
  createEventReaders,
  type AnnotationAnswers,
} from '../annotations/annotation-answers.js';
import type { AnnotationReaders } from '../annotations/annotation-reader.js';
import type { RawLimits } from '../raw-limits.js';
import { createEventAnswers, type EventAnswers } from './event-answers.js';

export interface EventPartsOptions {
  readonly clickHouse: ClickHouse;
  readonly work: RunQuestion;
  readonly ask: AskCached;
  readonly limits: QueryLimits;
  readonly rawLimits: RawLimits;
  /** How long one question may take, in milliseconds. */
  readonly queryTimeoutMs: number;
  /** Memory that one question may take in the store. */
  readonly memoryBytesMax: number;
  /** Epoch milliseconds: everything accepted that happened before is stored. */
  readonly watermark: () => number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Annotations of kinds that events alone can't tell. */
  readonly readers?: AnnotationReaders;
}

/** A search that looks for what is rare ends well before its time is up, and says how far it came. */
const patienceShare = 1 / 3;

/** Whatever is asked about single events. */
export function createEventParts(options: EventPartsOptions): {
  readonly events: EventAnswers;
  readonly annotations: AnnotationAnswers;
} {
  const searching = {
    searchPatienceMs: options.queryTimeoutMs * patienceShare,
    elapsed: () => performance.now(),
  };
  const bounded = { ...options, clickHouse: withinMemory(options.clickHouse, options.memoryBytesMax) };
  const readers = { ...createEventReaders({ ...bounded, ...searching }), ...options.readers };
  return {
    events: createEventAnswers({ ...bounded, ...searching }),
    annotations: createAnnotationAnswers({ ...bounded, readers }),
  };
}

/** Nothing that is asked of it takes more memory than this: throws 422 `too_many_events`. */
function withinMemory(clickHouse: ClickHouse, memoryBytesMax: number): ClickHouse {
  return { ...clickHouse, query: (question) => clickHouse.query({ memoryBytesMax, ...question }) };
}
