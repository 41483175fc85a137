import type { ReportQueue } from '../../platform/reports.js';
import type { FoundFile, ReportFiles } from './report-files.js';

export interface SweepOptions {
  readonly queue: Pick<ReportQueue, 'expire' | 'forget' | 'findLive'>;
  readonly files: ReportFiles;
  readonly historyDays: number;
}

export interface Swept {
  readonly expired: number;
  readonly forgotten: number;
  /** Files of starts that are over: a crash left them. */
  readonly orphans: number;
}

const askedAtOnce = 500;

/** Removes files whose time is over, reports that ended long ago, and what crashes left behind. Safe to run twice. */
export async function sweepReports({ queue, files, historyDays }: SweepOptions): Promise<Swept> {
  const expired = await untilNone(() => queue.expire(), files);
  const forgotten = await untilNone(() => queue.forget(historyDays), files);
  return { expired, forgotten, orphans: await removeOrphans(queue, files) };
}

async function untilNone(next: () => ReturnType<ReportQueue['expire']>, files: ReportFiles): Promise<number> {
  let count = 0;
  for (let starts = await next(); starts.length > 0; starts = await next()) {
    for (const start of starts) await files.remove(start);
    count += starts.length;
  }
  return count;
}

/** The files are listed first: each of them was begun by a start that the queue knows about by now. */
async function removeOrphans(queue: SweepOptions['queue'], files: ReportFiles): Promise<number> {
  const found = await files.list();
  let count = 0;
  for (let from = 0; from < found.length; from += askedAtOnce) {
    const part = found.slice(from, from + askedAtOnce);
    const live = await queue.findLive(part);
    const orphans = part.filter((file) => !live.has(keyOf(file)));
    for (const orphan of orphans) await orphan.remove();
    count += orphans.length;
  }
  return count;
}

function keyOf({ id, attempt }: FoundFile): string {
  return `${id}.${attempt}`;
}
