import { pino } from 'pino';
import type { DeadLetter, DeadLetterSummary, DeadLetterView } from '../platform/dead-letters.js';
import { AppError } from '../platform/errors.js';
import { anEvent } from '../testkit/an-event.js';
import { createDeadLetterReplay, type DeadLetterReplayOptions } from './dead-letter-replay.js';

type Store = DeadLetterReplayOptions['store'];

const letter: DeadLetter = {
  messageId: 'message-1',
  origin: 'stream',
  code: 'delivery_limit',
  reason: 'Given up.',
  attempts: 20,
  events: [anEvent()],
};

function aSummary(changes: Partial<DeadLetterSummary> = {}): DeadLetterSummary {
  const { events: _events, ...facts } = letter;
  const times = { firstAt: '2026-01-01T00:00:00.000Z', at: '2026-01-01T00:00:00.000Z', replayedAt: null };
  return { ...facts, ...times, id: 'a', state: 'waiting', replays: 0, events: 1, readable: true, ...changes };
}

/** A store of these letters, all of one message, and what happened to them. */
function createWorld(letters: readonly DeadLetterSummary[], changes: Partial<DeadLetterReplayOptions> = {}) {
  const steps: string[] = [];
  const store: Store = {
    list: () => Promise.resolve({ letters: [...letters], next: null }),
    countFrom: () => Promise.reject(new Error('not asked for')),
    find(_scope, id) {
      const found = letters.find((one) => one.id === id);
      const view: DeadLetterView | undefined = found && {
        ...found,
        firstEvents: [],
        truncated: false,
        raw: null,
      };
      return Promise.resolve(view);
    },
    findWhole: (_scope, id) => Promise.resolve({ letter: { ...letter, messageId: id }, version: 7 }),
    markReplayed(id, version) {
      steps.push(`marked ${id} at ${version}`);
      return Promise.resolve(true);
    },
  };
  const options: DeadLetterReplayOptions = {
    store,
    bus: {
      replay(branch, message) {
        steps.push(`${message.id} to ${branch}`);
        return Promise.resolve();
      },
    },
    logger: pino({ level: 'silent' }),
    now: () => 0,
    today: () => Date.parse('2026-01-01T00:01:00.000Z'),
    ...changes,
  };
  return { replay: createDeadLetterReplay(options), steps, store };
}

const forReal = { dryRun: false };

describe('replay of dead letters', () => {
  it('marks a letter, as it was read, only after its message is safe', async () => {
    const { replay, steps } = createWorld([aSummary(), aSummary({ id: 'b' })]);
    await replay.replayAll('acme', {}, forReal);
    expect(steps).toEqual(['a to stream', 'marked a at 7', 'b to stream', 'marked b at 7']);
  });

  it('takes another id for a letter that was replayed before, which no store takes for something to complete', async () => {
    const { replay, steps } = createWorld([aSummary({ state: 'replayed', replays: 1 })]);
    await replay.replayOne('acme', 'a', forReal);
    expect(steps).toEqual([expect.stringMatching(/^[\da-f-]{36} to stream$/), 'marked a at 7']);
  });

  it('takes another id for a letter so old that the store may have forgotten its token', async () => {
    const today = (): number => Date.parse('2026-01-01T00:05:00.001Z');
    const { replay, steps } = createWorld([aSummary()], { today });
    await replay.replayOne('acme', 'a', forReal);
    expect(steps).toEqual([expect.stringMatching(/^[\da-f-]{36} to stream$/), 'marked a at 7']);
  });

  it('ends in time and says what remains', async () => {
    let ms = 0;
    const letters = ['a', 'b', 'c'].map((id) => aSummary({ id }));
    const { replay } = createWorld(letters, { now: () => (ms += 25_000) });
    const report = await replay.replayAll('acme', { cursor: 'here' }, forReal);
    expect(report).toMatchObject({ letters: 2, events: 2, replayed: 2, remaining: 1, next: 'here' });
  });

  it('leaves letters of the intake where they are when nobody takes them again', async () => {
    const { replay, steps } = createWorld([aSummary({ origin: 'intake' })]);
    for (const dryRun of [true, false]) {
      const report = await replay.replayOne('acme', 'a', { dryRun });
      expect(report.failed).toMatchObject([{ id: 'a', code: 'replay_not_offered' }]);
    }
    expect(steps).toEqual([]);
  });

  it('says so when a letter goes away between the list and its turn', async () => {
    const { store } = createWorld([aSummary()]);
    const gone: Store = { ...store, findWhole: () => Promise.resolve(undefined) };
    const { replay } = createWorld([aSummary()], { store: gone });
    const report = await replay.replayAll('acme', {}, forReal);
    expect(report).toMatchObject({ replayed: 0, failed: [{ code: 'dead_letter_unknown' }], remaining: 0 });
  });

  it('throws when the store is away at the mark, so that the letter waits and may be replayed again', async () => {
    const away = new AppError('control_store_unavailable', 'Away.', { status: 503, retryable: true });
    const { store } = createWorld([aSummary()]);
    const { replay } = createWorld([aSummary()], {
      store: { ...store, markReplayed: () => Promise.reject(away) },
    });
    await expect(replay.replayOne('acme', 'a', forReal)).rejects.toBe(away);
  });

  it('knows no letter that the store does not show', async () => {
    const { replay } = createWorld([]);
    for (const dryRun of [true, false]) {
      await expect(replay.replayOne('acme', 'a', { dryRun })).rejects.toMatchObject({
        code: 'dead_letter_unknown',
        status: 404,
      });
    }
  });
});
