import type { Report } from '@coditect/contracts';

/** Milliseconds between two looks at a report: quick at first, since most are done at once. */
const firstWaitMs = 400;
const waitMaxMs = 5_000;
const waitFactor = 1.5;

/** So many looks in a row may fail before it is given up. */
const failuresMax = 5;

export interface FollowDeps {
  find: (id: string) => Promise<Report>;
  /** Resolves after the time; at once when the following is given up. */
  wait: (ms: number) => Promise<void>;
  isGivenUp: () => boolean;
  onChange: (report: Report) => void;
}

/** Whether a report is still to change by itself. */
export function isUnderWay({ state }: Pick<Report, 'state'>): boolean {
  return state === 'queued' || state === 'running';
}

/**
 * Looks at a report until it is under way no more. A look that fails is repeated; the last of too many rejects.
 * Resolves with what was seen last.
 */
export async function followReport(start: Report, deps: FollowDeps): Promise<Report> {
  let report = start;
  let waitMs = firstWaitMs;
  let failures = 0;
  while (isUnderWay(report)) {
    await deps.wait(waitMs);
    if (deps.isGivenUp()) {
      return report;
    }
    waitMs = Math.min(waitMs * waitFactor, waitMaxMs);
    try {
      report = await deps.find(report.id);
      failures = 0;
      deps.onChange(report);
    } catch (error) {
      failures += 1;
      if (failures >= failuresMax) {
        throw error;
      }
    }
  }
  return report;
}
