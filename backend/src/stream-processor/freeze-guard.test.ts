import { pino } from 'pino';
import { createFreezeGuard, type FreezeGuard } from './freeze-guard.js';

function createWorld() {
  const time = { monotonic: 1_000, wall: 50_000_000 };
  const warnings: unknown[] = [];
  let beat = (): void => undefined;
  let isClosed = false;
  const guard = createFreezeGuard({
    clocks: [() => time.monotonic, () => time.wall],
    every: (_ms, call) => {
      beat = call;
      return () => {
        isClosed = true;
      };
    },
    quarantineMs: 30_000,
    logger: pino({ level: 'warn' }, { write: (line) => warnings.push(JSON.parse(line)) }),
  });
  return {
    guard,
    warnings,
    isClosed: () => isClosed,
    /** The process stands still: nothing beats. */
    stop(ms: number, wallMs = ms) {
      time.monotonic += ms;
      time.wall += wallMs;
    },
    /** It runs, and its pulse with it. */
    run(seconds: number) {
      for (let second = 0; second < seconds; second += 1) {
        time.monotonic += 1_000;
        time.wall += 1_000;
        beat();
      }
    },
    beat: () => {
      beat();
    },
  };
}

/** What an insert gets to hear. */
function ask(guard: FreezeGuard): unknown {
  try {
    guard.requireAwake();
    return 'go on';
  } catch (error) {
    return error;
  }
}

const refusal = { code: 'process_was_stopped', retryable: true };

describe('freeze guard', () => {
  it('lets inserts through while the process runs', () => {
    const world = createWorld();
    world.run(60);
    expect(ask(world.guard)).toBe('go on');
    world.stop(5_000);
    expect(ask(world.guard)).toBe('go on');
    expect(world.warnings).toEqual([]);
  });

  it('refuses the insert that was about to be made when the process was stopped', () => {
    const world = createWorld();
    world.run(3);
    world.stop(5_001);
    expect(ask(world.guard)).toMatchObject(refusal);
  });

  it('refuses it as well when the pulse comes first', () => {
    const world = createWorld();
    world.stop(60_000);
    world.beat();
    expect(ask(world.guard)).toMatchObject(refusal);
  });

  it('refuses until the connection must have told, and warns once a stop', () => {
    const world = createWorld();
    world.stop(60_000);
    world.beat();
    world.run(29);
    expect(ask(world.guard)).toMatchObject(refusal);
    world.run(1);
    expect(ask(world.guard)).toBe('go on');
    expect(world.warnings).toHaveLength(1);
    world.stop(6_000);
    expect(ask(world.guard)).toMatchObject(refusal);
    expect(world.warnings).toHaveLength(2);
  });

  it('begins anew when the process is stopped again meanwhile', () => {
    const world = createWorld();
    world.stop(60_000);
    world.beat();
    world.run(20);
    world.stop(60_000);
    expect(ask(world.guard)).toMatchObject(refusal);
    world.run(29);
    expect(ask(world.guard)).toMatchObject(refusal);
    world.run(1);
    expect(ask(world.guard)).toBe('go on');
  });

  it('notices a stop by the clock that went on', () => {
    const world = createWorld();
    world.stop(0, 60_000);
    expect(ask(world.guard)).toMatchObject(refusal);
  });

  it('is not held up by a clock that is set back', () => {
    const world = createWorld();
    world.stop(60_000);
    world.beat();
    world.stop(0, -3_600_000);
    world.run(30);
    expect(ask(world.guard)).toBe('go on');
  });

  it('ends its pulse', () => {
    const world = createWorld();
    world.guard.close();
    expect(world.isClosed()).toBe(true);
  });
});
