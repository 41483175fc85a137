import { css } from '@emotion/css';
import { LoadingState, type GrafanaTheme2, type PanelData } from '@grafana/data';
import { Icon, Spinner, useStyles2 } from '@grafana/ui';
import type { ShapeProblem } from './columns';

interface Props {
  data: Pick<PanelData, 'state' | 'errors'>;
  /** Why the frames can't be drawn; `undefined` when there is nothing in them. */
  problem: ShapeProblem | undefined;
  /** What is wrong when fields are missing, such as "This is no funnel". */
  subject: string;
  /** What the panel's standard option says where there is no value. */
  noDataText?: string | undefined;
  testIds: { loading: string; error: string; noData: string; wrongShape: string };
}

/** Stands in the place of a panel that has nothing to draw: still on its way, failed, empty, or not what it can read. */
export function PanelMessage({ data, problem, subject, noDataText, testIds }: Props) {
  const [failure] = data.errors ?? [];
  if (data.state === LoadingState.Loading || data.state === LoadingState.NotStarted) {
    return <Message kind="loading" testId={testIds.loading} text="Loading" />;
  }
  if (failure || data.state === LoadingState.Error) {
    const text = failure?.message ?? failure?.data?.message ?? 'The query failed.';
    return <Message kind="error" testId={testIds.error} text={text} />;
  }
  if (problem) {
    return <WrongShape problem={problem} subject={subject} testId={testIds.wrongShape} />;
  }
  return <Message kind="noData" testId={testIds.noData} text={noDataText ?? 'No data'} />;
}

function Message({
  kind,
  text,
  testId,
}: {
  kind: 'loading' | 'error' | 'noData';
  text: string;
  testId: string;
}) {
  const styles = useStyles2(getStyles);
  return (
    <div
      data-testid={testId}
      className={styles.message}
      role={kind === 'error' ? 'alert' : 'status'}
      title={text}
    >
      {kind === 'loading' && <Spinner aria-hidden />}
      {kind === 'error' && <Icon name="exclamation-triangle" className={styles.failure} aria-hidden />}
      {kind === 'noData' && <Icon name="info-circle" aria-hidden />}
      <span className={styles.text}>{text}</span>
    </div>
  );
}

function WrongShape({
  problem,
  subject,
  testId,
}: {
  problem: ShapeProblem;
  subject: string;
  testId: string;
}) {
  const styles = useStyles2(getStyles);
  return (
    // Longer than a small panel: the keyboard has to be able to scroll it.
    <div data-testid={testId} className={styles.shape} role="group" aria-label="What is missing" tabIndex={0}>
      <p className={styles.lead}>
        <Icon name="exclamation-triangle" className={styles.warning} aria-hidden /> {subject}: fields are
        missing.
      </p>
      <ul className={styles.list}>
        {problem.expected.map(({ name, types, meaning, isNeeded, isFound }) => (
          <li key={name} className={isNeeded && !isFound ? styles.missing : styles.other}>
            <Icon name={isFound ? 'check' : 'times'} size="sm" aria-label={isFound ? 'found' : 'not found'} />{' '}
            <code>{name}</code> ({types}
            {isNeeded ? '' : ', optional'}): {meaning}
          </li>
        ))}
      </ul>
      {problem.found.map((line, index) => (
        // Frames have no names of their own, and the list never changes its order.
        <p key={index} className={styles.other}>
          Found: {line}
        </p>
      ))}
    </div>
  );
}

function getStyles(theme: GrafanaTheme2) {
  const { text, error, warning } = theme.colors;
  return {
    message: css({
      display: 'flex',
      alignItems: 'center',
      justifyContent: 'center',
      gap: theme.spacing(1),
      height: '100%',
      overflow: 'hidden',
      color: text.secondary,
    }),
    failure: css({ color: error.text, flexShrink: 0 }),
    warning: css({ color: warning.text }),
    text: css({ overflow: 'hidden', maxHeight: '100%', overflowWrap: 'anywhere' }),
    shape: css({ height: '100%', overflow: 'auto', overflowWrap: 'anywhere' }),
    lead: css({ margin: 0, fontWeight: theme.typography.fontWeightMedium }),
    list: css({ listStyle: 'none', margin: theme.spacing(0.5, 0) }),
    missing: css({ color: text.primary, fontWeight: theme.typography.fontWeightMedium }),
    other: css({ color: text.secondary, margin: 0 }),
  };
}
