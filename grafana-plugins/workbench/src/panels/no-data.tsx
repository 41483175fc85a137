import { LoadingState, type GrafanaTheme2 } from '@grafana/data';
import type { PanelDataErrorViewProps } from '@grafana/runtime';
import { useStyles2 } from '@grafana/ui';
import { css } from '@emotion/css';

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    width: '100%',
    height: '100%',
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'center',
    textAlign: 'center',
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
});

/** What a panel shows when the data does not suit it. */
export function NoDataView({ message, data, fieldConfig }: PanelDataErrorViewProps) {
  const styles = useStyles2(getStyles);
  const isWaiting = data.state === LoadingState.Loading || data.state === LoadingState.NotStarted;
  return (
    <div className={styles.box}>
      {isWaiting ? 'Loading' : (message ?? fieldConfig?.defaults.noValue ?? 'No data')}
    </div>
  );
}
