import { createBodyBudget } from './body-budget.js';

describe('budget of bodies', () => {
  it('refuses what all bodies together would be too large with, and has room again when one is done', async () => {
    const budget = createBodyBudget({ bodiesBytesMax: 100 });
    await budget.hold('acme', async (first) => {
      first.take(60);
      const second = budget.hold('globex', async (share) => {
        share.take(40);
        share.take(1);
        return Promise.resolve();
      });
      await expect(second).rejects.toMatchObject({
        code: 'overloaded',
        status: 429,
        retryable: true,
        retryAfterSeconds: 1,
        limit: 100,
      });
      expect(budget.bytes).toBe(60);
      first.giveBack(30);
      await budget.hold('globex', async (share) => {
        share.take(70);
        expect(budget.bytes).toBe(100);
        return Promise.resolve();
      });
    });
    expect(budget.bytes).toBe(0);
  });

  it('leaves half of the room to other tenants', async () => {
    const budget = createBodyBudget({ bodiesBytesMax: 100 });
    await budget.hold('acme', async (first) => {
      first.take(50);
      const second = budget.hold('acme', async (share) => {
        share.take(1);
        return Promise.resolve();
      });
      await expect(second).rejects.toMatchObject({ code: 'overloaded' });
      await budget.hold('globex', async (share) => {
        share.take(50);
        return Promise.resolve();
      });
    });
    await budget.hold('acme', async (share) => {
      share.take(50);
      return Promise.resolve();
    });
    expect(budget.bytes).toBe(0);
  });

  it('lets a body through that alone is over the bound', async () => {
    const budget = createBodyBudget({ bodiesBytesMax: 10 });
    await budget.hold('acme', async (share) => {
      share.take(6);
      share.take(6);
      expect(budget.bytes).toBe(12);
      return Promise.resolve();
    });
    expect(budget.bytes).toBe(0);
  });

  it('has room again when the work fails', async () => {
    const budget = createBodyBudget({ bodiesBytesMax: 10 });
    const failing = budget.hold('acme', (share) => {
      share.take(8);
      return Promise.reject(new Error('hung up'));
    });
    await expect(failing).rejects.toThrow('hung up');
    expect(budget.bytes).toBe(0);
  });
});
