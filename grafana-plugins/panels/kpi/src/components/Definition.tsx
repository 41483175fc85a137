import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, Tooltip, useStyles2 } from '@grafana/ui';
import type { Explanation } from '../model/explain';
import { testIds } from '../testIds';

/** An icon that explains the number, to the mouse and to the keyboard. */
export function Definition({ explanation }: { explanation: Explanation }) {
  const styles = useStyles2(getStyles);
  return (
    <Tooltip content={<DefinitionText explanation={explanation} />} placement="auto" interactive>
      <button
        type="button"
        data-testid={testIds.definitionButton}
        className={styles.definitionButton}
        aria-label={`What is ${explanation.title}?`}
      >
        <Icon name="info-circle" size="sm" aria-hidden />
      </button>
    </Tooltip>
  );
}

function DefinitionText({ explanation }: { explanation: Explanation }) {
  const styles = useStyles2(getStyles);
  return (
    <div data-testid={testIds.definition} className={styles.definition}>
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
    definitionButton: css({
      display: 'inline-flex',
      flexShrink: 0,
      alignSelf: 'center',
      padding: 0,
      border: 0,
      background: 'none',
      color: 'inherit',
      opacity: 0.65,
      cursor: 'help',
      '&:hover, &:focus-visible': { opacity: 1 },
    }),
    definition: css({
      maxWidth: 320,
      p: { margin: theme.spacing(0.5, 0) },
      dl: { margin: 0, fontSize: theme.typography.bodySmall.fontSize },
      'dl > div': { display: 'flex', gap: 8 },
      dt: { flex: '0 0 92px', fontWeight: theme.typography.fontWeightRegular, opacity: 0.8 },
      dd: { margin: 0, overflowWrap: 'anywhere' },
    }),
  };
}
