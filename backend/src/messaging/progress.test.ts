import { AppError } from '../platform/errors.js';
import { anEvent } from '../testkit/an-event.js';
import { createProgressBoard, trackProgress } from './progress.js';

function createBoard(now: () => number) {
  const put = new Map<number, number>();
  const board = createProgressBoard({
    now,
    put: (partition, until) => {
      put.set(partition, until);
      return Promise.resolve();
    },
  });
  return { board, put };
}

describe('progress of partitions', () => {
  it('stays behind the oldest event in hand, and follows the clock when nothing is', async () => {
    const { board, put } = createBoard(() => 100_000);
    const partition = board.open(2);
    partition.begin('a', 40_000);
    await board.publish();
    expect(put.get(2)).toBe(40_000);
    expect(board.lagSeconds()).toBe(60);
    partition.end('a');
    await board.publish();
    expect(put.get(2)).toBe(98_000);
    expect(board.lagSeconds()).toBe(0);
  });

  it('waits for the oldest of several messages in hand, whichever ends first', async () => {
    const { board, put } = createBoard(() => 100_000);
    const ends = new Map<string, () => void>();
    const reader = trackProgress(
      {
        store: ({ id }) =>
          new Promise((resolve) => {
            ends.set(id, () => {
              resolve({ duplicates: 0 });
            });
          }),
      },
      board.open(0),
      'side by side',
    );
    const storing = [40_000, 50_000, 60_000].map((receivedAt) =>
      reader.store({ id: String(receivedAt), events: [anEvent({ receivedAt })] }),
    );
    const told: (number | undefined)[] = [];
    for (const [index, id] of ['50000', '40000', '60000'].entries()) {
      ends.get(id)?.();
      await storing[[1, 0, 2][index] ?? 0];
      await board.publish();
      told.push(put.get(0));
    }
    expect(told).toEqual([40_000, 60_000, 98_000]);
  });

  it('says nothing of a partition that moved to another process', async () => {
    const { board, put } = createBoard(() => 100_000);
    board.open(1).close();
    await board.publish();
    expect(put.size).toBe(0);
  });

  it('does not stay behind a message that became a dead letter, only behind one that comes again', async () => {
    const { board, put } = createBoard(() => 100_000);
    const failures = [true, false].map(
      (retryable) => new AppError('store_failed', 'fails', { status: 500, retryable }),
    );
    const reader = trackProgress(
      { store: () => Promise.reject(failures.shift() ?? new Error('once more')) },
      board.open(0),
    );
    const message = { id: 'm', events: [anEvent({ receivedAt: 40_000 })] };
    await expect(reader.store(message)).rejects.toThrow('fails');
    await board.publish();
    expect(put.get(0)).toBe(40_000);
    await expect(reader.store(message)).rejects.toThrow('fails');
    await board.publish();
    expect(put.get(0)).toBe(98_000);
  });
});
