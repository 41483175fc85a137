import { randomUUID } from 'node:crypto';
import { createUnknownLetterError } from '../platform/dead-letter-requests.js';
import {
  everyTenant,
  tellReason,
  type DeadLetter,
  type DeadLetterFilter,
  type DeadLetterStore,
  type DeadLetterSummary,
  type LetterScope,
  type ReplayReport,
} from '../platform/dead-letters.js';
import { AppError } from '../platform/errors.js';
import type { Logger } from '../platform/logger.js';
import type { EventBus } from './event-bus.js';

export interface DeadLetterReplayOptions {
  readonly store: Pick<DeadLetterStore, 'list' | 'countFrom' | 'find' | 'findWhole' | 'markReplayed'>;
  readonly bus: Pick<EventBus, 'replay'>;
  /**
   * Takes a letter of the origin `intake` through the checks at the door again. Resolves once all of it is safe. Where
   * it is left out, such letters stay where they are.
   */
  readonly reaccept?: ((letter: DeadLetter) => Promise<void>) | undefined;
  readonly logger: Logger;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Epoch milliseconds: a letter's age is counted from it. */
  readonly today: () => number;
}

export interface ReplayAllQuery extends Omit<DeadLetterFilter, 'state'> {
  /** The `next` of an earlier call. */
  readonly cursor?: string | undefined;
}

/**
 * Feeds dead letters through again: each as the whole message that it was, under its own id, so that what was stored
 * in part is completed and nothing counts twice; once more, under another. A letter is marked once its message is safe.
 * `events` counts those of the scope, whoever else is in the message.
 *
 * A dry run changes nothing and says what is known beforehand to fail. Both throw an `AppError` with 503 or 429 when
 * the bus or the store is away before anything was replayed; when it goes away later, the report says what remains.
 */
export interface DeadLetterReplay {
  /** Also a letter that was replayed before. Throws `AppError` 404 `dead_letter_unknown`. */
  replayOne(scope: LetterScope, id: string, options: { readonly dryRun: boolean }): Promise<ReplayReport>;
  /** Those that wait and match, the oldest first, at most 1,000 a call. */
  replayAll(
    scope: LetterScope,
    query: ReplayAllQuery,
    options: { readonly dryRun: boolean },
  ): Promise<ReplayReport>;
}

type Failure = ReplayReport['failed'][number];
type Tally = Pick<ReplayReport, 'letters' | 'events' | 'replayed' | 'failed'> & {
  /** True when the rest was left for another call. */
  readonly isCutShort: boolean;
};

const lettersMax = 1_000;
/** A store knows the tokens of its last ten thousand inserts, which are more than it can make in this time. */
const tokenAgeMsMax = 300_000;
/** A call ends before its client loses patience. */
const callMsMax = 60_000;

