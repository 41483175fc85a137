import { AppError } from '../../platform/errors.js';
import type { Telemetry } from '../../platform/telemetry.js';
import type { SpanOptions } from '../../platform/traces.js';
import type { ClickHouse } from './client.js';

const engine = 'clickhouse';

type Operation = 'query' | 'insert' | 'command';

/** Refused because of what was asked, or no longer wanted: no fault of the engine. */
function isFault(error: unknown): boolean {
  return !(error instanceof AppError) || error.status >= 500;
}

/** Measures what the engine is asked, and puts it into the trace that asks. */
export function observeClickHouse(
  clickHouse: ClickHouse,
  { engineDuration, traces }: Pick<Telemetry, 'engineDuration' | 'traces'>,
): ClickHouse {
  async function observed<T>(operation: Operation, name: string, work: () => Promise<T>): Promise<T> {
    const stop = engineDuration.startTimer({ engine, operation });
    try {
      // What this process does by itself is no trace of its own.
      const isAsked = traces.current() !== undefined;
      const result = await (isAsked
        ? traces.span(`${operation} ${name}`, spanOf(operation, name), work)
        : work());
      stop({ outcome: 'ok' });
      return result;
    } catch (error) {
      stop({ outcome: isFault(error) ? 'failed' : 'refused' });
      throw error;
    }
  }
  return {
    query: (query) => observed('query', query.name, () => clickHouse.query(query)),
    command: (sql) => observed('command', 'statement', () => clickHouse.command(sql)),
    insert: (request) =>
      observed('insert', request.table, () => {
        const traceparent = traces.current();
        return clickHouse.insert(traceparent === undefined ? request : { ...request, traceparent });
      }),
    close: () => clickHouse.close(),
  };
}

function spanOf(operation: Operation, name: string): SpanOptions {
  const about =
    operation === 'insert'
      ? { 'db.operation.name': 'INSERT', 'db.collection.name': name }
      : { 'db.query.summary': name };
  return { kind: 'client', attributes: { 'db.system.name': 'clickhouse', ...about } };
}
