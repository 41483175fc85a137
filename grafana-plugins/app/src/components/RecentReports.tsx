import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import type { Report } from '@coditect/contracts';
import type { ReportsClient } from '@coditect/plugins-shared';
import { useCallback, useState } from 'react';
import { testIds } from '../testIds';
import { reasonOf } from './load-source';
import { pageLink } from './page-link';
import { saveReport } from './save-report';
import { StateBadge } from './StateBadge';
import { useLoaded } from './use-loaded';

interface Props {
  reports: ReportsClient;
  sourceUid: string;
  /** Changes when there is something new to show. */
  endedCount: number;
  timeZone: string;
  onLeave: () => void;
}

const shownMax = 4;

/** The last reports of the tenant, to get a file once more. Without the list the export works all the same. */
export function RecentReports({ reports, sourceUid, endedCount, timeZone, onLeave }: Props) {
  const styles = useStyles2(getStyles);
  const [problem, setProblem] = useState<string>();
  // Another function after each export, so that the list is read anew.
  const load = useCallback(
    () => reports.list({ limit: shownMax }).then((page) => ({ ...page, endedCount })),
    [reports, endedCount],
  );
  const { loaded } = useLoaded(load);
  if (loaded.state !== 'done' || loaded.value.reports.length === 0) {
    return null;
  }
  const save = (report: Report) => {
    setProblem(undefined);
    saveReport(reports, report).catch((error: unknown) => setProblem(reasonOf(error)));
  };
  return (
    <section aria-label="Last reports" data-testid={testIds.export.recent} className={styles.section}>
      <div className={styles.heading}>
        <h3 className={styles.title}>Last reports</h3>
        <a href={pageLink({ page: 'reports' }, sourceUid)} onClick={onLeave} className={styles.link}>
          All reports
        </a>
      </div>
      {problem !== undefined && <div role="alert">{problem}</div>}
      <ul className={styles.list}>
        {loaded.value.reports.map((report) => (
          <li key={report.id} className={styles.item}>
            <span className={styles.state}>
              <StateBadge state={report.state} />
            </span>
            <span className={styles.name} title={report.title}>
              {report.title}
            </span>
            <span className={styles.when}>
              {report.format.toUpperCase()},{' '}
              {dateTimeFormat(report.createdAt, { format: 'MMM D, HH:mm', timeZone })}
            </span>
            {report.state === 'done' && (
              <Button
                size="sm"
                variant="secondary"
                fill="text"
                icon="download-alt"
                aria-label={`Download ${report.title}`}
                onClick={() => save(report)}
              />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    section: css({ borderTop: `1px solid ${theme.colors.border.weak}`, paddingTop: theme.spacing(1.5) }),
    heading: css({ display: 'flex', justifyContent: 'space-between', alignItems: 'baseline' }),
    title: css({ fontSize: theme.typography.body.fontSize, margin: 0 }),
    link: css({ color: theme.colors.text.link, fontSize: theme.typography.bodySmall.fontSize }),
    list: css({ listStyle: 'none', margin: theme.spacing(0.5, 0, 0) }),
    item: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1), minHeight: 32 }),
    state: css({ width: 92, flexShrink: 0 }),
    name: css({ flex: 1, minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }),
    when: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  };
}
