import { branchesOf } from './messaging/rabbitmq/rabbit-bus-options.js';
import type { Config } from './platform/config.js';
import { AppError } from './platform/errors.js';

/** What a process can be. Any set of them shares one process. */
export const roles = [
  'collector',
  'stream-processor',
  'batch-processor',
  'metrics-service',
  'reporting-service',
] as const;
export type Role = (typeof roles)[number];

/** Must this process be the only one on its data folder? */
export function needsDataFolder(
  config: Pick<Config, 'bus' | 'clickhouse' | 'control'>,
  wanted: ReadonlySet<Role>,
): boolean {
  if (config.control.databaseUrl === undefined) return true;
  if (usesClickHouse(wanted) && config.clickhouse.url === undefined) return true;
  // The journal of inserts is a folder where no broker keeps the messages.
  return wanted.has('stream-processor') && config.bus.url === undefined;
}

export function usesClickHouse(wanted: ReadonlySet<Role>): boolean {
  return wanted.has('stream-processor') || wanted.has('metrics-service');
}

export function usesTimescale(wanted: ReadonlySet<Role>): boolean {
  return wanted.has('batch-processor') || wanted.has('reporting-service');
}

/** Throws `AppError` `broker_needed` when these roles can only meet over a broker and none is configured. */
export function requireMeetingPlace(config: Pick<Config, 'bus'>, wanted: ReadonlySet<Role>): void {
  if (config.bus.url !== undefined) return;
  const meeting = branchesOf(config.bus.branches).map((branch) => wanted.has(`${branch}-processor`));
  if (meeting.every((isWanted) => isWanted === wanted.has('collector'))) return;
  throw new AppError(
    'broker_needed',
    'The collector and the processors meet in one process, or over RabbitMQ: run collector, stream-processor and ' +
      'batch-processor together (without the last with BUS_BRANCHES=stream), or set RABBITMQ_URL.',
    { status: 500 },
  );
}
