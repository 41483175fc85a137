import type { Report } from '@coditect/contracts';

/**
 * Puts what was read now into what is shown: newer states replace older ones, and the order stays the newest first.
 *
 * @param isNewest whether `read` is the newest page: what is newer than its last report and not in it was deleted
 */
export function mergeReports(shown: readonly Report[], read: readonly Report[], isNewest: boolean): Report[] {
  const oldestRead = read.at(-1)?.createdAt;
  const isStillThere = ({ createdAt, id }: Report): boolean =>
    !isNewest ||
    (oldestRead !== undefined && createdAt < oldestRead) ||
    read.some((report) => report.id === id);
  const byId = new Map(shown.filter(isStillThere).map((report) => [report.id, report]));
  for (const report of read) {
    byId.set(report.id, report);
  }
  return [...byId.values()].sort((left, right) => right.createdAt.localeCompare(left.createdAt));
}
