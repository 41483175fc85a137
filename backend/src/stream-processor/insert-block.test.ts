import { pino } from 'pino';
import type { DeadLetterSink } from '../platform/dead-letters.js';
import { AppError } from '../platform/errors.js';
import { createTelemetry } from '../platform/telemetry.js';
import { anEvent } from '../testkit/an-event.js';
import type { EventBlock } from './event-store.js';
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
      check: () => Promise.resolve(),
      soundRow: 'sound',
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

  it('is made of the other rows under the same token, after the refused ones are safe', async () => {
    const { options } = createWorld();
    const happened: string[] = [];
    const judge = (what: string, ndjson: Buffer): Promise<void> => {
      const rows = ndjson.toString().split('\n');
      const isRefused = rows.includes('b');
      if (what !== 'check') happened.push(`${what} ${rows.join('+')}${isRefused ? ' refused' : ''}`);
      return isRefused
        ? Promise.reject(new AppError('rows_refused', 'unreadable', { status: 422 }))
        : Promise.resolve();
    };
    const store = {
      ...options.store,
      insert: ({ token, ndjson }: EventBlock) => judge(token, ndjson),
      check: (ndjson: Buffer) => judge('check', ndjson),
    };
    const deadLetters: DeadLetterSink = {
      add: ({ code }) => {
        happened.push(code);
        return Promise.resolve();
      },
    };
    const block = { token: 'T', ndjson: Buffer.from('a\nb\nc') };
    expect(await insertBlock({ ...options, store, deadLetters }, block)).toBe(1);
    expect(happened).toEqual(['T a+b+c refused', 'row_refused', 'T a+c']);
  });

  it('goes on waiting for a store that can not be asked which rows it refuses', async () => {
    const { options } = createWorld();
    const away = new AppError('store_unavailable', 'away', { status: 503, retryable: true });
    const store = {
      ...options.store,
      insert: () => Promise.reject(new AppError('rows_refused', 'unreadable', { status: 422 })),
      check: () => Promise.reject(away),
    };
    await expect(insertBlock({ ...options, store }, block)).rejects.toBe(away);
  });
});
