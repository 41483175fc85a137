import type { EventEnvelope } from '@coditect/contracts';
import { createFairLine, type LineEntry, type Turn } from './fair-line.js';
import { presentMs } from './tenants-near.js';

/** A batch of one tenant that waits. */
export interface WaitingBatch extends LineEntry {
  readonly batch: readonly EventEnvelope[];
  readonly traceparent: string | undefined;
}

export interface Stored {
  readonly duplicates: number;
}

export interface JointWritesOptions {
  /**
   * Stores batches together. Resolves with the outcome of each, in their order; rejects when none of them is promised. Calls
   * that run at the same time are of different tenants.
   */
  readonly write: (batches: readonly WaitingBatch[]) => Promise<readonly Stored[]>;
  /** What the senders are told when it rejects. */
  readonly refusalOf: (error: unknown) => Error;
  /** Rows of one write at most; a single larger batch still goes through whole. */
  readonly rowsMax: number;
  /** The same while several tenants are near. */
  readonly sharedRowsMax: number;
  /** Whether what small tenants have may be written beside the much of another, or only in turns with it. */
  readonly isSideBySide: boolean;
  /** Writes of a turn start at least this far apart, so that thin traffic makes few of them. */
  readonly intervalMs: number;
  readonly currentTrace: () => string | undefined;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Stores batches; those that wait at the same time are written together, in an order that is fair to their tenants. */
export interface JointWrites {
  /** Resolves once every event of the batch is stored. */
  store(batch: readonly EventEnvelope[]): Promise<Stored>;
  /** Everything received before this instant (epoch milliseconds) is stored. */
  watermark(): number;
  /** Resolves when nothing waits any more. */
  close(): Promise<void>;
}

/** Of the time, for the writes of a tenant that has much, while some that have little are near: the rest of the machine is theirs. */
const largeShare = 1 / 6;
/** From one of its writes to the next, however slow the store is. */
const spacingMsMax = 2_000;

interface Entry extends WaitingBatch {
  readonly resolve: (stored: Stored) => void;
  readonly reject: (error: unknown) => void;
}

const noTenants: ReadonlySet<string> = new Set();

interface Lane {
  readonly turn: Turn;
  inFlight: readonly Entry[];
  lastStartAt: number;
  isPausing: boolean;
  hasPaused: boolean;
}

const createLane = (turn: Turn): Lane => ({
  turn,
  inFlight: [],
  lastStartAt: Number.NEGATIVE_INFINITY,
  isPausing: false,
  hasPaused: false,
});

export function createJointWrites(options: JointWritesOptions): JointWrites {
  const { intervalMs, isSideBySide, now, sleep } = options;
  const line = createFairLine<Entry>(options);
  const small = createLane('small');
  const lanes = [small, createLane('large')];
  const rests = createRests(options, () => {
    pump();
  });
  let isClosing = false;
  const idle = createIdle();

  const isRunning = (): boolean => lanes.some(({ inFlight }) => inFlight.length > 0);
  const busyTenants = (): ReadonlySet<string> =>
    new Set(lanes.flatMap(({ inFlight }) => inFlight.map(({ tenantId }) => tenantId)));

  /** Who is not to be written in this turn now. */
  const awayFrom = ({ turn }: Lane): ReadonlySet<string> =>
    new Set([...busyTenants(), ...(turn === 'large' && !isClosing ? rests.list() : [])]);

  const isSmallNear = (): boolean => small.lastStartAt > now() - presentMs || line.has('small', noTenants);

  async function write(lane: Lane): Promise<void> {
    lane.inFlight = line.take(lane.turn, awayFrom(lane));
    lane.lastStartAt = now();
    lane.hasPaused = false;
    try {
      await writeTogether(options, lane.inFlight);
    } finally {
      const [first] = lane.inFlight;
      lane.inFlight = [];
      if (first !== undefined && lane.turn === 'large' && line.isShared() && isSmallNear())
        rests.begin(first.tenantId, now() - lane.lastStartAt);
      // In turns, the one that has just had its turn is asked last.
      lanes.sort((one, other) => Number(one === lane) - Number(other === lane));
      pump();
    }
  }

  function mayStart(lane: Lane): boolean {
    if (lane.inFlight.length > 0 || lane.isPausing) return false;
    return (isSideBySide || !isRunning()) && line.has(lane.turn, awayFrom(lane));
  }

  function pump(): void {
    for (const lane of [...lanes]) {
      if (!mayStart(lane)) continue;
      // A clock that was set back must not hold writes up for as long.
      const pause = lane.hasPaused ? 0 : Math.min(intervalMs, lane.lastStartAt + intervalMs - now());
      void (pause > 0 ? holdLane(lane, sleep(pause)).then(pump) : write(lane));
    }
    if (isRunning() || line.oldest() !== undefined) return;
    idle.reach();
  }

  const add = (batch: readonly EventEnvelope[], tenantId: string): Promise<Stored> =>
    new Promise((resolve, reject) => {
      const entry = { batch, tenantId, rows: batch.length, since: now() };
      line.add({ ...entry, traceparent: options.currentTrace(), resolve, reject });
      pump();
    });

  return {
    async store(batch) {
      const ofTenants = [...byTenant(batch)];
      const stored = await Promise.all(ofTenants.map(([tenantId, events]) => add(events, tenantId)));
      return { duplicates: stored.reduce((sum, { duplicates }) => sum + duplicates, 0) };
    },
    watermark() {
      const inFlight = lanes.flatMap((lane) => lane.inFlight.map(({ since }) => since));
      const times = [...inFlight, line.oldest() ?? Number.POSITIVE_INFINITY];
      return Math.min(now(), ...times);
    },
    async close() {
      if (!isRunning() && line.oldest() === undefined) return;
      isClosing = true;
      pump();
      await idle.wait();
    },
  };
}

async function holdLane(lane: Lane, pause: Promise<void>): Promise<void> {
  lane.isPausing = true;
  await pause;
  lane.isPausing = false;
  lane.hasPaused = true;
}

function createIdle() {
  let waiting: (() => void)[] = [];
  return {
    reach() {
      for (const resolve of waiting.splice(0)) resolve();
    },
    wait: () =>
      new Promise<void>((resolve) => {
        waiting = [...waiting, resolve];
      }),
  };
}

/** Tenants that have much, each for as long as it leaves the machine to others: the more there are, the more is theirs together. */
interface Rests {
  begin(tenantId: string, tookMs: number): void;
  list(): readonly string[];
}

function createRests({ now, sleep }: Pick<JointWritesOptions, 'now' | 'sleep'>, onEnd: () => void): Rests {
  const untilMs = new Map<string, number>();
  return {
    begin(tenantId, tookMs) {
      const restMs = Math.min(spacingMsMax, tookMs / largeShare) - tookMs;
      if (restMs <= 0) return;
      untilMs.set(tenantId, now() + restMs);
      void sleep(restMs).then(() => {
        untilMs.delete(tenantId);
        onEnd();
      });
    },
    list: () => [...untilMs].flatMap(([tenantId, atMs]) => (atMs > now() ? [tenantId] : [])),
  };
}

/** Every entry has its outcome when it resolves. */
async function writeTogether(options: JointWritesOptions, entries: readonly Entry[]): Promise<void> {
  try {
    const stored = await options.write(entries);
    entries.forEach((entry, index) => {
      entry.resolve(stored[index] ?? { duplicates: 0 });
    });
  } catch (error) {
    const refusal = options.refusalOf(error);
    for (const entry of entries) entry.reject(refusal);
  }
}

/** Nearly always there is one: a batch is what one sender sent. */
function byTenant(batch: readonly EventEnvelope[]): ReadonlyMap<string, readonly EventEnvelope[]> {
  const [first] = batch;
  if (first === undefined || batch.every(({ tenantId }) => tenantId === first.tenantId))
    return new Map([[first?.tenantId ?? '', batch]]);
  const groups = new Map<string, EventEnvelope[]>();
  for (const event of batch) {
    const group = groups.get(event.tenantId);
    if (group === undefined) groups.set(event.tenantId, [event]);
    else group.push(event);
  }
  return groups;
}
