import type { Logger } from './logger.js';
import type { ControlStore } from './tenancy.js';

/** When keys were last used, gathered in memory and written now and then: no request waits for it. */
export interface KeyUses {
  note(keyId: string): void;
  /** Writes what is left, which takes as long as the store takes. */
  close(): Promise<void>;
}

export interface KeyUsesOptions {
  readonly store: Pick<ControlStore, 'noteKeyUses'>;
  readonly everyMs: number;
  readonly now: () => Date;
  readonly logger: Logger;
}

export function createKeyUses({ store, everyMs, now, logger }: KeyUsesOptions): KeyUses {
  let lastUses = new Map<string, Date>();
  let writing = Promise.resolve();

  /** What could not be written is not kept: the next use of the key says it again. */
  async function write(): Promise<void> {
    if (lastUses.size === 0) return;
    const uses = [...lastUses].map(([keyId, at]) => ({ keyId, at }));
    lastUses = new Map();
    await store.noteKeyUses(uses).catch((error: unknown) => {
      logger.warn({ err: error, keys: uses.length }, 'uses of keys not written');
    });
  }
  const timer = setInterval(() => {
    writing = writing.then(write);
  }, everyMs);
  timer.unref();
  return {
    note(keyId) {
      lastUses.set(keyId, now());
    },
    async close() {
      clearInterval(timer);
      await writing.then(write);
    },
  };
}
