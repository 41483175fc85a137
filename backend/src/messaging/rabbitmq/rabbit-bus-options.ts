import type { DeadLetterSink } from '../../platform/dead-letters.js';
import type { Logger } from '../../platform/logger.js';
import type { Telemetry } from '../../platform/telemetry.js';
import type { Branch } from '../event-bus.js';
import type { BrokerTls } from './broker-tls.js';

/** The first ones, but for `tls`, are the variables of the section `bus` of the configuration. */
export interface RabbitBusOptions {
  readonly url: string;
  readonly tls?: BrokerTls;
  readonly partitions: number;
  /** Branches that have queues, as `stream` or `stream+batch`: what is published goes to each of them. */
  readonly branches: 'stream' | 'stream+batch';
  readonly lingerMs: number;
  readonly messageEventsMax: number;
  readonly confirmTimeoutMs: number;
  readonly queueBytesMax: number;
  readonly deliveryLimit: number;
  readonly pendingEventsMax: number;
  /** Most events in one insert message: the rows of one insert. */
  readonly joinEventsMax: number;
  /** Least time from one insert message of a partition to the next, unless it is full. */
  readonly joinIntervalMs: number;
  /** What an operator of the broker sees: the roles of this process. */
  readonly connectionName: string;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly deadLetters: DeadLetterSink;
  readonly now: () => number;
  /** Rejects when the number of partitions is another one by now: then no queue is declared, and nothing is published. */
  readonly requireCurrent?: () => Promise<void>;
  /** How long to wait for the broker at the start. */
  readonly connectTimeoutMs?: number;
  /** How long `close` may take where it is given no deadline. */
  readonly closeTimeoutMs?: number;
  /** Time between two looks at who reads how many partitions. */
  readonly balanceIntervalMs?: number;
  /** Time between two looks at how much waits in the queues. */
  readonly depthsIntervalMs?: number;
  /** Wait before a message that could not be stored is delivered again; doubles with each delivery. */
  readonly retryDelayMs?: number;
}

export function branchesOf(configured: RabbitBusOptions['branches']): readonly Branch[] {
  return configured === 'stream' ? ['stream'] : ['stream', 'batch'];
}
