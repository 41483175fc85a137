import { createLogger } from '../../platform/logger.js';
import { createTicker } from './ticker.js';

const logger = createLogger({ level: 'silent', pretty: false, service: 'test' });
const longMs = 3_600_000;

/** Work that ends when it is told to. */
function createWork(): { work: () => Promise<void>; begun: number; end: () => void; fail: () => void } {
  let ended: { resolve: () => void; reject: (error: Error) => void } | undefined;
  const state = {
    begun: 0,
    work: () =>
      new Promise<void>((resolve, reject) => {
        state.begun += 1;
        ended = { resolve, reject };
      }),
    end: () => ended?.resolve(),
    fail: () => ended?.reject(new Error('away')),
  };
  return state;
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('createTicker', () => {
  it('never does the same twice at once, and once more when it was asked meanwhile', async () => {
    const work = createWork();
    const ticker = createTicker({ ms: longMs, logger, failure: 'f', work: work.work });
    ticker.start();
    ticker.wake();
    ticker.wake();
    expect(work.begun).toBe(1);
    work.end();
    await settled();
    expect(work.begun).toBe(2);
    work.end();
    await settled();
    expect(work.begun).toBe(2);
    await ticker.close();
  });

  it('goes on after a failure', async () => {
    const work = createWork();
    const ticker = createTicker({ ms: longMs, logger, failure: 'f', work: work.work });
    ticker.start();
    work.fail();
    await settled();
    ticker.wake();
    expect(work.begun).toBe(2);
    work.end();
    await ticker.close();
  });

  it('closes when the work under way is done, and begins none afterwards', async () => {
    const work = createWork();
    const ticker = createTicker({ ms: longMs, logger, failure: 'f', work: work.work });
    ticker.start();
    ticker.wake();
    let isClosed = false;
    const closing = ticker.close().then(() => {
      isClosed = true;
    });
    await settled();
    expect(isClosed).toBe(false);
    work.end();
    await closing;
    ticker.wake();
    expect(work.begun).toBe(1);
  });
});
