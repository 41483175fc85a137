import { createDeadline, isDoneBefore } from './deadline.js';

const never = new Promise<never>(() => undefined);

describe('a deadline', () => {
  it('has less left for a step the more the steps before it took', () => {
    let now = 1_000;
    const deadline = createDeadline(500, () => now);
    const half = deadline.share(0.5);
    expect([deadline.leftMs(), half.leftMs()]).toEqual([500, 250]);
    now += 200;
    expect([deadline.leftMs(), half.leftMs(), deadline.share(0.5).leftMs()]).toEqual([300, 50, 150]);
    now += 400;
    expect([deadline.leftMs(), half.leftMs(), deadline.share(0.5).leftMs()]).toEqual([0, 0, 0]);
  });

  it('is moved forward, never back', () => {
    const deadline = createDeadline(500, () => 1_000);
    expect([deadline.atMost(100).leftMs(), deadline.atMost(900).leftMs()]).toEqual([100, 500]);
  });

  it('tells work that is done from work that is left to itself', async () => {
    expect(await isDoneBefore(createDeadline(60_000), Promise.resolve())).toBe(true);
    expect(await isDoneBefore(createDeadline(1), never)).toBe(false);
  });

  it('passes on why work failed', async () => {
    await expect(isDoneBefore(createDeadline(60_000), Promise.reject(new Error('broken')))).rejects.toThrow(
      'broken',
    );
  });
});
