import { pino } from 'pino';
import { AppError } from '../platform/errors.js';
import { createTelemetry } from '../platform/telemetry.js';
import { anEvent } from '../testkit/an-event.js';
import { createPartitionReader, type PartitionReader } from './partition-reader.js';

const away = new AppError('store_unavailable', 'away', { status: 503, retryable: true });

function createReader(outcomes: (Error | number)[], signal = new AbortController().signal) {
  const pauses: number[] = [];
  const reader: PartitionReader = createPartitionReader({
    writer: {
      write: () => {
        const outcome = outcomes.shift() ?? 0;
        if (outcome instanceof Error) return Promise.reject(outcome);
        return Promise.resolve(new Set(Array.from({ length: outcome }, (_, index) => `id-${index}`)));
      },
    },
    signal,
    attemptsMax: 3,
    sleep: (ms) => {
      pauses.push(ms);
      return Promise.resolve();
    },
    logger: pino({ level: 'silent' }),
    telemetry: createTelemetry({ defaultMetrics: false }),
  });
  return { reader, pauses };
}

const message = { id: 'm', events: [anEvent(), anEvent()] };

describe('partition reader', () => {
  it('says how many events of a message were stored before', async () => {
    expect(await createReader([1]).reader.store(message)).toEqual({ duplicates: 1 });
  });

  it('waits for a store that is away, however often it has to ask, ever longer and never over ten seconds', async () => {
    const { reader, pauses } = createReader([...Array.from({ length: 30 }, () => away), 2]);
    expect(await reader.store(message)).toEqual({ duplicates: 0 });
    expect(pauses).toHaveLength(30);
    expect(pauses[0]).toBeLessThan(pauses[3] ?? 0);
    expect(Math.max(...pauses)).toBe(10_000);
  });

  it('gives a message up that fails again and again on a store that answers', async () => {
    const broken = new Error('unexpected column');
    const { reader } = createReader([broken, away, broken, broken, 2]);
    await expect(reader.store(message)).rejects.toMatchObject({ code: 'store_failed', retryable: false });
  });

  it('writes nothing more once the partition may have moved', async () => {
    const controller = new AbortController();
    const { reader } = createReader([away, 2], controller.signal);
    controller.abort(new Error('moved'));
    await expect(reader.store(message)).rejects.toThrow('moved');
  });
});
