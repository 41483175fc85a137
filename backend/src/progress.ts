import type { Branch } from './messaging/event-bus.js';
import { createProgressBoard, type ProgressBoard } from './messaging/progress.js';
import type { PipelineContext } from './pipeline.js';
import type { ControlStore } from './platform/tenancy.js';

const progressMs = 1_000;

function progressSetting(branch: Branch, partition: number, count: number): string {
  return `${branch}.stored_until.p${partition}of${count}`;
}

/** Tells the other processes every second how far the partitions that this one reads are stored. */
export function publishProgress(
  { config, lifecycle, logger, telemetry }: PipelineContext,
  control: ControlStore,
  { branch, component }: { readonly branch: Branch; readonly component: string },
): ProgressBoard {
  const { partitions } = config.bus;
  const board = createProgressBoard({
    now: Date.now,
    put: (partition, until) =>
      control.putSetting(progressSetting(branch, partition, partitions), String(until)),
  });
  const timer = setInterval(() => {
    telemetry.lagSeconds.set({ component }, board.lagSeconds());
    board.publish().catch((error: unknown) => {
      logger.warn({ err: error, branch }, 'progress not published');
    });
  }, progressMs);
  lifecycle.onClose(`progress of ${branch}`, () => {
    clearInterval(timer);
  });
  return board;
}

/**
 * Epoch milliseconds until which everything accepted is stored by a branch, as the processors of other processes tell
 * it; asked for at most once a second. The slowest partition decides; zero until one has told.
 */
export async function followProgress(
  { config, lifecycle, logger }: PipelineContext,
  control: ControlStore,
  branch: Branch,
): Promise<() => number> {
  const { partitions } = config.bus;
  let watermark = 0;
  async function read(): Promise<void> {
    const names = Array.from({ length: partitions }, (_, index) =>
      progressSetting(branch, index, partitions),
    );
    const values = await Promise.all(names.map((name) => control.getSetting(name)));
    const told = values.filter((value) => value !== undefined).map(Number);
    if (told.length > 0) watermark = Math.min(...told);
  }
  await read();
  const timer = setInterval(() => {
    read().catch((error: unknown) => {
      logger.warn({ err: error, branch }, 'progress not read');
    });
  }, progressMs);
  lifecycle.onClose(`progress of ${branch}`, () => {
    clearInterval(timer);
  });
  return () => watermark;
}
