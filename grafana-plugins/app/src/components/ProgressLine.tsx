import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';

interface Props {
  /** 0 to 1. */
  progress: number;
  label: string;
}

/** How far a report has come. */
export function ProgressLine({ progress, label }: Props) {
  const styles = useStyles2(getStyles);
  const percent = Math.round(Math.min(Math.max(progress, 0), 1) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className={styles.track}
    >
      <div className={styles.bar} style={{ width: `${percent}%` }} />
    </div>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    track: css({
      height: 6,
      borderRadius: 3,
      overflow: 'hidden',
      background: theme.colors.action.disabledBackground,
    }),
    bar: css({
      height: '100%',
      minWidth: 6,
      background: theme.colors.primary.main,
      [theme.transitions.handleMotion('no-preference')]: { transition: 'width 0.3s' },
    }),
  };
}
