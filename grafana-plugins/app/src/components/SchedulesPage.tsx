import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import {
  Alert,
  Button,
  ConfirmModal,
  EmptyState,
  LinkButton,
  LoadingPlaceholder,
  useStyles2,
} from '@grafana/ui';
import type { Schedule } from '@coditect/contracts';
import { useCallback, useState } from 'react';
import { testIds } from '../testIds';
import { pageLink } from './page-link';
import { reasonOf, type OpenSource } from './load-source';
import { isEditor } from './role';
import { ScheduleRow } from './ScheduleRow';
import { SourcePage } from './SourcePage';
import { UnreadableSchedules } from './UnreadableSchedules';
import { useLoaded } from './use-loaded';

/** What reports are made by themselves, when, and for whom. */
export function SchedulesPage() {
  return (
    <SourcePage
      subTitle="Reports that are made by themselves and sent by e-mail or to a webhook."
      actions={({ uid }) =>
        isEditor() && (
          <LinkButton icon="plus" href={pageLink({ page: 'newSchedule' }, uid)}>
            New schedule
          </LinkButton>
        )
      }
    >
      {(opened) => <Schedules {...opened} />}
    </SourcePage>
  );
}

function Schedules({ uid, reports: client }: OpenSource) {
  const styles = useStyles2(getStyles);
  const load = useCallback(() => client.schedules(), [client]);
  const { loaded, reload } = useLoaded(load);
  const [problem, setProblem] = useState<string>();
  const [said, setSaid] = useState('');
  const [doomed, setDoomed] = useState<Pick<Schedule, 'id' | 'title'>>();
  /** Grows with each run that was asked for, so that an open history shows it. */
  const [runCount, setRunCount] = useState(0);

  const act = async (work: () => Promise<unknown>, words: string) => {
    setProblem(undefined);
    try {
      await work();
      setSaid(words);
      setRunCount((count) => count + 1);
      reload();
    } catch (error) {
      setProblem(reasonOf(error));
    }
  };
  const remove = async ({ id, title }: Pick<Schedule, 'id' | 'title'>) => {
    setDoomed(undefined);
    await act(() => client.removeSchedule(id), `${title} was deleted`);
  };
  const togglePause = ({ id, title, paused }: Schedule) =>
    paused
      ? act(() => client.resumeSchedule(id), `${title} goes on`)
      : act(() => client.pauseSchedule(id), `${title} is paused`);

  if (loaded.state === 'loading') return <LoadingPlaceholder text="Loading" />;
  if (loaded.state === 'failed') return <NotLoaded reason={loaded.reason} onRetry={reload} />;
  const { schedules, unreadable = [] } = loaded.value;
  return (
    <>
      <div role="status" aria-live="polite" className={styles.said}>
        {said}
      </div>
      {problem !== undefined && (
        <Alert severity="error" title="That did not work" data-testid={testIds.schedules.problem}>
          {problem}
        </Alert>
      )}
      <UnreadableSchedules
        ids={unreadable}
        mayWrite={isEditor()}
        onDelete={(id) => setDoomed({ id, title: `Schedule ${id}` })}
      />
      {schedules.length === 0 && unreadable.length === 0 ? (
        <NoSchedules uid={uid} />
      ) : (
        <ul className={styles.list} aria-label="Schedules" data-testid={testIds.schedules.list}>
          {schedules.map((schedule) => (
            <ScheduleRow
              key={schedule.id}
              schedule={schedule}
              client={client}
              sourceUid={uid}
              runCount={runCount}
              mayWrite={isEditor()}
              onPause={() => void togglePause(schedule)}
              onRun={() => void act(() => client.runSchedule(schedule.id), `${schedule.title} runs now`)}
              onDelete={() => setDoomed(schedule)}
            />
          ))}
        </ul>
      )}
      <ConfirmModal
        isOpen={doomed !== undefined}
        title="Delete this schedule?"
        body={`“${doomed?.title ?? ''}” will not run any more. Reports that it has made stay.`}
        confirmText="Delete"
        onConfirm={() => (doomed === undefined ? undefined : remove(doomed))}
        onDismiss={() => setDoomed(undefined)}
      />
    </>
  );
}

function NotLoaded({ reason, onRetry }: { reason: string; onRetry: () => void }) {
  return (
    <Alert severity="error" title="The schedules could not be read" data-testid={testIds.schedules.problem}>
      <p>{reason}</p>
      <Button size="sm" variant="secondary" onClick={onRetry}>
        Try again
      </Button>
    </Alert>
  );
}

function NoSchedules({ uid }: { uid: string }) {
  return (
    <div data-testid={testIds.schedules.empty}>
      <EmptyState
        variant="call-to-action"
        hideImage
        message="No schedules yet"
        button={
          isEditor() ? (
            <LinkButton icon="plus" size="lg" href={pageLink({ page: 'newSchedule' }, uid)}>
              New schedule
            </LinkButton>
          ) : undefined
        }
      >
        {isEditor()
          ? 'For example: the cost of the previous week, each Monday at 07:00.'
          : 'Somebody with the role Editor can make one.'}
      </EmptyState>
    </div>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    said: css({ minHeight: 22, color: theme.colors.text.secondary }),
    list: css({
      listStyle: 'none',
      margin: 0,
      display: 'flex',
      flexDirection: 'column',
      gap: theme.spacing(1),
    }),
  };
}
