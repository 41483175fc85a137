import { pino } from 'pino';
import { createTelemetry } from '../platform/telemetry.js';
import { anEvent } from '../testkit/an-event.js';
import { insertBlock, type InsertBlockOptions } from './insert-block.js';

const block = { token: 'T', ndjson: Buffer.from('a\nb') };

function createWorld(failures = 0) {
  const inserted: string[] = [];
  let left = failures;
  const options: InsertBlockOptions = {
    store: {
      insert(request) {
        inserted.push(request.token);
        left -= 1;
        return left >= 0 ? Promise.reject(new Error('away')) : Promise.resolve();
      },
      parseRow: (row) => anEvent({ id: row }),
    },
    deadLetters: { add: () => Promise.reject(new Error('nothing dies here')) },
    insertAttemptsMax: 3,
    sleep: () => Promise.resolve(),
    logger: pino({ level: 'silent' }),
    telemetry: createTelemetry({ defaultMetrics: false }),
  };
  return { inserted, options };
}

describe('insert of a block', () => {
  it('is not made when it may not be, and not tried again', async () => {
    const { inserted, options } = createWorld();
    let asked = 0;
    const requireMayInsert = (): void => {
      asked += 1;
      throw new Error('not now');
    };
    await expect(insertBlock({ ...options, requireMayInsert }, block)).rejects.toThrow('not now');
    expect(inserted).toEqual([]);
    expect(asked).toBe(1);
  });

  it('asks again before each further attempt', async () => {
    const { inserted, options } = createWorld(2);
    let asked = 0;
    const requireMayInsert = (): void => {
      asked += 1;
      if (asked > 1) throw new Error('moved meanwhile');
    };
    await expect(insertBlock({ ...options, requireMayInsert }, block)).rejects.toThrow('moved meanwhile');
    expect(inserted).toEqual(['T']);
  });
});
