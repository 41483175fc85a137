import { createEngineObserver, type AskedOfEngine } from '../../platform/observe-engine.js';
import type { Telemetry } from '../../platform/telemetry.js';
import type { ClickHouse } from './client.js';

type Operation = 'query' | 'insert' | 'command';

/** Measures what the engine is asked, and puts it into the trace that asks. */
export function observeClickHouse(
  clickHouse: ClickHouse,
  telemetry: Pick<Telemetry, 'engineDuration' | 'traces'>,
): ClickHouse {
  const { traces } = telemetry;
  const observe = createEngineObserver<Operation>('clickhouse', telemetry);
  return {
    query: (query) => observe(askedOf('query', query.name), () => clickHouse.query(query)),
    command: (sql) => observe(askedOf('command', 'statement'), () => clickHouse.command(sql)),
    insert: (request) =>
      observe(askedOf('insert', request.table), () => {
        const traceparent = traces.current();
        return clickHouse.insert(traceparent === undefined ? request : { ...request, traceparent });
      }),
    close: () => clickHouse.close(),
  };
}

function askedOf(operation: Operation, name: string): AskedOfEngine<Operation> {
  const about =
    operation === 'insert'
      ? { 'db.operation.name': 'INSERT', 'db.collection.name': name }
      : { 'db.query.summary': name };
  return {
    operation,
    name: `${operation} ${name}`,
    attributes: { 'db.system.name': 'clickhouse', ...about },
  };
}
