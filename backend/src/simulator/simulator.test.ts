import { AppError } from '../platform/errors.js';
import { liveRequestsBetween } from './generate-live-requests.js';
import { demoTenants } from './profile.js';
import { createSimulator, type SimulatorProgress } from './simulator.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const startMs = Date.parse('2026-11-18T15:00:00Z');

interface Delivered {
  readonly id: string;
  readonly source: string;
  readonly time: string;
}

/** A sink that remembers, a clock that moves when somebody waits, and a log that is silent. */
function createWorld(options: { refuse?: (call: number) => Error | undefined } = {}) {
  const kept: { tenantId: string; event: Delivered }[] = [];
  const batchSizes: number[] = [];
  const waits: number[] = [];
  const warnings: string[] = [];
  let nowMs = startMs;
  let calls = 0;
  let onWait: () => void = () => undefined;
  return {
    kept,
    batchSizes,
    waits,
    warnings,
    now: () => nowMs,
    setNow: (toMs: number) => {
      nowMs = toMs;
    },
    onWait: (act: () => void) => {
      onWait = act;
    },
    simulator: createSimulator({
      seed: 'test',
      now: () => nowMs,
      adoptionFromMs: startMs - 30 * dayMs,
      logger: {
        info: () => undefined,
        warn: (_fields: unknown, message?: string) => {
          warnings.push(message ?? '');
        },
      },
      sink: async (tenantId, events) => {
        calls += 1;
        const refusal = options.refuse?.(calls);
        if (refusal !== undefined) throw refusal;
        batchSizes.push(events.length);
        for (const event of events) kept.push({ tenantId, event: asDelivered(event) });
      },
      wait: async (durationMs, signal) => {
        waits.push(durationMs);
        nowMs += durationMs;
        onWait();
        signal?.throwIfAborted();
      },
    }),
  };
}

function asDelivered(event: object): Delivered {
  if (!('id' in event && 'source' in event && 'time' in event)) throw new Error('not a CloudEvent');
  return { id: String(event.id), source: String(event.source), time: String(event.time) };
}

function identities(kept: readonly { tenantId: string; event: Delivered }[]): string[] {
  return kept.map(({ tenantId, event }) => `${tenantId} ${event.source} ${event.id}`).sort();
}

const busy = () => new AppError('store_busy', 'Try again.', { status: 503, retryable: true });

describe('backfill', () => {
  it('delivers each event of the time once, in batches that the collector takes', async () => {
    const world = createWorld();
    const result = await world.simulator.backfill({ days: 3, until: startMs });
    expect(result).toEqual({ events: world.kept.length, completeUntilMs: startMs, untilMs: startMs });
    expect(world.kept.length).toBeGreaterThan(25_000);
    expect(new Set(identities(world.kept)).size).toBe(world.kept.length);
    expect(Math.max(...world.batchSizes)).toBe(1_000);
    expect(new Set(world.kept.map(({ tenantId }) => tenantId))).toEqual(
      new Set(['acme', 'globex', 'initech']),
    );
  });

  it('never delivers the future', async () => {
    const world = createWorld();
    const result = await world.simulator.backfill({ days: 1, until: startMs + dayMs });
    expect(result.completeUntilMs).toBe(startMs);
    expect(world.kept.filter(({ event }) => Date.parse(event.time) >= startMs)).toEqual([]);
  });

  it('goes on where an earlier one stood, and together they are the whole', async () => {
    const whole = createWorld();
    await whole.simulator.backfill({ days: 3, until: startMs });
    const broken = createWorld();
    const stop = new AbortController();
    const first = await broken.simulator.backfill({
      days: 3,
      until: startMs,
      signal: stop.signal,
      onProgress: () => {
        stop.abort();
      },
    });
    expect(first.completeUntilMs).toBe(startMs - 2 * dayMs);
    await broken.simulator.backfill({ days: 3, until: startMs, resumeFromMs: first.completeUntilMs });
    expect(identities(broken.kept)).toEqual(identities(whole.kept));
  });

  it('loses nothing when the sink is busy for a while', async () => {
    const calm = createWorld();
    await calm.simulator.backfill({ days: 1, until: startMs });
    const rough = createWorld({ refuse: (call) => (call % 3 === 0 ? busy() : undefined) });
    await rough.simulator.backfill({ days: 1, until: startMs });
    expect(rough.waits.length).toBeGreaterThan(0);
    expect(identities(rough.kept)).toEqual(identities(calm.kept));
  });

  it('gives up when the sink stays busy, and at once when a retry cannot help', async () => {
    const stuck = createWorld({ refuse: busy });
    await expect(stuck.simulator.backfill({ days: 1, until: startMs })).rejects.toThrow('Try again.');
    expect(stuck.waits.length).toBeGreaterThan(5);
    const broken = createWorld({ refuse: () => new Error('no such tenant') });
    await expect(broken.simulator.backfill({ days: 1, until: startMs })).rejects.toThrow('no such tenant');
    expect(broken.waits).toEqual([]);
  });
});

