import {
  retirePartitions,
  type PartitionQueueState,
  type RetireOptions,
} from './messaging/rabbitmq/retire-partitions.js';
import { branchesOf } from './messaging/rabbitmq/rabbit-bus-options.js';
import { partitionsSetting } from './partitions-setting.js';
import type { PipelineContext } from './pipeline.js';
import type { Config } from './platform/config.js';
import { acquireDataLock } from './platform/data-lock.js';
import { everyTenant } from './platform/dead-letters.js';
import { AppError } from './platform/errors.js';
import { createLifecycle } from './platform/lifecycle.js';
import type { Logger } from './platform/logger.js';
import { openControlStores, type ControlStores } from './storage/control/open-control-store.js';

export interface PartitionChange {
  readonly from: number | undefined;
  readonly to: number;
  readonly dryRun: boolean;
  /** The queues that were deleted, or would be. */
  readonly queues: readonly PartitionQueueState[];
}

/**
 * Changes how many partitions there are, while nothing is on its way: an identity may then have another reader, who
 * learns from the store what the former one stored. Throws `AppError` 409 `partitions_in_use` or `dead_letters_wait`.
 */
export async function changePartitions(
  config: Config,
  logger: Logger,
  { to, dryRun }: { readonly to: number; readonly dryRun: boolean },
): Promise<PartitionChange> {
  const { url, caFile, certificateFile, keyFile } = config.bus;
  if (url === undefined) {
    throw new AppError('broker_needed', 'There are no partitions without RABBITMQ_URL.', { status: 400 });
  }
  const lifecycle = createLifecycle({ logger, closeTimeoutMs: config.platform.closeTimeoutMs });
  try {
    const broker = { url, tls: { caFile, certificateFile, keyFile } };
    return await change({ config, logger, lifecycle }, broker, { to, dryRun });
  } finally {
    await lifecycle.close();
  }
}

async function change(
  { config, logger, lifecycle }: Pick<PipelineContext, 'config' | 'logger' | 'lifecycle'>,
  broker: Pick<RetireOptions, 'url' | 'tls'>,
  { to, dryRun }: { readonly to: number; readonly dryRun: boolean },
): Promise<PartitionChange> {
  if (config.control.databaseUrl === undefined) {
    const lock = await acquireDataLock(config.platform.dataDir);
    lifecycle.onClose('data lock', () => lock.release());
  }
  const stores = await openControlStores(config, logger);
  lifecycle.onClose('control store', () => stores.control.close());

  await stores.control.migrate();
  const kept = await stores.control.getSetting(partitionsSetting);
  const from = kept === undefined ? undefined : Number(kept);
  await requireNoPartialLetters(stores);
  const branches = branchesOf(config.bus.branches);
  const queues =
    from === undefined
      ? []
      : await retirePartitions({ ...broker, branches, partitions: from, isDryRun: dryRun });
  if (!dryRun) await stores.control.putSetting(partitionsSetting, String(to));
  return { from, to, dryRun, queues };
}

/** These may be stored in part: they have to be completed under their own id by the one reader of all their events. */
async function requireNoPartialLetters({ deadLetters }: ControlStores): Promise<void> {
  for (const code of ['delivery_limit', 'store_failed']) {
    const filter = { state: 'waiting', origin: 'stream', code } as const;
    const { letters } = await deadLetters.list(everyTenant, filter, { limit: 1, order: 'oldest' });
    if (letters.length === 0) continue;
    throw new AppError('dead_letters_wait', `Replay the dead letters with the code ${code} first.`, {
      status: 409,
    });
  }
}
