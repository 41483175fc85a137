import type { Intake } from './collector/intake.js';
import { putMinGroupSize } from './platform/min-group-size.js';
import type { ControlStore } from './platform/tenancy.js';
import type { Config } from './platform/config.js';
import type { Lifecycle } from './platform/lifecycle.js';
import type { Logger } from './platform/logger.js';
import { createSimulator, type Simulator, type SimulatorProgress } from './simulator/simulator.js';
import { demoTenants } from './simulator/profile.js';

const dayMs = 86_400_000;
const checkpointMs = 15_000;
/** Control settings: where the traffic stands, and when its adoption began. Both outlive a restart. */
const standsAtSetting = 'simulator.complete_until';
const adoptionFromSetting = 'simulator.adoption_from';

export interface DemoContext {
  readonly config: Config;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
  readonly pipeline: { readonly control: ControlStore; readonly intake: Intake };
}

/** Creates the demo tenants that are missing. */
export async function ensureDemoTenants({ control }: { readonly control: ControlStore }): Promise<void> {
  const existing = new Set((await control.listTenants()).map((tenant) => tenant.id));
  for (const { id, timeZone } of demoTenants) {
    if (existing.has(id)) continue;
    await control.createTenant(id, { timeZone });
    // Nobody is to be protected there: its people are made up.
    await putMinGroupSize(control, id, 1);
  }
}

/**
 * Starts demo traffic in the background: the history that is missing, then live. It goes in through the collector's own
 * intake and ends, with a checkpoint, when the lifecycle closes.
 */
export async function startDemoTraffic(context: DemoContext): Promise<void> {
  const { config, lifecycle, logger, pipeline } = context;
  const simulator = await openSimulator(context);
  const stop = new AbortController();
  const checkpoint = createCheckpoint(pipeline);
  const resumeFrom = await pipeline.control.getSetting(standsAtSetting);
  const { backfillDays, eventsPerSecond } = config.simulator;

  async function run(): Promise<void> {
    const signal = stop.signal;
    const resumeFromMs = resumeFrom === undefined ? undefined : Number(resumeFrom);
    await simulator.backfill({
      days: backfillDays,
      until: Date.now(),
      signal,
      onProgress: (progress) => {
        checkpoint.note(progress);
        logger.info({ events: progress.events, percent: percentOf(progress, backfillDays) }, 'demo history');
      },
      ...(resumeFromMs !== undefined && { resumeFromMs }),
    });
    await simulator.live({ signal, eventsPerSecond, onProgress: checkpoint.note });
  }

  const running = run().catch((error: unknown) => {
    logger.error({ err: error }, 'demo traffic ended');
  });
  lifecycle.onClose('demo traffic', async () => {
    stop.abort();
    await running;
    await checkpoint.write();
  });
}

async function openSimulator({ config, logger, pipeline }: DemoContext): Promise<Simulator> {
  const { control, intake } = pipeline;
  const tenants = new Map((await control.listTenants()).map((tenant) => [tenant.id, tenant]));
  const kept = await control.getSetting(adoptionFromSetting);
  const adoptionFromMs =
    kept === undefined ? Date.now() - config.simulator.backfillDays * dayMs : Number(kept);
  if (kept === undefined) await control.putSetting(adoptionFromSetting, String(adoptionFromMs));
  return createSimulator({
    seed: config.simulator.seed,
    now: Date.now,
    adoptionFromMs,
    logger,
    sink: async (tenantId, events) => {
      const tenant = tenants.get(tenantId);
      if (tenant === undefined) throw new Error(`no tenant ${tenantId}`);
      const candidates = events.map((event, index) => ({ index, event }));
      const { rejected } = await intake.accept(tenant, candidates);
      const [first] = rejected;
      if (first !== undefined) logger.warn({ rejected: rejected.length, first }, 'simulated events rejected');
    },
  });
}

interface Checkpoint {
  readonly note: (progress: SimulatorProgress) => void;
  write(): Promise<void>;
}

/** Remembers how far the traffic got; writes it now and then, and at the end. */
function createCheckpoint({ control }: DemoContext['pipeline']): Checkpoint {
  let standsAtMs: number | undefined;
  let writtenAt = 0;
  const write = async (): Promise<void> => {
    if (standsAtMs !== undefined) await control.putSetting(standsAtSetting, String(standsAtMs));
  };
  return {
    note(progress) {
      standsAtMs = progress.completeUntilMs;
      if (Date.now() - writtenAt < checkpointMs) return;
      writtenAt = Date.now();
      // The next one is due soon; a write that fails costs some repeated events, which change nothing.
      write().catch(() => undefined);
    },
    write,
  };
}

function percentOf(progress: SimulatorProgress, days: number): number {
  const left = (progress.untilMs - progress.completeUntilMs) / (Math.max(1, days) * dayMs);
  return Math.max(0, Math.round(100 * (1 - left)));
}
