import { css } from '@emotion/css';
import { dateTimeFormat, dateTimeFormatTimeAgo, type GrafanaTheme2 } from '@grafana/data';
import { Badge, Button, LinkButton, useStyles2 } from '@grafana/ui';
import type { Schedule } from '@coditect/contracts';
import type { ReportsClient } from '@coditect/plugins-shared';
import { useId, useState } from 'react';
import { describeRhythm, periodWords } from '../model/schedule-form';
import { testIds } from '../testIds';
import { pageLink } from './page-link';
import { ScheduleHistory } from './ScheduleHistory';

interface Props {
  schedule: Schedule;
  client: ReportsClient;
  sourceUid: string;
  runCount: number;
  mayWrite: boolean;
  onPause: () => void;
  onRun: () => void;
  onDelete: () => void;
}

/** One schedule: when it runs, what it makes, and on demand what became of its runs. */
export function ScheduleRow(props: Props) {
  const { schedule, client, runCount } = props;
  const styles = useStyles2(getStyles);
  const [isOpen, setOpen] = useState(false);
  const historyId = useId();
  const { title, format, period, paused, nextRunAt, lastRunAt } = schedule;
  const times = [
    paused || nextRunAt === null ? 'No next run' : `Next ${dateTimeFormat(nextRunAt, nextFormat)}`,
    lastRunAt === null ? 'has not run yet' : `last ${dateTimeFormatTimeAgo(lastRunAt)}`,
  ];
  return (
    <li className={styles.row} aria-label={title} data-testid={testIds.schedules.item}>
      <div className={styles.line}>
        <div className={styles.text}>
          <div className={styles.title}>
            {title} {paused && <Badge text="Paused" color="orange" icon="pause" />}
          </div>
          <div>{describeRhythm(schedule)}</div>
          <div className={styles.facts}>
            {format.toUpperCase()} · {periodWords[period]} · {describeTargets(schedule)} · {times.join(', ')}
          </div>
        </div>
        <div className={styles.actions}>
          <Button
            size="sm"
            variant="secondary"
            fill="text"
            icon={isOpen ? 'angle-down' : 'angle-right'}
            aria-expanded={isOpen}
            aria-controls={historyId}
            onClick={() => setOpen(!isOpen)}
          >
            History
          </Button>
          {props.mayWrite && <WriterActions {...props} />}
        </div>
      </div>
      <div id={historyId} hidden={!isOpen}>
        {isOpen && <ScheduleHistory client={client} scheduleId={schedule.id} runCount={runCount} />}
      </div>
    </li>
  );
}

const nextFormat = { format: 'ddd, MMM D, HH:mm' };

function WriterActions({ schedule, sourceUid, onPause, onRun, onDelete }: Props) {
  const { id, title, paused } = schedule;
  return (
    <>
      <Button size="sm" variant="secondary" icon="play" aria-label={`Run ${title} now`} onClick={onRun}>
        Run now
      </Button>
      <Button
        size="sm"
        variant="secondary"
        icon={paused ? 'play' : 'pause'}
        aria-label={`${paused ? 'Resume' : 'Pause'} ${title}`}
        onClick={onPause}
      >
        {paused ? 'Resume' : 'Pause'}
      </Button>
      <LinkButton
        size="sm"
        variant="secondary"
        icon="pen"
        aria-label={`Edit ${title}`}
        href={pageLink({ page: 'schedule', id }, sourceUid)}
      >
        Edit
      </LinkButton>
      <Button
        size="sm"
        variant="destructive"
        fill="text"
        icon="trash-alt"
        tooltip="Delete"
        aria-label={`Delete ${title}`}
        onClick={onDelete}
      />
    </>
  );
}

function describeTargets({ deliveries }: Schedule): string {
  const emails = deliveries.flatMap((delivery) => (delivery.kind === 'email' ? delivery.to : []));
  const hooks = deliveries.filter(({ kind }) => kind === 'webhook').length;
  const parts = [
    ...(emails.length > 1 ? [`${emails.length} recipients`] : emails),
    ...(hooks > 0 ? [hooks === 1 ? 'a webhook' : `${hooks} webhooks`] : []),
  ];
  return parts.length === 0 ? 'kept here, sent to nobody' : `to ${parts.join(' and ')}`;
}

function getStyles(theme: GrafanaTheme2) {
  return {
    row: css({
      padding: theme.spacing(1.25, 2),
      background: theme.colors.background.secondary,
      borderRadius: theme.shape.radius.default,
    }),
    line: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(1, 2) }),
    text: css({ flex: '1 1 280px', minWidth: 0, overflowWrap: 'anywhere' }),
    title: css({
      display: 'flex',
      alignItems: 'center',
      gap: theme.spacing(1),
      fontWeight: theme.typography.fontWeightMedium,
    }),
    facts: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
    actions: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(0.5), marginLeft: 'auto' }),
  };
}
