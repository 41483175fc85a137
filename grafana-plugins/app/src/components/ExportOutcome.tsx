import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, Button, Spinner, useStyles2 } from '@grafana/ui';
import type { Report } from '@coditect/contracts';
import { useEffect, useRef, type ReactNode } from 'react';
import { describeEnd, describeFile, describeProgress, stateWords } from '../model/report-words';
import { testIds } from '../testIds';
import { ProgressLine } from './ProgressLine';
import type { Export } from './use-export';

interface Props {
  exporting: Export;
  title: string;
  onDismiss: () => void;
}

/** What becomes of an export. What changes is spoken; focus moves here with the form gone. */
export function ExportOutcome({ exporting, title, onDismiss }: Props) {
  const styles = useStyles2(getStyles);
  const box = useRef<HTMLDivElement>(null);
  const { state } = exporting;
  useEffect(() => {
    box.current?.focus();
  }, []);
  return (
    <div ref={box} tabIndex={-1} className={styles.box} aria-label={`Export of ${title}`} role="group">
      <div role="status" aria-live="polite" data-testid={testIds.export.status} className={styles.status}>
        <StatusLine exporting={exporting} title={title} />
      </div>
      {state.step === 'following' && (
        <ProgressLine progress={state.report.progress} label={`Progress of ${title}`} />
      )}
      {state.step === 'following' && state.problem !== undefined && (
        <Failure title="It could not be cancelled" text={state.problem} />
      )}
      {state.step === 'stopped' && (
        <Failure
          title={state.report === undefined ? 'The report was not made' : 'The report is out of sight'}
          text={state.reason}
        />
      )}
      {state.step === 'ended' && <EndNotes report={state.report} problem={state.problem} />}
      <div className={styles.buttons}>
        <OutcomeButtons exporting={exporting} onDismiss={onDismiss} />
      </div>
    </div>
  );
}

function StatusLine({ exporting: { state }, title }: Pick<Props, 'exporting' | 'title'>): ReactNode {
  switch (state.step) {
    case 'choosing':
    case 'stopped':
      return null;
    case 'sending':
      return (
        <>
          <Spinner inline aria-hidden /> Sending
        </>
      );
    case 'following':
      return (
        <>
          <Spinner inline aria-hidden /> {stateWords[state.report.state].text}:{' '}
          {describeProgress(state.report)}
        </>
      );
    case 'ended':
      return state.report.state === 'done'
        ? `${state.report.file?.name ?? title} is done: ${describeFile(state.report)}`
        : stateWords[state.report.state].text;
  }
}

function EndNotes({ report, problem }: { report: Report; problem: string | undefined }) {
  const styles = useStyles2(getStyles);
  return (
    <>
      {report.state === 'failed' && <Failure title="The report failed" text={describeEnd(report)} />}
      {problem !== undefined && <Failure title="The file could not be saved" text={problem} />}
      {report.notices.map(({ code, text }) => (
        <div key={code + text} className={styles.notice}>
          {text}
        </div>
      ))}
    </>
  );
}

function Failure({ title, text }: { title: string; text: string }) {
  return (
    <Alert title={title} severity="error" bottomSpacing={0} data-testid={testIds.export.failure}>
      {text}
    </Alert>
  );
}

function OutcomeButtons({ exporting, onDismiss }: Pick<Props, 'exporting' | 'onDismiss'>) {
  const { state, again, cancel, save, reset } = exporting;
  if (state.step === 'sending' || state.step === 'choosing') {
    return null;
  }
  if (state.step === 'following') {
    return (
      <>
        <Button variant="secondary" fill="text" onClick={onDismiss}>
          Close, it goes on
        </Button>
        <Button
          variant="destructive"
          fill="outline"
          icon="times"
          disabled={state.isCancelling}
          onClick={cancel}
        >
          {state.isCancelling ? 'Cancelling' : 'Cancel report'}
        </Button>
      </>
    );
  }
  const isDone = state.step === 'ended' && state.report.state === 'done';
  return (
    <>
      <Button variant="secondary" fill="text" onClick={reset}>
        {isDone ? 'Export another' : 'Change it'}
      </Button>
      {isDone ? (
        <Button variant="secondary" icon="download-alt" onClick={save}>
          Download again
        </Button>
      ) : (
        <Button variant="primary" icon="repeat" onClick={again}>
          Try again
        </Button>
      )}
      <Button variant={isDone ? 'primary' : 'secondary'} onClick={onDismiss}>
        Close
      </Button>
    </>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    box: css({
      display: 'flex',
      flexDirection: 'column',
      gap: theme.spacing(1.5),
      '&:focus-visible': { outline: 'none' },
    }),
    status: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1), minHeight: 24 }),
    notice: css({ color: theme.colors.text.secondary }),
    buttons: css({ display: 'flex', justifyContent: 'flex-end', gap: theme.spacing(1), flexWrap: 'wrap' }),
  };
}
