import { eventually } from '../testkit/eventually.js';
import { createQuerySlots } from './query-slots.js';
import { createWorkShares } from './work-shares.js';

function setUp() {
  let nowMs = 0;
  const now = (): number => nowMs;
  const shares = createWorkShares({ runningMax: 1, workMsPerSecond: 500, waitMsMax: 12_000, now });
  return { shares, now, pass: (ms: number) => (nowMs += ms) };
}

const never = new AbortController().signal;

describe('createWorkShares', () => {
  it('holds a tenant that is alone to nothing', () => {
    const { shares } = setUp();
    shares.noteAsked('acme');
    shares.noteWorked('acme', 60_000);
    expect(shares.waitMs('acme')).toBe(0);
    expect(shares.runningMax()).toBe(Number.POSITIVE_INFINITY);
  });

  it('lets a tenant wait that has used up its share, for as long as it takes to come again, and no other', () => {
    const { pass, shares } = setUp();
    shares.noteAsked('acme');
    shares.noteAsked('globex');
    shares.noteWorked('acme', 2_999);
    expect(shares.runningMax()).toBe(1);
    expect(shares.waitMs('globex')).toBe(0);
    expect(shares.waitMs('acme')).toBe(2_000);
    pass(1_999);
    expect(shares.waitMs('acme')).toBeGreaterThan(0);
    pass(1);
    expect(shares.waitMs('acme')).toBe(0);
  });

  it('counts a long question until it is made up for, as far as anybody may wait: one after another comes to about twice the share', () => {
    const { now, pass, shares } = setUp();
    const askBoth = (): void => {
      shares.noteAsked('globex');
      shares.noteAsked('acme');
    };
    const questionMs = 15_000;
    for (let question = 1; question <= 10; question += 1) {
      askBoth();
      pass(questionMs);
      askBoth();
      shares.noteWorked('acme', questionMs);
      const waitMs = shares.waitMs('acme');
      expect(waitMs).toBeGreaterThan(11_999);
      expect(waitMs).toBeLessThan(12_010);
      pass(waitMs);
      askBoth();
      expect(shares.waitMs('acme')).toBe(0);
    }
    expect((10 * questionMs) / now()).toBeLessThan(0.6);
  });

  it('takes a little for each answer, also for one that was shared', () => {
    const { shares } = setUp();
    shares.noteAsked('acme');
    shares.noteAsked('globex');
    for (let answer = 0; answer < 1_000; answer += 1) shares.noteAnswered('acme');
    expect(shares.waitMs('acme')).toBeGreaterThan(0);
  });

  it('lets go of it when the others have not asked for some seconds', () => {
    const { pass, shares } = setUp();
    shares.noteAsked('globex');
    shares.noteAsked('acme');
    shares.noteWorked('acme', 60_000);
    expect(shares.waitMs('acme')).toBeGreaterThan(0);
    pass(5_001);
    expect(shares.waitMs('acme')).toBe(0);
    expect(shares.runningMax()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('createQuerySlots with shares', () => {
  it('keeps slots free while others ask, and starts what waits when its time has come', async () => {
    const { now, pass, shares } = setUp();
    const slots = createQuerySlots({ runningMax: 6, waitingMax: 10, retryAfterSeconds: 1, shares, now });
    const started: string[] = [];
    let end = (): void => undefined;
    const work = (name: string) => async (): Promise<void> => {
      started.push(name);
      await new Promise<void>((resolve) => {
        end = resolve;
      });
    };
    const done = slots.run('globex', () => Promise.resolve(), never);
    await done;
    const first = slots.run('acme', work('acme 1'), never);
    await Promise.resolve();
    const second = slots.run('acme', work('acme 2'), never);
    await slots.run('globex', () => Promise.resolve(), never);
    expect(started).toEqual(['acme 1']);
    // More than it had: nothing of the tenant starts until some of it has come again, though every slot is free.
    pass(2_001);
    end();
    await first;
    await slots.run('globex', () => Promise.resolve(), never);
    expect(started).toEqual(['acme 1']);
    pass(10);
    await eventually(() => {
      expect(started).toEqual(['acme 1', 'acme 2']);
    });
    end();
    await second;
  });
});
