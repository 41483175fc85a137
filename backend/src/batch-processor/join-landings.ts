import type { EventEnvelope } from '@coditect/contracts';
import { AppError } from '../platform/errors.js';
import type { Logger } from '../platform/logger.js';
import { takeUpTo } from './group-landing.js';
import type { LandEvents } from './land-events.js';
import type { Telemetry } from '../platform/telemetry.js';
import { fromEach } from '../platform/traces.js';

interface Waiting {
  readonly batch: readonly EventEnvelope[];
  readonly traceparent: string | undefined;
  readonly resolve: (known: ReadonlySet<string>) => void;
  readonly reject: (error: unknown) => void;
}

export interface JoinOptions {
  readonly land: LandEvents;
  /** Rows that are joined at most. */
  readonly rowsMax: number;
  readonly logger: Logger;
  readonly telemetry: Pick<Telemetry, 'traces'>;
}

/**
 * Lands together what waits at the same time; a single larger batch goes whole. One landing at a time: the next gathers
 * meanwhile. What fails together though the store answers is landed one by one, so that each has an outcome of its own. A
 * failure is logged once, however many messages it concerns.
 */
export function joinLandings({ land: landOnce, logger, rowsMax, telemetry }: JoinOptions): LandEvents {
  const { traces } = telemetry;
  const land: LandEvents = async (events) => {
    try {
      return await landOnce(events);
    } catch (error) {
      logger.warn({ err: error, events: events.length }, 'landing failed');
      throw error;
    }
  };
  const waiting: Waiting[] = [];
  let isRunning = false;

  async function run(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) {
      const entries = takeUpTo(rowsMax, waiting);
      await traces.span('land together', { kind: 'internal', from: fromEach(entries) }, () =>
        entries.length > 1 ? landTogether(land, entries) : landEach(land, entries),
      );
    }
    isRunning = false;
  }

  return (batch) =>
    new Promise((resolve, reject) => {
      waiting.push({ batch, traceparent: traces.current(), resolve, reject });
      if (!isRunning) void run();
    });
}

async function landTogether(land: LandEvents, entries: readonly Waiting[]): Promise<void> {
  try {
    const known = await land(entries.flatMap(({ batch }) => batch));
    shareOut(known, entries);
  } catch (error) {
    if (!(error instanceof AppError && error.retryable)) return landEach(land, entries);
    for (const { reject } of entries) reject(error);
  }
}

async function landEach(land: LandEvents, entries: readonly Waiting[]): Promise<void> {
  for (const { batch, reject, resolve } of entries) {
    try {
      resolve(await land(batch));
    } catch (error) {
      reject(error);
    }
  }
}

/** Tells each what of its own had landed before. What comes once more in the same landing had. */
function shareOut(known: ReadonlySet<string>, entries: readonly Waiting[]): void {
  const landed = new Set(known);
  for (const { batch, resolve } of entries) {
    const ids = batch.map(({ eventId }) => eventId);
    resolve(new Set(ids.filter((id) => landed.has(id))));
    for (const id of ids) landed.add(id);
  }
}
