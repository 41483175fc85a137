import { css } from '@emotion/css';
import { dateTimeFormat, dateTimeFormatTimeAgo, type GrafanaTheme2 } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import type { Report } from '@coditect/contracts';
import { isUnderWay } from '../model/follow-report';
import { describeEnd, describeFile, describeProgress } from '../model/report-words';
import { testIds } from '../testIds';
import { ProgressLine } from './ProgressLine';
import { StateBadge } from './StateBadge';

interface Props {
  report: Report;
  mayDelete: boolean;
  onSave: () => void;
  onCancel: () => void;
  onRetry: () => void;
  onDelete: () => void;
}

/** One report and what can be done with it. */
export function ReportRow({ report, ...actions }: Props) {
  const styles = useStyles2(getStyles);
  const end = describeEnd(report);
  const facts = [
    report.format.toUpperCase(),
    report.content === 'frames' ? 'as shown' : 'full data',
    report.scheduleId === null ? undefined : 'by schedule',
    describeFile(report) || undefined,
    report.state === 'done' && report.expiresAt !== null
      ? `kept until ${dateTimeFormat(report.expiresAt, { format: 'MMM D' })}`
      : undefined,
  ].filter((fact) => fact !== undefined);
  return (
    <li className={styles.row} data-testid={testIds.reports.item} aria-label={report.title}>
      <div className={styles.state}>
        <StateBadge state={report.state} />
      </div>
      <div className={styles.text}>
        <div className={styles.title}>{report.title}</div>
        <div className={styles.facts}>
          <time dateTime={report.createdAt} title={dateTimeFormat(report.createdAt)}>
            {dateTimeFormatTimeAgo(report.createdAt)}
          </time>
          {facts.map((fact) => ` · ${fact}`).join('')}
        </div>
        {isUnderWay(report) && (
          <div className={styles.progress}>
            <ProgressLine progress={report.progress} label={`Progress of ${report.title}`} />
            <span>{describeProgress(report)}</span>
          </div>
        )}
        {end !== '' && (
          <div
            className={report.state === 'failed' ? styles.failure : styles.facts}
            data-testid={testIds.reports.failure}
          >
            {end}
          </div>
        )}
      </div>
      <div className={styles.actions}>
        <RowActions report={report} {...actions} />
      </div>
    </li>
  );
}

function RowActions({ report, mayDelete, onSave, onCancel, onRetry, onDelete }: Props) {
  const { title, state } = report;
  const isRunning = isUnderWay(report);
  const mayRetry = state === 'failed' || state === 'cancelled' || state === 'expired';
  return (
    <>
      {state === 'done' && (
        <Button
          size="sm"
          variant="secondary"
          icon="download-alt"
          aria-label={`Download ${title}`}
          onClick={onSave}
        >
          Download
        </Button>
      )}
      {mayRetry && (
        <Button
          size="sm"
          variant="secondary"
          icon="repeat"
          aria-label={`Try ${title} again`}
          onClick={onRetry}
        >
          Try again
        </Button>
      )}
      {isRunning && (
        <Button size="sm" variant="secondary" icon="times" aria-label={`Cancel ${title}`} onClick={onCancel}>
          Cancel
        </Button>
      )}
      {mayDelete && !isRunning && (
        <Button
          size="sm"
          variant="destructive"
          fill="text"
          icon="trash-alt"
          aria-label={`Delete ${title}`}
          tooltip="Delete"
          onClick={onDelete}
        />
      )}
    </>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    row: css({
      display: 'flex',
      flexWrap: 'wrap',
      alignItems: 'center',
      gap: theme.spacing(1, 2),
      padding: theme.spacing(1.25, 2),
      background: theme.colors.background.secondary,
      borderRadius: theme.shape.radius.default,
    }),
    state: css({ width: 96, flexShrink: 0 }),
    text: css({ flex: '1 1 240px', minWidth: 0 }),
    title: css({
      fontWeight: theme.typography.fontWeightMedium,
      overflow: 'hidden',
      textOverflow: 'ellipsis',
      whiteSpace: 'nowrap',
    }),
    facts: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
    failure: css({ color: theme.colors.error.text, overflowWrap: 'anywhere' }),
    progress: css({
      display: 'grid',
      gridTemplateColumns: 'minmax(80px, 240px) auto',
      alignItems: 'center',
      gap: theme.spacing(1),
      marginTop: theme.spacing(0.5),
      fontSize: theme.typography.bodySmall.fontSize,
    }),
    actions: css({ display: 'flex', gap: theme.spacing(0.5), marginLeft: 'auto' }),
  };
}
