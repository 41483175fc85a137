import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from './child-process.js';
import { eventually } from './eventually.js';
import { heavyLoad, someCopies } from './fleet.js';
import { running, type Scenario } from './scenario.js';

const mebibyte = 1_048_576;
/** What a role may grow by, however much waits. Most of it is room that Node takes for young objects. */
const growthMiBMax = 400;
const sampleMs = 100;

/**
 * ClickHouse is away and clients send as much as they can: until the queues are full and they are refused, and on.
 * The memory of who takes events and who stores them stays within a bound.
 */
export const floodWithoutStore: Scenario = async (world) => {
  const { fleet, pace, wires } = world;
  await fleet.pause();
  const watches = [...world.collectors, ...running(world.processors)].map(watchMemory);
  wires.clickHouse.refuse();
  try {
    fleet.start(someCopies, heavyLoad);
    const before = countFull(fleet.tally.refused);
    await eventually(
      'clients are refused because queues are full',
      async () => (countFull(fleet.tally.refused) > before ? true : undefined),
      { withinMs: 120_000 },
    );
    await sleep(pace.floodMs);
  } finally {
    wires.clickHouse.restore();
  }
  // Or the backlog would never get shorter.
  await fleet.pause();
  const grown = await Promise.all(watches.map((watch) => watch.end()));
  world.say(`  memory grew by ${grown.map(({ name, growthMiB }) => `${name} ${growthMiB} MiB`).join(', ')}`);
  const tooMuch = grown.filter(({ growthMiB }) => growthMiB > growthMiBMax);
  if (tooMuch.length > 0)
    throw new Error(`grown by more than ${growthMiBMax} MiB: ${tooMuch.map(({ name }) => name).join(', ')}`);
};

function countFull(refused: ReadonlyMap<string, number>): number {
  return refused.get('429 queue_full') ?? 0;
}

interface MemoryWatch {
  /** By how much the process was larger at its largest than at the beginning. */
  end(): Promise<{ readonly name: string; readonly growthMiB: number }>;
}

function watchMemory(child: Child): MemoryWatch {
  const stopping = new AbortController();
  async function watch(): Promise<number> {
    const start = await readResidentBytes(child);
    let peak = start;
    while (!stopping.signal.aborted) {
      peak = Math.max(peak, await readResidentBytes(child));
      await sleep(sampleMs);
    }
    return peak - start;
  }
  const watching = watch();
  // Told by `end`.
  watching.catch(() => undefined);
  return {
    async end() {
      stopping.abort();
      return { name: child.name, growthMiB: Math.round((await watching) / mebibyte) };
    },
  };
}

/** What the process has in memory, as Linux says. */
async function readResidentBytes(child: Child): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kibibytes === undefined) throw new Error(`${child.name} has no resident memory`);
  return Number(kibibytes) * 1_024;
}
