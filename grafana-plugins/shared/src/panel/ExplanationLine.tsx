import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { Definition } from './Definition';
import type { Explanation } from './explanation';

/** How complete the numbers are, and an icon that explains them. */
export function ExplanationLine({ explanation, testId }: { explanation: Explanation; testId: string }) {
  const styles = useStyles2(getStyles);
  return (
    <div data-testid={testId} className={styles.line}>
      <Definition explanation={explanation} />
      <span className={styles.text}>{explanation.completeness ?? explanation.title}</span>
    </div>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    line: css({
      display: 'flex',
      alignItems: 'center',
      gap: theme.spacing(0.5),
      flexShrink: 0,
      minWidth: 0,
      color: theme.colors.text.secondary,
      fontSize: theme.typography.bodySmall.fontSize,
    }),
    text: css({ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }),
  };
}
