import { pino } from 'pino';
import { isDoneBefore } from './deadline.js';
import { createLifecycle, type Lifecycle } from './lifecycle.js';

const never = new Promise<never>(() => undefined);

const openLifecycle = (): Lifecycle =>
  createLifecycle({ logger: pino({ level: 'silent' }), closeTimeoutMs: 500 });

describe('closing what was opened', () => {
  it('goes backwards and on behind one that fails', async () => {
    const lifecycle = openLifecycle();
    const closed: string[] = [];
    lifecycle.onClose('first', () => void closed.push('first'));
    lifecycle.onClose('second', () => Promise.reject(new Error('broken')));
    lifecycle.onClose('third', async () => void closed.push('third'));
    expect(await lifecycle.close()).toEqual(['second']);
    expect(closed).toEqual(['third', 'first']);
  });

  it('gives up one that does not end', async () => {
    const lifecycle = openLifecycle();
    let isReached = false;
    lifecycle.onClose('behind it', () => {
      isReached = true;
    });
    lifecycle.onClose('stuck', () => never);
    expect(await lifecycle.close()).toEqual(['stuck']);
    expect(isReached).toBe(true);
  });

  it('has time for one that waits until its own deadline', async () => {
    const lifecycle = openLifecycle();
    lifecycle.onClose('patient', async (deadline) => {
      await isDoneBefore(deadline, never);
    });
    expect(await lifecycle.close()).toEqual([]);
  });

  it('leaves what can do without its end, and hears of what fails', async () => {
    const lifecycle = openLifecycle();
    lifecycle.onClose('summary', () => never, { leaveAfterMs: 'its time' });
    lifecycle.onClose('last look', () => never, { leaveAfterMs: 5 });
    lifecycle.onClose('broken', () => Promise.reject(new Error('broken')), { leaveAfterMs: 'its time' });
    expect(await lifecycle.close()).toEqual(['broken']);
  });
});
