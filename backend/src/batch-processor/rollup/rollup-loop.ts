import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../platform/logger.js';
import type { RollupReport, RollupRequest } from '../../platform/rollup-requests.js';
import type { Telemetry } from '../../platform/telemetry.js';
import type { Tenant } from '../../platform/tenancy.js';
import type { SqlDatabase } from '../../storage/postgres/sql-executor.js';
import { readBacklog } from '../../storage/timescale/rollup/marks.js';
import { reconcile } from './reconcile.js';
import { compressLanding, retire } from './retire.js';
import { rollUpRange } from './roll-up-range.js';
import { codeOf, runTick, type TickOptions } from './run-tick.js';
import type { StreamCounts } from './stream-counts.js';
import { takeSeatHistory } from './take-seat-history.js';

export interface RollupLoopOptions {
  readonly database: SqlDatabase;
  /** Every tenant, in its present time zone. */
  readonly listTenants: () => Promise<readonly Tenant[]>;
  /** Without the stream's store nothing is reconciled. */
  readonly stream: StreamCounts | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly config: {
    readonly intervalMs: number;
    readonly closeDelayMs: number;
    readonly daysMax: number;
    readonly eventsMax: number;
    readonly landingRetentionDays: number;
    readonly landingCompressAfterDays: number;
    readonly rollupRetentionDays: number;
  };
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/** Keeps rollups up to date. Any number of processes may: they take turns, tenant by tenant. */
export interface RollupLoop {
  start(): void;
  /** One round: rollups, reconciliation and, once an hour, retention. What fails is logged and tried again in the next. */
  tick(signal?: AbortSignal): Promise<void>;
  /** Makes these days anew from landing. */
  rollUp(request: RollupRequest): Promise<RollupReport>;
  /** Resolves when the transaction under way is done. Safe to call twice. */
  close(): Promise<void>;
}

const retireIntervalMs = 3_600_000;
/** A round of a short interval still gets somewhere. */
const roundMsMin = 10_000;

export function createRollupLoop(options: RollupLoopOptions): RollupLoop {
  const { config, database, logger, now, stream, telemetry } = options;
  const { intervalMs, closeDelayMs, daysMax, eventsMax } = config;
  const bounds = { daysMax, eventsMax };
  const rolling: TickOptions = { database, now, closeDelayMs, bounds, intervalMs, logger, telemetry };
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  let retiredAtMs = -Infinity;
  let isBehind = false;
  let isSeatHistoryTaken = stream === undefined;

  async function attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const code = codeOf(error);
      telemetry.errors.inc({ component: 'rollup', code });
      logger.error({ err: error, code }, `${what} failed, the next round tries again`);
    }
  }

  async function tick(signal = stopping.signal): Promise<void> {
    isBehind = false;
    await attempt('rollup', async () => {
      const tenants = await options.listTenants();
      await takeHistory(tenants, signal);
      const round = { ...rolling, roundMs: Math.max(intervalMs, roundMsMin) };
      isBehind = !(await runTick(round, tenants, undefined, signal));
      await attempt('reading the backlog of rollups', () => observe());
      if (stream !== undefined && !signal.aborted)
        await attempt('reconciliation', () => reconcile({ ...rolling, telemetry, stream }, tenants, signal));
      if (now() - retiredAtMs < retireIntervalMs || signal.aborted) return;
      retiredAtMs = now();
      await attempt('retention', () => retire({ ...options, ...config }, tenants, signal));
      await attempt('compression', () => compressLanding({ ...options, ...config }, signal));
    });
  }

  async function takeHistory(tenants: readonly Tenant[], signal: AbortSignal): Promise<void> {
    if (isSeatHistoryTaken || stream === undefined) return;
    await attempt('taking the history of seats', async () => {
      await takeSeatHistory({ database, stream, now, logger }, tenants, signal);
      isSeatHistoryTaken = !signal.aborted;
    });
  }

  async function observe(): Promise<void> {
    const backlog = await readBacklog(database, now());
    telemetry.rollupMarks.set(backlog.marks);
    telemetry.rollupMarkAgeSeconds.set(backlog.oldestMarkSeconds);
    telemetry.rollupClosedAgeSeconds.set(backlog.closedSeconds);
  }

  async function run(): Promise<void> {
    if (stream === undefined) logger.info('days are not reconciled: this process has no store of the stream');
    while (!stopping.signal.aborted) {
      await tick();
      // A long history goes on at once.
      await sleep(isBehind ? 0 : intervalMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  return {
    start() {
      running ??= run();
    },
    tick,
    rollUp: (request) => rollUpRange({ ...rolling, listTenants: options.listTenants }, request),
    async close() {
      stopping.abort();
      await running;
    },
  };
}
