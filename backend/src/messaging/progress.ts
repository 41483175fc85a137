import { AppError } from '../platform/errors.js';
import type { Message, PartitionReader } from './event-bus.js';

/** How far the events of one partition are stored. */
export interface PartitionProgress {
  /** A message is in hand: what was received before its oldest event is stored. */
  begin(oldestReceivedAt: number): void;
  end(): void;
  /** This process no longer reads the partition. */
  close(): void;
}

export interface ProgressBoardOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Where other processes can read it. Failures are the caller's to log. */
  readonly put: (partition: number, storedUntil: number) => Promise<void>;
}

/** What all partitions that this process reads have stored, told to the others by `publish`. */
export interface ProgressBoard {
  open(partition: number): PartitionProgress;
  publish(): Promise<void>;
  /** Seconds behind the input, the slowest partition's. */
  lagSeconds(): number;
}

/** An event is on its way for at most this long where nothing waits: cut, confirmed, joined, delivered. */
const underWayMs = 2_000;

export function createProgressBoard(options: ProgressBoardOptions): ProgressBoard {
  const oldestInHand = new Map<number, number | undefined>();

  const storedUntil = (oldest: number | undefined): number =>
    Math.min(oldest ?? Number.POSITIVE_INFINITY, options.now() - underWayMs);

  return {
    open(partition) {
      oldestInHand.set(partition, undefined);
      return {
        begin(oldestReceivedAt) {
          oldestInHand.set(partition, oldestReceivedAt);
        },
        end() {
          oldestInHand.set(partition, undefined);
        },
        close() {
          oldestInHand.delete(partition);
        },
      };
    },
    async publish() {
      for (const [partition, oldest] of oldestInHand) await options.put(partition, storedUntil(oldest));
    },
    lagSeconds() {
      const behind = [...oldestInHand.values()].map((oldest) => options.now() - (oldest ?? options.now()));
      return Math.max(0, ...behind) / 1_000;
    },
  };
}

/** Tells the board what the reader has in hand. */
export function trackProgress(reader: PartitionReader, progress: PartitionProgress): PartitionReader {
  return {
    async store(message: Message) {
      const oldest = message.events.reduce((least, event) => Math.min(least, event.receivedAt), Infinity);
      progress.begin(oldest);
      try {
        const outcome = await reader.store(message);
        progress.end();
        return outcome;
      } catch (error) {
        // Given up, it is a dead letter and comes no more. Otherwise it stays in hand: it comes again, or the partition moves.
        if (error instanceof AppError && !error.retryable) progress.end();
        throw error;
      }
    },
  };
}
