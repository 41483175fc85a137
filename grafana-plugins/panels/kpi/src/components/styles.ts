import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';

const ellipsis = { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' } as const;

/** All of the panel's styles; colours come from the theme alone. */
export function getStyles(theme: GrafanaTheme2) {
  const { text, success, error } = theme.colors;
  const item = {
    display: 'flex',
    minWidth: 0,
    minHeight: 0,
    gap: 4,
    overflow: 'hidden',
    borderRadius: theme.shape.radius.default,
  } as const;
  const footer = {
    ...ellipsis,
    height: 20,
    lineHeight: '20px',
    color: text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  } as const;
  const tone = (color: string) =>
    css({ color, display: 'inline-flex', alignItems: 'center', gap: 2, flexShrink: 0 });
  return {
    panel: css({ display: 'flex', flexDirection: 'column', overflow: 'hidden' }),
    grid: css({ display: 'grid', flex: 1, minHeight: 0 }),
    more: css({
      ...ellipsis,
      height: 20,
      color: text.secondary,
      fontSize: theme.typography.bodySmall.fontSize,
    }),
    item: css(item),
    framedItem: css({ ...item, background: theme.colors.background.secondary }),
    texts: css({
      display: 'flex',
      flexDirection: 'column',
      flex: '1 1 auto',
      minWidth: 0,
      justifyContent: 'center',
    }),
    lineTexts: css({ display: 'flex', flex: '1 1 auto', minWidth: 0, alignItems: 'center', gap: 8 }),
    lineTitle: css({ display: 'flex', flex: '1 1 auto', minWidth: 0, alignItems: 'center', gap: 4 }),
    titleRow: css({ display: 'flex', alignItems: 'center', gap: 4, height: 20, flexShrink: 0 }),
    title: css({ ...ellipsis, fontWeight: theme.typography.fontWeightMedium }),
    valueRow: css({ display: 'flex', alignItems: 'center', gap: 4, minWidth: 0, lineHeight: 1.2 }),
    status: css({ display: 'inline-flex', flexShrink: 0 }),
    value: css({
      ...ellipsis,
      lineHeight: 1.2,
      fontWeight: theme.typography.fontWeightMedium,
      fontVariantNumeric: 'tabular-nums',
    }),
    affix: css({ fontSize: '0.7em', whiteSpace: 'pre' }),
    line: css({
      ...ellipsis,
      display: 'flex',
      alignItems: 'center',
      gap: 4,
      height: 20,
      flexShrink: 0,
      fontSize: theme.typography.bodySmall.fontSize,
    }),
    good: tone(success.text),
    bad: tone(error.text),
    neutral: tone(text.secondary),
    plain: tone('inherit'),
    secondary: css({ ...ellipsis, color: text.secondary }),
    footer: css(footer),
    footerOnColor: css({ ...footer, color: 'inherit' }),
    track: css({
      position: 'relative',
      height: 6,
      marginTop: 4,
      borderRadius: 3,
      overflow: 'hidden',
      background: theme.colors.action.disabledBackground,
    }),
    paceMark: css({ position: 'absolute', top: 0, width: 2, height: '100%', background: text.primary }),
    bar: css({ '&&': { display: 'block' }, height: '100%', borderRadius: 3, background: 'currentColor' }),
    sparkline: css({ display: 'block', flexShrink: 0 }),
    previousLine: css({ stroke: text.secondary, strokeOpacity: 0.8 }),
  };
}
