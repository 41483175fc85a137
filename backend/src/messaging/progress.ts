import { AppError } from '../platform/errors.js';
import type { Message, PartitionReader } from './event-bus.js';

/** How far the events of one partition are stored. */
export interface PartitionProgress {
  /** A message is in hand, under a name: what was received before the oldest event in hand is stored. */
  begin(name: string, oldestReceivedAt: number): void;
  end(name: string): void;
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
  /** By partition, what its messages in hand were received at. */
  const inHand = new Map<number, Map<string, number>>();
  const oldestOf = (messages: ReadonlyMap<string, number>): number => Math.min(...messages.values());

  return {
    open(partition) {
      const messages = new Map<string, number>();
      inHand.set(partition, messages);
      return {
        begin: (name, oldestReceivedAt) => void messages.set(name, oldestReceivedAt),
        end: (name) => void messages.delete(name),
        close() {
          if (inHand.get(partition) === messages) inHand.delete(partition);
        },
      };
    },
    async publish() {
      for (const [partition, messages] of inHand)
        await options.put(partition, Math.min(oldestOf(messages), options.now() - underWayMs));
    },
    lagSeconds() {
      const now = options.now();
      const behind = [...inHand.values()].map((messages) => now - Math.min(now, oldestOf(messages)));
      return Math.max(0, ...behind) / 1_000;
    },
  };
}

/**
 * Tells the board what the reader has in hand. One that stores in order takes nothing else up before a failed message has
 * come again or was given up; one that stores side by side must not fail with what may come again while it reads.
 */
export function trackProgress(
  reader: PartitionReader,
  progress: PartitionProgress,
  order: 'in order' | 'side by side' = 'in order',
): PartitionReader {
  return {
    async store(message: Message) {
      const name = order === 'in order' ? order : message.id;
      const oldest = message.events.reduce((least, event) => Math.min(least, event.receivedAt), Infinity);
      progress.begin(name, oldest);
      try {
        const outcome = await reader.store(message);
        progress.end(name);
        return outcome;
      } catch (error) {
        // Given up, it is a dead letter and comes no more. Otherwise it stays in hand: it comes again, or the partition moves.
        if (error instanceof AppError && !error.retryable) progress.end(name);
        throw error;
      }
    },
  };
}