describe('live', () => {
  /** Runs live traffic until the clock of the world reaches an instant. */
  async function liveUntil(world: ReturnType<typeof createWorld>, untilMs: number, eventsPerSecond?: number) {
    const stop = new AbortController();
    const progress: SimulatorProgress[] = [];
    world.onWait(() => {
      if (world.now() > untilMs) stop.abort();
    });
    await world.simulator.live({
      signal: stop.signal,
      onProgress: (one) => progress.push(one),
      ...(eventsPerSecond !== undefined && { eventsPerSecond }),
    });
    return progress;
  }

  it('takes over from the backfill without a gap or an event twice', async () => {
    const whole = createWorld();
    whole.setNow(startMs + 10 * minuteMs);
    await whole.simulator.backfill({ days: 1, until: startMs + 10 * minuteMs });
    const world = createWorld();
    await world.simulator.backfill({ days: 1, until: startMs });
    await liveUntil(world, startMs + 10 * minuteMs);
    const overlap = identities(whole.kept.filter(({ event }) => Date.parse(event.time) >= startMs));
    const live = identities(world.kept.filter(({ event }) => Date.parse(event.time) >= startMs));
    expect(live.length).toBeGreaterThan(100);
    expect(live).toEqual(overlap);
  });

  it('catches up after a long absence before it waits', async () => {
    const world = createWorld();
    await world.simulator.backfill({ days: 1, until: startMs - 5 * hourMs });
    const progress = await liveUntil(world, startMs);
    expect(progress.length).toBeGreaterThanOrEqual(5);
    expect(progress.at(-1)?.completeUntilMs).toBe(startMs);
    expect(world.waits).toEqual([1_000]);
  });

  it('delivers later what the sink refused, whatever the reason, and says so', async () => {
    const calm = createWorld();
    await liveUntil(calm, startMs + 5 * minuteMs);
    const rough = createWorld({ refuse: (call) => (call === 2 ? new Error('gone') : undefined) });
    await liveUntil(rough, startMs + 5 * minuteMs);
    const rows = (world: typeof calm) =>
      new Set(identities(world.kept.filter(({ event }) => Date.parse(event.time) < startMs + 4 * minuteMs)));
    expect(rough.warnings).toEqual(['live traffic held up']);
    expect(rows(rough)).toEqual(rows(calm));
  });

  it('adds requests without a person, at the wanted rate', async () => {
    const quiet = createWorld();
    await liveUntil(quiet, startMs + 2 * minuteMs);
    const moving = createWorld();
    await liveUntil(moving, startMs + 2 * minuteMs, 3);
    const added = moving.kept.length - quiet.kept.length;
    expect(added).toBeGreaterThan(350);
    expect(added).toBeLessThan(375);
    const requests = liveRequestsBetween({
      tenants: demoTenants,
      seed: 'test',
      perSecond: 3,
      fromMs: startMs,
      toMs: startMs + minuteMs,
    });
    expect(requests.filter(({ draft }) => draft.data.userId !== undefined)).toEqual([]);
  });

  it.each([0.4, 3, 1_700])(
    'cuts %d requests a second into slices without losing or doubling one',
    (perSecond) => {
      const plan = { tenants: demoTenants, seed: 'test', perSecond };
      const whole = liveRequestsBetween({ ...plan, fromMs: startMs, toMs: startMs + minuteMs });
      const sliced = Array.from({ length: 60 }, (_, second) =>
        liveRequestsBetween({
          ...plan,
          fromMs: startMs + second * 1_000,
          toMs: startMs + (second + 1) * 1_000,
        }),
      ).flat();
      const ids = (some: typeof whole) => some.map(({ draft }) => draft.id).sort();
      expect(whole.length).toBeGreaterThan(perSecond * 55);
      expect(whole.length).toBeLessThan(perSecond * 65);
      expect(ids(sliced)).toEqual(ids(whole));
    },
  );
});
