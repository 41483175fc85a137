import { AppError } from '../../platform/errors.js';
import { createHeldRefusals } from './held-refusals.js';

const tooMuch = new AppError('rate_limited', 'too much', { status: 429, retryAfterSeconds: 2 });

function setUp() {
  let nowMs = 50;
  const slept: number[] = [];
  const wakes: (() => void)[] = [];
  const refusals = createHeldRefusals({
    now: () => nowMs,
    sleep: (ms) => {
      slept.push(ms);
      return new Promise<void>((resolve) => wakes.push(resolve));
    },
  });
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { refusals, slept, wakes, pass };
}

describe('held refusals', () => {
  it('answers the first one at once, and holds those that come sooner than told', async () => {
    const { pass, refusals, slept, wakes } = setUp();
    await refusals.hold('noisy', tooMuch);
    expect(slept).toEqual([]);
    pass(100);
    let isAnswered = false;
    const second = refusals.hold('noisy', tooMuch).then(() => {
      isAnswered = true;
    });
    await Promise.resolve();
    expect({ slept, isAnswered }).toEqual({ slept: [1_000], isAnswered: false });
    wakes[0]?.();
    await second;
    expect(isAnswered).toBe(true);
  });

  it('holds nobody who comes when told to, and nobody for longer than until then', async () => {
    const { pass, refusals, slept } = setUp();
    await refusals.hold('patient', tooMuch);
    pass(2_000);
    await refusals.hold('patient', tooMuch);
    expect(slept).toEqual([]);
    pass(1_900);
    void refusals.hold('patient', tooMuch);
    expect(slept).toEqual([100]);
  });

  it('holds no other tenant, and no other error', async () => {
    const { refusals, slept } = setUp();
    await refusals.hold('noisy', tooMuch);
    await refusals.hold('quiet', tooMuch);
    await refusals.hold('noisy', new AppError('body_empty', 'nothing', { status: 400 }));
    await refusals.hold('noisy', new Error('else'));
    expect(slept).toEqual([]);
  });

  it('answers at once while it holds as many as it may', async () => {
    const { refusals, slept, wakes } = setUp();
    await refusals.hold('noisy', tooMuch);
    const held = Array.from({ length: 256 }, () => refusals.hold('noisy', tooMuch));
    await refusals.hold('noisy', tooMuch);
    expect(slept).toHaveLength(256);
    for (const wake of wakes) wake();
    await Promise.all(held);
    void refusals.hold('noisy', tooMuch);
    expect(slept).toHaveLength(257);
  });
});
