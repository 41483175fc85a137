import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import {
  Alert,
  Button,
  Combobox,
  ConfirmModal,
  EmptyState,
  LoadingPlaceholder,
  useStyles2,
} from '@grafana/ui';
import type { Report, ReportState } from '@coditect/contracts';
import type { ReportsClient } from '@coditect/plugins-shared';
import { useRef, useState } from 'react';
import { states, stateWords } from '../model/report-words';
import { testIds } from '../testIds';
import type { OpenSource } from './load-source';
import { ReportRow } from './ReportRow';
import { isEditor } from './role';
import { saveReport } from './save-report';
import { SpokenLabel } from './SpokenLabel';
import { SourcePage } from './SourcePage';
import { useReportList, type ReportListState } from './use-report-list';

/** Every report of the tenant: what became of it, its file, and why it failed. */
export function ReportsPage() {
  return (
    <SourcePage subTitle="Files that were exported from panels or made by a schedule. They are kept for some days.">
      {(opened) => <Reports {...opened} />}
    </SourcePage>
  );
}

type Filter = ReportState | 'all';

function Reports({ reports }: OpenSource) {
  const styles = useStyles2(getStyles);
  const [filter, setFilter] = useState<Filter>('all');
  return (
    <>
      <div className={styles.controls}>
        <SpokenLabel id="coditect-reports-state-label" text="State" />
        <Combobox<Filter>
          aria-labelledby="coditect-reports-state-label"
          id="coditect-reports-state"
          width={24}
          options={[
            { value: 'all', label: 'All states' },
            ...states.map((value) => ({ value, label: stateWords[value].text })),
          ]}
          value={filter}
          onChange={({ value }) => setFilter(value)}
        />
      </div>
      <FilteredReports key={filter} client={reports} filter={filter} onShowAll={() => setFilter('all')} />
    </>
  );
}

interface FilteredProps {
  client: ReportsClient;
  filter: Filter;
  onShowAll: () => void;
}

function FilteredReports({ client, filter, onShowAll }: FilteredProps) {
  const styles = useStyles2(getStyles);
  const list = useReportList(client, filter === 'all' ? undefined : filter);
  const [doomed, setDoomed] = useState<Report>();
  const [spoken, setSpoken] = useState('');
  const heading = useRef<HTMLDivElement>(null);

  const remove = async ({ id, title }: Report) => {
    setDoomed(undefined);
    const isGone = await list.change(() => client.remove(id).then(() => undefined), id);
    setSpoken(isGone ? `${title} was deleted` : '');
    // The row that had the focus is gone.
    heading.current?.focus();
  };

  return (
    <div ref={heading} tabIndex={-1} className={styles.page} role="region" aria-label="Reports">
      <div role="status" aria-live="polite" className={styles.spoken} data-testid={testIds.reports.status}>
        {spoken}
      </div>
      {list.problem !== undefined && (
        <Alert severity="error" title="That did not work" data-testid={testIds.reports.problem}>
          {list.problem}
        </Alert>
      )}
      <ul className={styles.list} data-testid={testIds.reports.list} aria-label="Reports, the newest first">
        {list.reports.map((report) => (
          <ReportRow
            key={report.id}
            report={report}
            mayDelete={isEditor()}
            onSave={() => void list.change(() => saveReport(client, report).then(() => undefined))}
            onCancel={() => void list.change(() => client.cancel(report.id))}
            onRetry={() => void list.change(() => client.retry(report.id))}
            onDelete={() => setDoomed(report)}
          />
        ))}
      </ul>
      {list.reports.length === 0 && <NoReports list={list} filter={filter} onShowAll={onShowAll} />}
      {typeof list.next === 'string' && (
        <Button
          className={styles.older}
          variant="secondary"
          fill="outline"
          disabled={list.isBusy}
          onClick={() => void list.showOlder()}
        >
          Show older reports
        </Button>
      )}
      <ConfirmModal
        isOpen={doomed !== undefined}
        title="Delete this report?"
        body={`“${doomed?.title ?? ''}” and its file are removed for everybody.`}
        confirmText="Delete"
        onConfirm={() => (doomed === undefined ? undefined : remove(doomed))}
        onDismiss={() => setDoomed(undefined)}
      />
    </div>
  );
}

interface NoReportsProps {
  list: ReportListState;
  filter: Filter;
  onShowAll: () => void;
}

function NoReports({ list, filter, onShowAll }: NoReportsProps) {
  if (list.next === undefined) {
    return list.problem === undefined ? <LoadingPlaceholder text="Loading" /> : null;
  }
  if (filter !== 'all') {
    return (
      <EmptyState
        variant="not-found"
        message={`No report is in the state “${stateWords[filter].text}”`}
        button={<Button onClick={onShowAll}>Show all states</Button>}
      />
    );
  }
  return (
    <div data-testid={testIds.reports.empty}>
      <EmptyState variant="call-to-action" hideImage message="No reports yet">
        Open the menu of a panel on a dashboard and choose Extensions, Export report. Schedules make them by
        themselves.
      </EmptyState>
    </div>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    page: css({
      display: 'flex',
      flexDirection: 'column',
      gap: theme.spacing(2),
      alignItems: 'stretch',
      '&:focus': { outline: 'none' },
    }),
    spoken: css({ position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)' }),
    older: css({ alignSelf: 'center' }),
    controls: css({ marginBottom: theme.spacing(2) }),
    list: css({
      listStyle: 'none',
      margin: 0,
      display: 'flex',
      flexDirection: 'column',
      gap: theme.spacing(1),
    }),
  };
}
