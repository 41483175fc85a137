import type { ActiveUsersRequest } from '../../storage/metric-reads.js';
import type { PiecedUsersRequest } from '../../storage/timescale/queries/active-users.js';
import type { RollupState } from '../../storage/timescale/queries/rollup-state.js';
import { notKept, openRangesOf, rolledOf } from './rolled-range.js';
import { intersect, overlaps } from './time-ranges.js';

const dayMs = 86_400_000;

export type UserDaysChoice = Pick<PiecedUsersRequest, 'storedDays' | 'landedDays'>;

/**
 * Where each local day of a question about users is read: from the days of users when that day is rolled up in this
 * zone and counts whole, else from landing. Throws 422 `grain_not_available`.
 */
export function chooseUserDays(
  request: Pick<ActiveUsersRequest, 'localDays' | 'firstLocalDay' | 'dayStartsMs' | 'startMs' | 'endMs'>,
  state: RollupState,
): UserDaysChoice {
  const open = openRangesOf(state);
  const rolled = rolledOf(state, open);
  const storedDays: { localDay: number; date: string }[] = [];
  const landedDays: { localDay: number; fromMs: number; toMs: number }[] = [];
  for (let localDay = 0; localDay < request.localDays; localDay += 1) {
    const day = request.firstLocalDay + localDay;
    const beginMs = request.dayStartsMs[localDay] ?? 0;
    const endMs = request.dayStartsMs[localDay + 1] ?? beginMs;
    const fromMs = Math.max(beginMs, request.startMs ?? beginMs);
    const toMs = Math.min(endMs, request.endMs);
    if (fromMs >= toMs) continue;
    const isStored =
      rolled !== undefined &&
      fromMs === beginMs &&
      toMs === endMs &&
      day >= rolled.zoneSinceDay &&
      rolled.zone.startOfLocalDay(day) === beginMs &&
      rolled.zone.startOfLocalDay(day + 1) === endMs &&
      !overlaps(rolled.open, fromMs, endMs);
    if (isStored) {
      storedDays.push({ localDay, date: new Date(day * dayMs).toISOString().slice(0, 10) });
      const late = intersect(open.inDropped, [{ fromMs, toMs }]);
      landedDays.push(...late.map((range) => ({ localDay, ...range })));
    } else if (overlaps(open.dropped, fromMs, toMs)) {
      throw notKept(open.dropped, []);
    } else {
      landedDays.push({ localDay, fromMs, toMs });
    }
  }
  return { storedDays, landedDays };
}
