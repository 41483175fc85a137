import { countProcessors } from './messaging/rabbitmq/count-processors.js';
import type { Config } from './platform/config.js';
import { AppError } from './platform/errors.js';

/**
 * Rejects with `AppError` 409 `processors_running` while a stream processor reads the broker: an insert that meets a migration which makes a
 * view anew fills some tables and not others. A bus within this process has not begun yet.
 */
export async function requireProcessorsAtRest(
  { bus }: Pick<Config, 'bus'>,
  /** How many partitions there are; `undefined` where nobody has read the broker yet. */
  partitions: string | undefined,
  migrations: readonly string[],
): Promise<void> {
  if (bus.url === undefined || partitions === undefined) return;
  const { caFile, certificateFile, keyFile, url } = bus;
  const broker = { url, tls: { caFile, certificateFile, keyFile } };
  const running = await countProcessors(broker, 'stream', Number(partitions));
  if (running === 0) return;
  const reason = `Stream processors read the broker (${running}), and ${migrations.join(', ')} would miscount beside them. Stop them, run migrate, and start the new ones; events wait in the queues. To go on nevertheless: migrate --beside-processors.`;
  throw new AppError('processors_running', reason, { status: 409 });
}
