import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, Tooltip, useStyles2 } from '@grafana/ui';
import type { Explanation } from './explanation';

/** How complete the numbers are, and an icon that explains them to the mouse and to the keyboard. */
export function ExplanationLine({ explanation, testId }: { explanation: Explanation; testId: string }) {
  const styles = useStyles2(getStyles);
  return (
    <div data-testid={testId} className={styles.line}>
      <Tooltip content={<ExplanationText explanation={explanation} />} placement="auto" interactive>
        <button type="button" className={styles.button} aria-label={`What is ${explanation.title}?`}>
          <Icon name="info-circle" size="sm" aria-hidden />
        </button>
      </Tooltip>
      <span className={styles.text}>{explanation.completeness ?? explanation.title}</span>
    </div>
  );
}

function ExplanationText({ explanation }: { explanation: Explanation }) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.content}>
      <strong>{explanation.title}</strong>
      <p>{explanation.definition}</p>
      <dl>
        {explanation.lines.map(({ label, text }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
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
    button: css({
      display: 'inline-flex',
      flexShrink: 0,
      padding: 0,
      border: 0,
      background: 'none',
      color: 'inherit',
      cursor: 'help',
      '&:hover, &:focus-visible': { color: theme.colors.text.primary },
    }),
    text: css({ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }),
    content: css({
      maxWidth: '40ch',
      p: { margin: theme.spacing(0.5, 0) },
      dl: { margin: 0, fontSize: theme.typography.bodySmall.fontSize },
      'dl > div': { display: 'flex', gap: theme.spacing(1) },
      dt: { flex: '0 0 14ch', fontWeight: theme.typography.fontWeightRegular, opacity: 0.8 },
      dd: { margin: 0, overflowWrap: 'anywhere' },
    }),
  };
}
