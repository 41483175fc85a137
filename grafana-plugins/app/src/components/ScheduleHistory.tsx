import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { Badge, Button, Icon, LoadingPlaceholder, useStyles2 } from '@grafana/ui';
import type { ScheduleRun } from '@coditect/contracts';
import type { ReportsClient } from '@coditect/plugins-shared';
import { useCallback, useState } from 'react';
import { testIds } from '../testIds';
import { reasonOf } from './load-source';
import { saveReport } from './save-report';
import { StateBadge } from './StateBadge';
import { useLoaded } from './use-loaded';

interface Props {
  client: ReportsClient;
  scheduleId: string;
  /** Changes when there is a new run. */
  runCount: number;
}

/** The runs of a schedule, and what became of each delivery. */
export function ScheduleHistory({ client, scheduleId, runCount }: Props) {
  const styles = useStyles2(getStyles);
  const load = useCallback(
    () => client.scheduleRuns(scheduleId).then((runs) => ({ runs, runCount })),
    [client, scheduleId, runCount],
  );
  const { loaded, reload } = useLoaded(load);
  if (loaded.state === 'loading') return <LoadingPlaceholder text="Loading" />;
  return (
    <div className={styles.history} data-testid={testIds.schedules.history}>
      {loaded.state === 'failed' ? (
        <div role="alert">{loaded.reason}</div>
      ) : (
        <ul className={styles.list} aria-label="Runs, the newest first">
          {loaded.value.runs.length === 0 && <li>It has not run yet.</li>}
          {loaded.value.runs.map((run) => (
            <RunItem key={run.id} run={run} client={client} />
          ))}
        </ul>
      )}
      <Button size="sm" variant="secondary" fill="text" icon="sync" onClick={reload}>
        Refresh
      </Button>
    </div>
  );
}

function RunItem({ run, client }: { run: ScheduleRun; client: ReportsClient }) {
  const styles = useStyles2(getStyles);
  const [problem, setProblem] = useState<string>();
  const save = async (reportId: string) => {
    setProblem(undefined);
    try {
      await saveReport(client, await client.find(reportId));
    } catch (error) {
      setProblem(reasonOf(error));
    }
  };
  const { reportId, state, dueAt, isTest, deliveries } = run;
  return (
    <li className={styles.run}>
      <span className={styles.when}>{dateTimeFormat(dueAt, { format: 'YYYY-MM-DD HH:mm' })}</span>
      <StateBadge state={state} />
      {isTest && <Badge text="By hand" color="purple" />}
      {reportId !== null && state === 'done' && (
        <Button
          size="sm"
          variant="secondary"
          fill="text"
          icon="download-alt"
          aria-label={`Download the report of ${dueAt}`}
          onClick={() => void save(reportId)}
        />
      )}
      {reasonIn(run) !== undefined && <span className={styles.reason}>{reasonIn(run)}</span>}
      {problem !== undefined && <span role="alert">{problem}</span>}
      <ul className={styles.deliveries}>
        {deliveries.map((delivery) => (
          <li key={`${delivery.kind} ${delivery.target}`}>
            <Icon name={delivery.kind === 'email' ? 'envelope' : 'link'} aria-hidden /> {delivery.target}:{' '}
            {deliveryWords[delivery.state]}
            {delivery.attempts > 1 && ` after ${delivery.attempts} attempts`}
            {delivery.reason !== null && `. ${delivery.reason}`}
          </li>
        ))}
      </ul>
    </li>
  );
}

/** Why there is no report, or what is to be known of it. */
function reasonIn(run: object): string | undefined {
  return 'reason' in run && typeof run.reason === 'string' ? run.reason : undefined;
}

const deliveryWords: Readonly<Record<ScheduleRun['deliveries'][number]['state'], string>> = {
  waiting: 'waiting',
  delivered: 'delivered',
  failed: 'failed',
};

function getStyles(theme: GrafanaTheme2) {
  return {
    history: css({ borderTop: `1px solid ${theme.colors.border.weak}`, margin: theme.spacing(1, 0, 0) }),
    list: css({ listStyle: 'none', margin: theme.spacing(1, 0) }),
    run: css({
      display: 'flex',
      flexWrap: 'wrap',
      alignItems: 'center',
      gap: theme.spacing(0.5, 1),
      minHeight: 32,
    }),
    reason: css({ color: theme.colors.text.secondary }),
    when: css({ fontVariantNumeric: 'tabular-nums' }),
    deliveries: css({
      listStyle: 'none',
      margin: 0,
      color: theme.colors.text.secondary,
      fontSize: theme.typography.bodySmall.fontSize,
      overflowWrap: 'anywhere',
    }),
  };
}
