import { createKeyUses } from './key-uses.js';
import { createLogger } from './logger.js';
import type { KeyUse } from './tenancy.js';

const logger = createLogger({ level: 'silent', pretty: false, service: 'test' });

function createWorld() {
  const written: (readonly KeyUse[])[] = [];
  const world = { written, nowMs: 0, fails: false };
  const uses = createKeyUses({
    store: {
      noteKeyUses(given) {
        if (world.fails) return Promise.reject(new Error('down'));
        written.push(given);
        return Promise.resolve();
      },
    },
    everyMs: 60_000,
    now: () => new Date(world.nowMs),
    logger,
  });
  return Object.assign(world, { uses });
}

describe('createKeyUses', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('writes the last of many uses once a minute, and nothing when there was none', async () => {
    const { uses, written, ...world } = createWorld();
    for (const _use of Array.from({ length: 1_000 })) uses.note('key_1');
    uses.note('key_2');
    expect(written).toEqual([]);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(written).toEqual([
      [
        { keyId: 'key_1', at: new Date(world.nowMs) },
        { keyId: 'key_2', at: new Date(world.nowMs) },
      ],
    ]);
    await jest.advanceTimersByTimeAsync(300_000);
    expect(written).toHaveLength(1);
    await uses.close();
  });

  it('writes what is left when it is closed', async () => {
    const { uses, written } = createWorld();
    uses.note('key_1');
    await uses.close();
    expect(written).toHaveLength(1);
  });

  it('goes on after the store failed', async () => {
    const world = createWorld();
    world.fails = true;
    world.uses.note('key_1');
    await jest.advanceTimersByTimeAsync(60_000);
    world.fails = false;
    world.uses.note('key_2');
    await jest.advanceTimersByTimeAsync(60_000);
    expect(world.written).toEqual([[{ keyId: 'key_2', at: new Date(0) }]]);
    await world.uses.close();
  });
});
