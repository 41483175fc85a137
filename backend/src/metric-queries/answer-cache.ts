import { LRUCache } from 'lru-cache';

/** An answer as it is sent, and when the store was read for it. */
export interface KeptAnswer {
  readonly body: Buffer;
  /** Epoch milliseconds, from before the store was read. */
  readonly readAtMs: number;
  /** How long after `readAtMs` it may be given again. */
  readonly lifetimeMs: number;
}

/** Answers by their key, which names the tenant and the question whole: no answer is found under any other. */
export interface AnswerCache {
  /** `undefined` when there is none, or none that may be given any more. */
  find(key: string, nowMs: number): KeptAnswer | undefined;
  keep(key: string, answer: KeptAnswer): void;
  readonly bytes: number;
}

/** What an entry takes beside its bytes. */
const entryBytes = 256;
/** One answer must not push all others out. */
const largestShare = 1 / 8;

/** Keeps the answers that were asked for last, within so many bytes; 0 keeps none. */
export function createAnswerCache(bytesMax: number): AnswerCache {
  if (bytesMax === 0) return { find: () => undefined, keep: () => undefined, bytes: 0 };
  const largest = Math.max(1, Math.floor(bytesMax * largestShare));
  const answers = new LRUCache<string, KeptAnswer>({
    maxSize: bytesMax,
    maxEntrySize: largest,
    sizeCalculation: (answer, key) => answer.body.length + key.length * 2 + entryBytes,
  });
  return {
    find(key, nowMs) {
      const answer = answers.get(key);
      if (answer === undefined) return undefined;
      const ageMs = nowMs - answer.readAtMs;
      // A clock that was set back makes an answer no younger.
      if (ageMs >= 0 && ageMs < answer.lifetimeMs) return answer;
      answers.delete(key);
      return undefined;
    },
    keep(key, answer) {
      const known = answers.peek(key);
      if (known === undefined || known.readAtMs <= answer.readAtMs) answers.set(key, answer);
    },
    get bytes() {
      return answers.calculatedSize;
    },
  };
}
