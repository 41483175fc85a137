import type { EventEnvelope } from '@coditect/contracts';

/**
 * Where events land for reports. `land` is one transaction: the new ones, their identities, and the marks that tell the
 * rollups what has changed. It may be repeated and run for the same events at once, here or in another process: each
 * identity lands once, the first one wins. Rejects with `AppError` `rows_refused`, not retryable, when the store has
 * read the rows and will never take them as they are; nothing has landed then.
 */
export interface LandingStore {
  land(events: readonly EventEnvelope[]): Promise<Landed>;
}

export interface Landed {
  /** The identities that had landed before. */
  readonly known: ReadonlySet<string>;
}
