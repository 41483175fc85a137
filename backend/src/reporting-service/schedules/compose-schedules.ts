import type { Config } from '../../platform/config.js';
import type { Logger } from '../../platform/logger.js';
import type { ReportStore } from '../../platform/reports.js';
import type { DeliveryQueue, ScheduleRuns, ScheduleStore } from '../../platform/schedules.js';
import type { Quotas } from '../../platform/quotas.js';
import type { Telemetry } from '../../platform/telemetry.js';
import { deliverDue, type DeliveryLoopOptions } from '../delivery/delivery-loop.js';
import { resolveHost } from '../delivery/public-address.js';
import { createSendMail } from '../delivery/send-mail.js';
import type { ReportFiles } from '../jobs/report-files.js';
import { makeRuns, type MakeRunsOptions } from './make-runs.js';
import { createScheduleRequests, type CheckReport, type ScheduleRequests } from './schedule-requests.js';
import { createTicker } from './ticker.js';

export interface ScheduleStores {
  readonly store: ScheduleStore;
  readonly runs: ScheduleRuns;
  readonly deliveries: DeliveryQueue;
}

export interface SchedulesOptions {
  readonly config: Pick<Config, 'reporting' | 'delivery'>;
  readonly schedules: ScheduleStores;
  readonly reports: Pick<ReportStore, 'add' | 'find' | 'findManifest'>;
  readonly files: Pick<ReportFiles, 'open'>;
  readonly quotas: Quotas;
  readonly checkReport: CheckReport;
  /** A report was put in the queue. */
  readonly onReport: () => void;
  /** Epoch milliseconds: everything accepted that happened before has landed. */
  readonly watermark: () => number | Promise<number>;
  readonly telemetry: Telemetry;
  readonly logger: Logger;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Schedules: what can be asked about them, and the loops that run and deliver them. */
export interface Schedules {
  readonly requests: ScheduleRequests;
  start(): void;
  /** Takes up nothing new, and resolves when what is being sent was sent. */
  close(): Promise<void>;
}

const pollMs = 2_000;
const sweepMs = 60_000;
const deliveriesAtOnce = 4;

export function createSchedules(options: SchedulesOptions): Schedules {
  const { config, schedules, logger, now } = options;
  const { delivery } = config;
  const making = createTicker({
    ms: pollMs,
    logger,
    failure: 'schedules not run',
    work: async () => {
      if (await makeRuns(toMakeOptions(options))) options.onReport();
    },
  });
  const loop = toLoopOptions(options);
  const delivering = createTicker({
    ms: pollMs,
    logger,
    failure: 'reports not delivered',
    work: (isClosing) => deliverDue(loop, isClosing),
  });
  const sweeping = createTicker({
    ms: sweepMs,
    logger,
    failure: 'runs of schedules not swept',
    work: async (isClosing) => {
      let forgotten = await schedules.runs.forget(config.reporting.historyDays);
      while (forgotten > 0 && !isClosing()) {
        forgotten = await schedules.runs.forget(config.reporting.historyDays);
      }
    },
  });
  const tickers = [making, delivering, sweeping];
  return {
    requests: createScheduleRequests({
      store: schedules.store,
      quotas: options.quotas,
      checkReport: options.checkReport,
      canMail: delivery.smtpUrl !== undefined,
      allowPrivate: delivery.allowPrivate,
      schedulesMax: delivery.schedulesMax,
      wake: making.wake,
      now,
    }),
    start() {
      for (const ticker of tickers) ticker.start();
    },
    async close() {
      await Promise.all(tickers.map((ticker) => ticker.close()));
    },
  };
}

function toMakeOptions(options: SchedulesOptions): MakeRunsOptions {
  const { attemptsMax, queuedMax } = options.config.reporting;
  return { ...options, runs: options.schedules.runs, attemptsMax, queuedMax };
}

function toLoopOptions(options: SchedulesOptions): DeliveryLoopOptions {
  const { smtpUrl, mailFrom, allowPrivate, mailBytesMax, attemptsMax, timeoutMs, pageUrl } =
    options.config.delivery;
  return {
    ...options,
    queue: options.schedules.deliveries,
    sendMail: smtpUrl === undefined ? undefined : createSendMail({ url: smtpUrl, from: mailFrom, timeoutMs }),
    webhooks: { resolve: resolveHost, allowPrivate, timeoutMs },
    mailBytesMax,
    pageUrl,
    attemptsMax,
    concurrency: deliveriesAtOnce,
    random: Math.random,
  };
}
