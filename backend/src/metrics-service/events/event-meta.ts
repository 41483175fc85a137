import type { FoundEvents, Notice } from '@coditect/contracts';
import type { Range } from '../../metric-queries/time/buckets.js';
import { noticesOfRetention } from '../raw-reads.js';

export interface EventMetaInput {
  readonly range: Range;
  /** When the store was read. */
  readonly asOfMs: number;
  /** Everything that was accepted and happened before this instant was stored by then. */
  readonly completeUntilMs: number;
  /** Tables that answered. */
  readonly tables: readonly string[];
  readonly retentionDays: number;
  readonly notices: readonly Notice[];
}

export const rawTable = 'events_raw_v1';

/** What goes with every answer about events. */
export function metaOfEvents(input: EventMetaInput): FoundEvents['meta'] {
  const { range, asOfMs, tables } = input;
  const rawRanges = tables.includes(rawTable) ? [range] : [];
  return {
    asOf: new Date(asOfMs).toISOString(),
    completeUntil: new Date(Math.min(input.completeUntilMs, range.toMs)).toISOString(),
    source: [...tables],
    notices: [...input.notices, ...noticesOfRetention({ tables, rawRanges }, asOfMs, input.retentionDays)],
  };
}
