import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, Tooltip, useStyles2 } from '@grafana/ui';
import type { Concern } from '../model/quality';
import { testIds } from '../testIds';

/** Why a number is to be taken with care: a word on the gravest reason, all of them when pointed at. */
export function QualityBadge({ concerns, isPlain }: { concerns: readonly Concern[]; isPlain: boolean }) {
  const styles = useStyles2(getStyles);
  const [gravest] = concerns;
  if (gravest === undefined) {
    return null;
  }
  const text = concerns.map((concern) => concern.text).join(' ');
  return (
    <Tooltip content={text} placement="auto">
      <button
        type="button"
        data-testid={testIds.quality}
        className={isPlain ? styles.plain : styles.badge}
        aria-label={text}
      >
        <Icon name="exclamation-triangle" size="xs" aria-hidden />
        {gravest.label}
      </button>
    </Tooltip>
  );
}

function getStyles(theme: GrafanaTheme2) {
  const badge = {
    display: 'inline-flex',
    alignItems: 'center',
    gap: 2,
    flexShrink: 0,
    alignSelf: 'center',
    padding: '0 4px',
    border: 0,
    lineHeight: '16px',
    fontSize: theme.typography.bodySmall.fontSize,
    borderRadius: theme.shape.radius.default,
    cursor: 'help',
  } as const;
  return {
    badge: css({
      ...badge,
      color: theme.colors.warning.text,
      background: theme.colors.warning.transparent,
    }),
    plain: css({ ...badge, color: 'inherit', background: 'none' }),
  };
}
