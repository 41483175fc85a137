import type { Report, ReportRequestInput } from '@coditect/contracts';
import type { ReportsClient } from '@coditect/plugins-shared';
import {
  useCallback,
  useEffect,
  useRef,
  useState,
  type Dispatch,
  type RefObject,
  type SetStateAction,
} from 'react';
import { followReport, isUnderWay } from '../model/follow-report';
import { createRequestName } from '../model/report-request';
import { reasonOf } from './load-source';
import { saveReport } from './save-report';

export type ExportState =
  | { step: 'choosing' }
  | { step: 'sending' }
  /** `problem` says why it could not be cancelled. */
  | { step: 'following'; report: Report; isCancelling: boolean; problem?: string }
  /** The request was refused, or the report was lost sight of. */
  | { step: 'stopped'; reason: string; report?: Report }
  /** Done, failed, cancelled or expired; `problem` says why the file could not be saved. */
  | { step: 'ended'; report: Report; problem?: string };

export interface Export {
  state: ExportState;
  start: (prepare: () => Promise<ReportRequestInput>) => void;
  /** Once more what failed: the same request, or the same report. */
  again: () => void;
  cancel: () => void;
  save: () => void;
  /** Back to the form. */
  reset: () => void;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const requestName = () => createRequestName((bytes) => crypto.getRandomValues(bytes));

/**
 * One export at a time: sends the request, follows the report and saves its file. It goes on at the service when the
 * dialogue is closed.
 */
export function useExport(reports: ReportsClient, onEnded: () => void): Export {
  const [state, setState] = useState<ExportState>({ step: 'choosing' });
  const run = useRef(0);
  const request = useRef<{ name: string; prepare: () => Promise<ReportRequestInput> }>(undefined);
  useEffect(
    () => () => {
      run.current += 1;
    },
    [],
  );

  const { follow, end } = useFollowing(reports, run, setState, onEnded);

  const send = useCallback(() => {
    const wanted = request.current;
    if (wanted === undefined) return;
    setState({ step: 'sending' });
    void follow(async () => reports.create(await wanted.prepare(), wanted.name));
  }, [follow, reports]);

  return {
    state,
    start: (prepare) => {
      request.current = { name: requestName(), prepare };
      send();
    },
    again: () => {
      if (state.step === 'ended') {
        setState({ step: 'sending' });
        void follow(() => reports.retry(state.report.id));
      } else if (state.step === 'stopped' && state.report !== undefined) {
        const { report } = state;
        void follow(() => reports.find(report.id), report);
      } else {
        send();
      }
    },
    cancel: () => {
      if (state.step !== 'following') return;
      setState({ ...state, isCancelling: true });
      void cancelReport(reports, state.report.id, setState).then((report) => {
        // The service may have been quicker; then the following tells how it ended.
        if (report === undefined || isUnderWay(report)) return;
        run.current += 1;
        void end(report);
      });
    },
    save: () => {
      if (state.step === 'ended') void end(state.report);
    },
    reset: () => {
      run.current += 1;
      setState({ step: 'choosing' });
    },
  };
}

type SetState = Dispatch<SetStateAction<ExportState>>;

/** Resolves with nothing when it could not be cancelled, which then stands beside its progress. */
function cancelReport(reports: ReportsClient, id: string, setState: SetState): Promise<Report | undefined> {
  return reports.cancel(id).catch((error: unknown) => {
    setState((now) =>
      now.step === 'following' ? { ...now, isCancelling: false, problem: reasonOf(error) } : now,
    );
    return undefined;
  });
}

/** @param run counts the exports: what belongs to an earlier one changes nothing any more */
function useFollowing(
  reports: ReportsClient,
  run: RefObject<number>,
  setState: SetState,
  onEnded: () => void,
) {
  const end = useCallback(
    async (report: Report) => {
      setState({ step: 'ended', report });
      onEnded();
      if (report.state !== 'done') return;
      try {
        await saveReport(reports, report);
      } catch (error) {
        setState({ step: 'ended', report, problem: reasonOf(error) });
      }
    },
    [reports, setState, onEnded],
  );

  const follow = useCallback(
    async (begin: () => Promise<Report>, known?: Report) => {
      run.current += 1;
      const current = run.current;
      const isGivenUp = () => run.current !== current;
      let report = known;
      const onChange = (seen: Report) => {
        report = seen;
        if (!isGivenUp()) setState({ step: 'following', report: seen, isCancelling: false });
      };
      try {
        const started = await begin();
        onChange(started);
        const last = await followReport(started, { find: reports.find, wait: pause, isGivenUp, onChange });
        if (!isGivenUp()) await end(last);
      } catch (error) {
        if (!isGivenUp()) setState({ step: 'stopped', reason: reasonOf(error), ...(report && { report }) });
      }
    },
    [reports, run, setState, end],
  );

  return { follow, end };
}
