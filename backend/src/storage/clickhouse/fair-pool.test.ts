import { createFairPool } from './fair-pool.js';

describe('createFairPool', () => {
  it('gives a free connection to the owner that has the fewest, however long the line of another', async () => {
    const pool = createFairPool(['one', 'two']);
    const served: string[] = [];
    const held = await Promise.all([pool.acquire('flood'), pool.acquire('flood')]);
    const ask = (owner: string): void => {
      void pool.acquire(owner).then(() => served.push(owner));
    };
    for (const owner of ['flood', 'flood', 'flood', 'acme', 'acme']) ask(owner);
    pool.release('flood', held[0]);
    await Promise.resolve();
    expect(served).toEqual(['acme']);
    pool.release('flood', held[1]);
    await Promise.resolve();
    expect(served).toEqual(['acme', 'flood']);
    pool.release('flood', held[1]);
    await Promise.resolve();
    expect(served).toEqual(['acme', 'flood', 'flood']);
  });

  it('takes who leaves out of the line, and says whether there was one', async () => {
    const pool = createFairPool(['one']);
    const member = await pool.acquire('acme', 'a');
    const left = pool.acquire('acme', 'b');
    const next = pool.acquire('acme', 'c');
    expect(pool.withdraw('b')).toBe(true);
    expect(pool.withdraw('b')).toBe(false);
    await expect(left).rejects.toThrow('withdrawn');
    pool.release('acme', member);
    expect(await next).toBe('one');
  });
});
