/**
 * Where simulated events go: the collector's own intake, handed in by whoever composes the process.
 * Resolves once the events are safe. May be given the same events again, which must change nothing. Rejects with a
 * retryable `AppError` when the same events may be tried again. Called for several tenants at a time, never twice at
 * once for the same one.
 */
export type EventSink = (tenantId: string, events: readonly object[]) => Promise<void>;
