import type { Report, ReportState } from '@coditect/contracts';
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

/** The reports of a tenant, of one state or of all, newest first, page after page, kept up to date while some are under way. */
export function useReportList(
  client: ReportsClient,
  state: ReportState | undefined,
): ReportListState & ReportListActions {
  const [list, setList] = useState(start);
  const load = useCallback(
    async (before?: string) => {
      try {
        const page = await client.list({
          limit: pageSize,
          ...(before !== undefined && { before }),
          ...(state && { state }),
        });
        setList((now) => ({
          reports: mergeReports(now.reports, page.reports, before === undefined),
          // The newest page is no news about where the list ends, except at the start.
          next: before !== undefined || now.next === undefined ? page.next : now.next,
          problem: undefined,
          isBusy: false,
        }));
      } catch (error) {
        setList((now) => ({ ...now, problem: reasonOf(error), isBusy: false }));
      }
    },
    [client, state],
  );
  useEffect(() => void load(), [load]);
  const isWaiting = list.reports.some(isUnderWay);
  useEffect(() => {
    if (!isWaiting) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) void load();
    }, lookMs);
    return () => clearInterval(timer);
  }, [isWaiting, load]);

  const begin = () => setList((now) => ({ ...now, isBusy: true }));
  return {
    ...list,
    refresh: async () => {
      begin();
      await load();
    },
    showOlder: async () => {
      begin();
      await load(list.next ?? undefined);
    },
    change: async (work, removedId) => {
      try {
        const changed = await work();
        setList((now) => ({
          ...now,
          problem: undefined,
          reports: mergeReports(now.reports, changed ? [changed] : [], false).filter(
            ({ id }) => id !== removedId,
          ),
        }));
        return true;
      } catch (error) {
        setList((now) => ({ ...now, problem: reasonOf(error) }));
        return false;
      }
    },
  };
}
