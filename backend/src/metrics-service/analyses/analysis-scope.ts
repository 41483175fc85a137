import type { Notice } from '@coditect/contracts';
import { checkRange, checkTimeZone } from '../../metric-queries/check-range.js';
import type { QueryLimits } from '../../metric-queries/limits.js';
import { refuse } from '../../metric-queries/refuse.js';
import type { Range } from '../../metric-queries/time/buckets.js';
import type { Zone } from '../../metric-queries/time/zone.js';
import type { RawLimits } from '../raw-limits.js';
import type { AnalysesStore } from './analyses-store.js';
import type { Asker } from './analysis-handler.js';

/** What analyses stand on. */
export interface AnalysisTools {
  readonly store: AnalysesStore;
  readonly limits: QueryLimits;
  readonly raw: RawLimits;
  /** How long the days of users are kept, counted from the receipt of their events, in days. */
  readonly aggregateRetentionDays: number;
  /** Memory that one question may take in the store. */
  readonly memoryBytesMax: number;
}

const dayMs = 86_400_000;

/** Throws 422 for a range or a time zone that is none. */
export function checkScope(
  query: {
    readonly range: { readonly from: string; readonly to: string };
    readonly timeZone?: string | undefined;
  },
  { tenant }: Asker,
  limits: QueryLimits,
): { readonly range: Range; readonly zone: Zone } {
  const zone = checkTimeZone(query.timeZone ?? tenant.timeZone);
  return { zone, range: checkRange(query.range, limits) };
}

/** Throws 422 `grain_not_available` for a range longer than single events are read. */
export function checkRawRange({ fromMs, toMs }: Range, { rangeDaysMax: limit }: RawLimits): void {
  if (toMs - fromMs <= limit * dayMs) return;
  const reason = `This is read from single events, at most ${limit} days of them. Take a shorter range.`;
  throw refuse('grain_not_available', reason, { pointer: '/range', limit });
}

/** What is not in the numbers yet, where something is not. */
export function noticeOfIncomplete(completeUntilMs: number, endMs: number): Notice[] {
  if (completeUntilMs >= endMs) return [];
  const since = new Date(completeUntilMs).toISOString();
  const text = `The range is not complete yet: events since ${since} are still coming in.`;
  return [{ severity: 'info', code: 'period_incomplete', text }];
}

/**
 * Who was first seen before what is kept looks new. Nothing is gone as long as the oldest event that is still counted is
 * younger than what is kept; aggregates know the month of receipt only, and outlive single events.
 */
export async function noticeOfFirstTimes(
  tenantId: string,
  { kept, keptDays, asOfMs }: { readonly kept: string; readonly keptDays: number; readonly asOfMs: number },
  store: Pick<AnalysesStore, 'findOldestReceipt'>,
  signal: AbortSignal,
): Promise<Notice[]> {
  const oldestMs = await store.findOldestReceipt(tenantId, signal);
  if (oldestMs === undefined || oldestMs >= asOfMs - keptDays * dayMs) return [];
  const text = `${kept} are kept for ${keptDays} days from their receipt: who was first seen before that, and has come again, counts as new.`;
  return [{ severity: 'warning', code: 'first_times_cut', text }];
}
