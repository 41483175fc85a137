import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, Spinner, useStyles2 } from '@grafana/ui';
import { testIds } from '../testIds';

interface Props {
  kind: 'loading' | 'error' | 'noData';
  text: string;
}

/** What stands in the place of KPIs. */
export function PanelMessage({ kind, text }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div
      data-testid={testIds[kind]}
      className={styles.message}
      role={kind === 'error' ? 'alert' : 'status'}
      title={text}
    >
      {kind === 'loading' && <Spinner aria-hidden />}
      {kind === 'error' && <Icon name="exclamation-triangle" className={styles.failure} aria-hidden />}
      {kind === 'noData' && <Icon name="info-circle" aria-hidden />}
      <span className={styles.messageText}>{text}</span>
    </div>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    message: css({
      display: 'flex',
      alignItems: 'center',
      justifyContent: 'center',
      gap: 8,
      height: '100%',
      overflow: 'hidden',
      color: theme.colors.text.secondary,
    }),
    failure: css({ color: theme.colors.error.text, flexShrink: 0 }),
    messageText: css({ overflow: 'hidden', maxHeight: '100%', overflowWrap: 'anywhere' }),
  };
}
