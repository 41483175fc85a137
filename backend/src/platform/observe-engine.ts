import { AppError } from './errors.js';
import type { Telemetry } from './telemetry.js';
import type { SpanAttributes } from './traces.js';

export interface AskedOfEngine<Operation extends string> {
  readonly operation: Operation;
  /** Of the span. */
  readonly name: string;
  readonly attributes: SpanAttributes;
}

/** Measures what an engine is asked, and puts it into the trace that asks. */
export function createEngineObserver<Operation extends string>(
  engine: string,
  { engineDuration, traces }: Pick<Telemetry, 'engineDuration' | 'traces'>,
): <T>(asked: AskedOfEngine<Operation>, work: () => Promise<T>) => Promise<T> {
  return async ({ attributes, name, operation }, work) => {
    const stop = engineDuration.startTimer({ engine, operation });
    try {
      // What this process does by itself is no trace of its own.
      const isAsked = traces.current() !== undefined;
      const result = await (isAsked ? traces.span(name, { kind: 'client', attributes }, work) : work());
      stop({ outcome: 'ok' });
      return result;
    } catch (error) {
      stop({ outcome: isFault(error) ? 'failed' : 'refused' });
      throw error;
    }
  };
}

/** Refused because of what was asked, or no longer wanted: no fault of the engine. */
function isFault(error: unknown): boolean {
  return !(error instanceof AppError) || error.status >= 500;
}