export function createDeadLetterReplay(options: DeadLetterReplayOptions): DeadLetterReplay {
  const { store, now } = options;

  /** `undefined` when it went well. Throws what a later call may not meet. */
  async function replayLetter(scope: LetterScope, summary: DeadLetterSummary): Promise<Failure | undefined> {
    const foreseen = foresee(options, summary);
    if (foreseen !== undefined) return foreseen;
    const { id } = summary;
    let seesAll = false;
    try {
      const whole = await store.findWhole(scope, id);
      if (whole === undefined) return goneMeanwhile(id);
      seesAll = isWholeFor(scope, whole.letter);
      const isPast = summary.state === 'replayed' || options.today() - Date.parse(summary.at) > tokenAgeMsMax;
      await sendOn(options, whole.letter, isPast);
      return (await store.markReplayed(id, whole.version)) ? undefined : await describeReturn(scope, id);
    } catch (error) {
      if (!(error instanceof AppError)) {
        options.logger.error({ err: error, letterId: id }, 'replay of a dead letter failed');
        return {
          id,
          code: 'internal_error',
          reason: 'Something failed on our side. The log has the reason.',
        };
      }
      if (error.retryable) throw error;
      return { id, code: error.code, reason: tellReason(error.code, error.message, seesAll) };
    }
  }

  async function describeReturn(scope: LetterScope, id: string): Promise<Failure> {
    const letter = await store.find(scope, id);
    return letter === undefined ? goneMeanwhile(id) : { id, code: letter.code, reason: letter.reason };
  }

  async function replayEach(scope: LetterScope, letters: readonly DeadLetterSummary[]): Promise<Tally> {
    const deadline = now() + callMsMax;
    const failed: Failure[] = [];
    let [tried, events, replayed] = [0, 0, 0];
    for (const letter of letters) {
      if (now() > deadline) return { letters: tried, events, replayed, failed, isCutShort: true };
      try {
        const failure = await replayLetter(scope, letter);
        if (failure === undefined) replayed += 1;
        else failed.push(failure);
      } catch (error) {
        if (replayed === 0) throw error;
        options.logger.warn({ err: error, replayed }, 'replay of dead letters stopped early');
        return { letters: tried, events, replayed, failed, isCutShort: true };
      }
      tried += 1;
      events += letter.events;
    }
    return { letters: tried, events, replayed, failed, isCutShort: false };
  }

  return {
    async replayOne(scope, id, { dryRun }) {
      const letter = await store.find(scope, id);
      if (letter === undefined) throw createUnknownLetterError(id);
      const { isCutShort: _never, ...tally } = dryRun
        ? pretend(options, [letter])
        : await replayEach(scope, [letter]);
      return { dryRun, ...tally, remaining: 0, next: null };
    },
    async replayAll(scope, { code, origin, cursor }, { dryRun }) {
      const filter: DeadLetterFilter = { state: 'waiting', code, origin };
      const page = await store.list(scope, filter, { limit: lettersMax, cursor, order: 'oldest' });
      const behind = page.next === null ? 0 : await store.countFrom(scope, filter, page.next);
      const { isCutShort, ...tally } = dryRun
        ? pretend(options, page.letters)
        : await replayEach(scope, page.letters);
      const remaining = behind + page.letters.length - tally.letters;
      // What was replayed waits no more, so the same page is the rest of it.
      return { dryRun, ...tally, remaining, next: isCutShort ? (cursor ?? null) : page.next };
    },
  };
}

function pretend(
  options: Pick<DeadLetterReplayOptions, 'reaccept'>,
  letters: readonly DeadLetterSummary[],
): Tally {
  const failed = letters.map((letter) => foresee(options, letter)).filter((failure) => failure !== undefined);
  const events = letters.reduce((sum, letter) => sum + letter.events, 0);
  return { letters: letters.length, events, replayed: 0, failed, isCutShort: false };
}

/** What can be said without trying. */
function foresee(
  { reaccept }: Pick<DeadLetterReplayOptions, 'reaccept'>,
  letter: DeadLetterSummary,
): Failure | undefined {
  if (letter.origin === 'intake') return reaccept === undefined ? notOffered(letter.id) : undefined;
  return letter.readable ? undefined : unreadable(letter.id);
}

function isWholeFor(scope: LetterScope, { events }: DeadLetter): boolean {
  return scope === everyTenant || events.every((event) => event.tenantId === scope);
}

async function sendOn(
  { bus, reaccept }: Pick<DeadLetterReplayOptions, 'bus' | 'reaccept'>,
  letter: DeadLetter,
  isPast: boolean,
): Promise<void> {
  if (letter.origin === 'intake') return reaccept?.(letter);
  // A store takes what comes under the id that brought it for something to complete, and knows the tokens of its last
  // inserts only. What was replayed before, or is older than those, goes under another id: each of its events that is there is known.
  const id = isPast ? randomUUID() : letter.messageId;
  await bus.replay(letter.origin, { id, events: letter.events });
}

function unreadable(id: string): Failure {
  return {
    id,
    code: 'letter_unreadable',
    reason: 'No event could be made out in it; only its bytes are kept.',
  };
}

function notOffered(id: string): Failure {
  return {
    id,
    code: 'replay_not_offered',
    reason: 'This instance takes no letters of the AMQP intake again.',
  };
}

function goneMeanwhile(id: string): Failure {
  return { id, code: 'dead_letter_unknown', reason: 'It is gone since it was listed.' };
}
