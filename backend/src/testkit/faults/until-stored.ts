import { z } from 'zod';
import type { ClickHouse } from '../../storage/clickhouse/client.js';
import type { TestBroker } from '../rabbitmq-broker.js';
import type { Child } from './child-process.js';
import { eventually } from './eventually.js';
import type { Fleet } from './fleet.js';

export const storedWithinMs = 240_000;

export interface UntilStoredOptions {
  readonly broker: TestBroker;
  readonly clickHouse: ClickHouse;
  readonly fleet: Fleet;
  /** Whose last words are told when it takes too long. */
  readonly children: readonly Child[];
  readonly signal: AbortSignal;
}

/** Resolves when every event that was sent is stored and nothing is in any queue. The fleet has to pause. */
export function createUntilStored(options: UntilStoredOptions): () => Promise<void> {
  const { broker, children, clickHouse, fleet, signal } = options;

  async function countMessages(): Promise<number> {
    const counts = await broker.control('list_queues', '--no-table-headers', 'messages');
    return counts.split('\n').reduce((total, line) => total + Number(line), 0);
  }

  async function findMissing(): Promise<number> {
    let missing = 0;
    for (const { tenantId, begun } of fleet.ledgers) {
      missing += begun - (await countRaw(clickHouse, tenantId));
    }
    return missing;
  }

  return async () => {
    let seen = '';
    const ask = async (): Promise<true | undefined> => {
      const missing = await findMissing();
      seen = `${missing} events are missing`;
      if (missing > 0) return undefined;
      const waiting = await countMessages();
      seen = `${waiting} messages wait`;
      return waiting === 0 ? true : undefined;
    };
    await eventually('every event is stored', ask, { withinMs: storedWithinMs, everyMs: 300, signal }).catch(
      (error: unknown) => {
        const words = children.map((child) => `  ${child.name}\n${child.isRunning ? child.lastWords() : ''}`);
        throw new Error([`not all is stored: ${seen}`, ...words].join('\n'), { cause: error });
      },
    );
  };
}

const rawRow = z.object({ raw: z.number() });

async function countRaw(clickHouse: ClickHouse, tenantId: string): Promise<number> {
  const [row] = await clickHouse.query({
    name: 'count-raw',
    sql: 'SELECT count() AS raw FROM events_raw_v1 WHERE tenant_id = {tenantId:String}',
    params: { tenantId },
    row: rawRow,
  });
  return row?.raw ?? 0;
}
