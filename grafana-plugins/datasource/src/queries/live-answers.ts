import type { MetricAnswer, PanelQueryInput } from '@coditect/contracts';
import {
  catchError,
  defer,
  EMPTY,
  finalize,
  map,
  mergeMap,
  of,
  repeat,
  takeUntil,
  takeWhile,
  tap,
  timeout,
  timer,
  type Observable,
} from 'rxjs';
import type { StreamEvent } from '../event-stream-client';
import type { MetricsClient, Origin } from '../metrics-client';
import { classifyFailure, isLasting } from '../model/failure';
import { slideRange, type LiveRange } from '../model/live-range';

export interface LiveQuestion {
  query: PanelQueryInput;
  range: LiveRange;
  everyMs: number;
  origin: Origin;
}

/** `notice` says that and why the answers are asked for, one by one, instead of being sent. */
export type LiveUpdate =
  | { kind: 'answer'; answer: MetricAnswer; range: { from: string; to: string }; notice?: string }
  | { kind: 'failed'; error: unknown; isOver: boolean };

/** Browsers open six connections to a server that speaks HTTP/1.1, and a page needs some for everything else. */
export interface StreamSlots {
  take(): boolean;
  giveBack(): void;
}

export function createStreamSlots(slotsMax: number): StreamSlots {
  let taken = 0;
  return {
    take: () => {
      const isFree = taken < slotsMax;
      taken += isFree ? 1 : 0;
      return isFree;
    },
    giveBack: () => {
      taken -= 1;
    },
  };
}

export interface LiveDeps {
  client: Pick<MetricsClient, 'query' | 'live'>;
  slots: StreamSlots;
  nowMs: () => number;
  /** 0 to 1, to keep panels from coming back all at once. */
  random: () => number;
}

const failuresMax = 3;
const backOffMs = 1_000;
/** How long answers are polled for before a stream is tried again. */
const pollingMs = 60_000;
/** Of polling, after which the waits grow no longer. */
const pollingFailuresMax = 4;
const firstAnswerWithinMs = 20_000;
/**
 * The stream ends, and is opened again elsewhere, or with the identity that Grafana signs next: nothing to bother anybody
 * with. What is refused for good is refused from the start then.
 */
const renewing: ReadonlySet<string> = new Set(['service_closing', 'grafana_id_invalid']);
/** The service says something at least every 15 seconds. */
const silenceMaxMs = 45_000;

/**
 * The answer to a question at once and whenever it changes. A stream that breaks is opened again, later and later; one
 * that cannot be had is replaced by polling. Ends only when the service refuses the question for good.
 */
export function liveAnswers(question: LiveQuestion, deps: LiveDeps): Observable<LiveUpdate> {
  return defer(() => {
    // Of the stream, in a row.
    let failures = 0;
    const round = defer(() => {
      if (failures >= failuresMax) {
        failures = failuresMax - 1;
        return pollForAWhile(question, deps, 'the live connection fails');
      }
      return stream(question, deps, waitMs(failures, deps.random())).pipe(
        tap(({ kind }) => {
          failures = kind === 'answer' ? 0 : failures;
        }),
        catchError((error: unknown) => afterFailure(error, question, deps)),
        finalize(() => {
          failures += 1;
        }),
      );
    });
    return round.pipe(
      repeat(),
      takeWhile((update) => update.kind === 'answer' || !update.isOver, true),
    );
  });
}

function stream(question: LiveQuestion, deps: LiveDeps, afterMs: number): Observable<LiveUpdate> {
  const { query, range, everyMs, origin } = question;
  const body = { query: { ...query, range: slideRange(range, deps.nowMs()) }, range: range.kind, everyMs };
  const events = deps.client.live(body, origin);
  if (events === undefined) {
    return poll(question, deps, 'this host cannot read streams');
  }
  if (!deps.slots.take()) {
    return pollForAWhile(question, deps, 'other panels use the live connections of this page');
  }
  return timer(afterMs).pipe(
    mergeMap(() => events.pipe(timeout({ first: firstAnswerWithinMs, each: silenceMaxMs }))),
    mergeMap((event) => toUpdate(event, question, deps)),
    finalize(() => deps.slots.giveBack()),
  );
}

function waitMs(failures: number, random: number): number {
  return failures === 0 ? 0 : backOffMs * 2 ** (failures - 1) * (0.5 + random);
}

function toUpdate(event: StreamEvent, { range }: LiveQuestion, { nowMs }: LiveDeps): Observable<LiveUpdate> {
  switch (event.kind) {
    case 'answer':
      return of({ kind: 'answer', answer: event.answer, range: slideRange(range, nowMs()) });
    case 'refused': {
      const error = { data: event.body };
      const { code } = classifyFailure(error);
      return code !== undefined && renewing.has(code) ? EMPTY : of({ kind: 'failed', error, isOver: false });
    }
    case 'alive':
      return EMPTY;
  }
}

function afterFailure(error: unknown, question: LiveQuestion, deps: LiveDeps): Observable<LiveUpdate> {
  const failure = classifyFailure(error);
  // A service from before there were live answers, or a proxy that lets no such address through.
  if (failure.kind === 'wrong-address') {
    return poll(question, deps, 'the metrics service does not stream');
  }
  return isLasting(failure) ? of({ kind: 'failed', error, isOver: true }) : EMPTY;
}

function pollForAWhile(question: LiveQuestion, deps: LiveDeps, reason: string): Observable<LiveUpdate> {
  return poll(question, deps, reason).pipe(takeUntil(timer(pollingMs)));
}

/** While answers fail, the waits between them grow. */
function poll(question: LiveQuestion, deps: LiveDeps, reason: string): Observable<LiveUpdate> {
  const { query, everyMs, origin } = question;
  const notice = `Updated by asking again every ${everyMs / 1_000} s, because ${reason}.`;
  let failures = 0;
  return defer(() => {
    const range = slideRange(question.range, deps.nowMs());
    return deps.client.query({ ...query, range }, origin).pipe(
      map((answer): LiveUpdate => ({ kind: 'answer', answer, range, notice })),
      catchError((error: unknown) =>
        of<LiveUpdate>({ kind: 'failed', error, isOver: isLasting(classifyFailure(error)) }),
      ),
      tap(({ kind }) => {
        failures = kind === 'failed' ? Math.min(failures + 1, pollingFailuresMax) : 0;
      }),
    );
  }).pipe(repeat({ delay: () => timer(everyMs * 2 ** failures) }));
}
