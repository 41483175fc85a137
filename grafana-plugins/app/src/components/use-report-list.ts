import type { Report } from '@coditect/contracts';
import type { ReportsClient } from '@coditect/plugins-shared';
import { useCallback, useEffect, useState } from 'react';
import { isUnderWay } from '../model/follow-report';
import { mergeReports } from '../model/merge-reports';
import { reasonOf } from './load-source';

const pageSize = 25;

/** Milliseconds between two looks while some report is under way. */
const lookMs = 2_500;

export interface ReportListState {
  reports: Report[];
  /** `undefined` before the first answer, `null` at the end of the list. */
  next: string | null | undefined;
  problem: string | undefined;
  isBusy: boolean;
}

export interface ReportListActions {
  refresh: () => Promise<void>;
  showOlder: () => Promise<void>;
  /** Does something with a report, then shows what it has become. Resolves with whether it worked. */
  change: (work: () => Promise<Report | undefined>, removedId?: string) => Promise<boolean>;
}

const start: ReportListState = { reports: [], next: undefined, problem: undefined, isBusy: true };

/** The reports of a tenant, newest first, page after page, kept up to date while some are under way. */
export function useReportList(client: ReportsClient): ReportListState & ReportListActions {
  const [state, setState] = useState(start);
  const load = useCallback(
    async (before?: string) => {
      try {
        const page = await client.list({ limit: pageSize, ...(before !== undefined && { before }) });
        setState((now) => ({
          reports: mergeReports(now.reports, page.reports, before === undefined),
          // The newest page is no news about where the list ends, except at the start.
          next: before !== undefined || now.next === undefined ? page.next : now.next,
          problem: undefined,
          isBusy: false,
        }));
      } catch (error) {
        setState((now) => ({ ...now, problem: reasonOf(error), isBusy: false }));
      }
    },
    [client],
  );
  useEffect(() => void load(), [load]);
  const isWaiting = state.reports.some(isUnderWay);
  useEffect(() => {
    if (!isWaiting) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) void load();
    }, lookMs);
    return () => clearInterval(timer);
  }, [isWaiting, load]);

  const begin = () => setState((now) => ({ ...now, isBusy: true }));
  return {
    ...state,
    refresh: async () => {
      begin();
      await load();
    },
    showOlder: async () => {
      begin();
      await load(state.next ?? undefined);
    },
    change: async (work, removedId) => {
      try {
        const changed = await work();
        setState((now) => ({
          ...now,
          problem: undefined,
          reports: mergeReports(now.reports, changed ? [changed] : [], false).filter(
            ({ id }) => id !== removedId,
          ),
        }));
        return true;
      } catch (error) {
        setState((now) => ({ ...now, problem: reasonOf(error) }));
        return false;
      }
    },
  };
}
