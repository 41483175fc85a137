import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, Tooltip, useStyles2 } from '@grafana/ui';
import type { Explanation } from './explanation';

interface Props {
  explanation: Pick<Explanation, 'title' | 'definition' | 'lines'>;
  testIds?: { definitionButton: string; definition: string };
}

/** An icon that explains the numbers, to the mouse and to the keyboard. */
export function Definition({ explanation, testIds }: Props) {
  const styles = useStyles2(getStyles);
  const text = (
    <div data-testid={testIds?.definition} className={styles.content}>
      <strong>{explanation.title}</strong>
      <p>{explanation.definition}</p>
      <dl>
        {explanation.lines.map(({ label, text: said }, index) => (
          // Several lines may have one label, and the list never changes its order.
          <div key={index}>
            <dt>{label}</dt>
            <dd>{said}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
  return (
    <Tooltip content={text} placement="auto" interactive>
      <button
        type="button"
        data-testid={testIds?.definitionButton}
        className={styles.button}
        aria-label={`What is ${explanation.title}?`}
      >
        <Icon name="info-circle" size="sm" aria-hidden />
      </button>
    </Tooltip>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    button: css({
      display: 'inline-flex',
      flexShrink: 0,
      alignSelf: 'center',
      padding: 0,
      border: 0,
      background: 'none',
      // On a coloured ground too, which knows no secondary colour.
      color: 'inherit',
      opacity: 0.75,
      cursor: 'help',
      '&:hover, &:focus-visible': { opacity: 1 },
    }),
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
