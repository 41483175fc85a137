import type { EventEnvelope } from '@coditect/contracts';
import { z } from 'zod';
import { createLander, type LandEvents } from '../../src/batch-processor/land-events.js';
import type { DeadLetter, DeadLetterSink } from '../../src/platform/dead-letters.js';
import { createLogger } from '../../src/platform/logger.js';
import { createTelemetry } from '../../src/platform/telemetry.js';
import { createLandingWriter } from '../../src/storage/timescale/landing-writer.js';
import type { Timescale } from '../../src/storage/timescale/open-timescale.js';

export const silent = createLogger({ level: 'silent', pretty: false, service: 'test' });

/** A lander as a process of its own would have it, with the letters that it wrote. */
export function createTestLander(
  timescale: Timescale,
  rowsMax = 10_000,
): { readonly land: LandEvents; readonly letters: readonly DeadLetter[] } {
  const letters: DeadLetter[] = [];
  const deadLetters: DeadLetterSink = {
    add(letter) {
      letters.push(letter);
      return Promise.resolve();
    },
  };
  const land = createLander({
    store: createLandingWriter(timescale.database),
    rowsMax,
    deadLetters,
    logger: silent,
    telemetry: createTelemetry({ defaultMetrics: false }),
  });
  return { land, letters };
}

const totalsRow = z.object({
  ids: z.string(),
  rows: z.string(),
  distinct_rows: z.string(),
  marked: z.string(),
  tokens: z.string(),
  cost: z.string(),
});

/** What has landed, counted by each of the tables that must agree. */
export async function readTotals({ database }: Timescale): Promise<z.infer<typeof totalsRow>> {
  const [row] = await database.query(
    `SELECT (SELECT count(*)::text FROM analytics.event_ids_v1) AS ids, count(*)::text AS rows,
       count(DISTINCT event_id)::text AS distinct_rows,
       (SELECT coalesce(sum(events), 0)::text FROM analytics.rollup_marks_v1) AS marked,
       coalesce(sum(tokens_input), 0)::text AS tokens, coalesce(sum(cost_usd), 0)::numeric(30, 9)::text AS cost
     FROM analytics.events_landing_v1`,
  );
  return totalsRow.parse(row);
}

/** The same, by hand. Costs of test events are whole thousandths of a dollar. */
export function totalsOf(events: readonly EventEnvelope[]): z.infer<typeof totalsRow> {
  const count = String(events.length);
  const tokens = events.reduce((sum, event) => sum + (event.tokensInput ?? 0), 0);
  const thousandths = events.reduce((sum, event) => sum + Math.round((event.costUsd ?? 0) * 1_000), 0);
  return {
    ids: count,
    rows: count,
    distinct_rows: count,
    marked: count,
    tokens: String(tokens),
    cost: `${(thousandths / 1_000).toFixed(3)}000000`,
  };
}

/** Cut into pieces of this many. */
export function cutInto<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
