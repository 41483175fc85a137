import type { ReportJob } from '../../platform/reports.js';
import { left, runReport, type RunReportOptions } from './run-report.js';
import { sweepReports } from './sweep-reports.js';

export interface ReportWorkerOptions extends RunReportOptions {
  /** The same for the same process after a restart, another one for every other process. */
  readonly owner: string;
  readonly concurrency: number;
  readonly historyDays: number;
}

/** Makes reports of the queue, a few at a time. */
export interface ReportWorker {
  /** Takes up at once what this process had begun before it ended. */
  start(): Promise<void>;
  /** Something may be waiting. */
  wake(): void;
  /** Nobody wants this report any more: it was cancelled or removed. */
  stop(id: string): void;
  /** Gives back what is under way: another process, or this one later, begins it again. */
  close(): Promise<void>;
}

interface UnderWay {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

const pollMs = 2_000;
const sweepMs = 60_000;
const gaugesMs = 5_000;

export function createReportWorker(options: ReportWorkerOptions): ReportWorker {
  const { queue, logger } = options;
  const slots = createSlots(options);
  const timers: NodeJS.Timeout[] = [];

  async function sweep(): Promise<void> {
    const swept = await sweepReports(options);
    if (swept.expired + swept.forgotten + swept.orphans > 0) logger.info(swept, 'reports swept');
  }

  /** Never twice at the same time. */
  function every(ms: number, failure: string, work: () => Promise<void>): void {
    let isRunning = false;
    const timer = setInterval(() => {
      if (isRunning) return;
      isRunning = true;
      work()
        .catch((error: unknown) => {
          logger.warn({ err: error }, failure);
        })
        .finally(() => {
          isRunning = false;
        });
    }, ms);
    timers.push(timer);
  }

  return {
    wake: slots.wake,
    stop: slots.stop,
    async start() {
      const released = await queue.releaseAll(options.owner);
      if (released > 0) logger.warn({ released }, 'reports of an earlier run are begun again');
      await sweep();
      every(pollMs, 'reports not claimed', async () => {
        slots.wake();
      });
      every(sweepMs, 'reports not swept', sweep);
      every(gaugesMs, 'reports not counted', () => readGauges(options));
      slots.wake();
    },
    async close() {
      for (const timer of timers) clearInterval(timer);
      await slots.close();
    },
  };
}

async function readGauges({ now, queue, telemetry }: ReportWorkerOptions): Promise<void> {
  const { queued, running, oldestQueuedMs } = await queue.countInHand();
  telemetry.reports.set({ state: 'queued' }, queued);
  telemetry.reports.set({ state: 'running' }, running);
  telemetry.reportQueueAge.set(oldestQueuedMs === null ? 0 : Math.max(0, now() - oldestQueuedMs) / 1_000);
}

/** Runs at most `concurrency` reports at once, and looks for the next when one has ended. */
function createSlots(options: ReportWorkerOptions): Pick<ReportWorker, 'wake' | 'stop' | 'close'> {
  const { queue, logger } = options;
  const underWay = new Map<string, UnderWay>();
  let isClosing = false;
  let isAskedAgain = false;
  let filling: Promise<void> | undefined;

  async function fill(): Promise<void> {
    while (isAskedAgain && !isClosing) {
      isAskedAgain = false;
      while (underWay.size < options.concurrency) {
        const job = await queue.claim(options.owner, options.leaseMs);
        if (job === undefined) break;
        begin(job);
      }
    }
  }

  function wake(): void {
    isAskedAgain = true;
    filling ??= fill()
      .catch((error: unknown) => {
        logger.warn({ err: error }, 'reports not claimed');
      })
      .finally(() => {
        filling = undefined;
        if (isAskedAgain && !isClosing) wake();
      });
  }

  function begin(job: ReportJob): void {
    const stop = new AbortController();
    if (isClosing) stop.abort(left.closing);
    const ended = runReport(job, stop, options)
      .catch((error: unknown) => {
        logger.error({ err: error, reportId: job.id }, 'report not settled');
      })
      .finally(() => {
        underWay.delete(job.id);
        if (!isClosing) wake();
      });
    underWay.set(job.id, { stop, ended });
  }

  return {
    wake,
    stop(id) {
      underWay.get(id)?.stop.abort(left.lost);
    },
    async close() {
      isClosing = true;
      await filling;
      const ending = [...underWay.values()];
      for (const { stop } of ending) stop.abort(left.closing);
      await Promise.all(ending.map(({ ended }) => ended));
    },
  };
}
