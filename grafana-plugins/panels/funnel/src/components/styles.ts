import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';

// All of the panel's styles; colours come from the theme alone.

const ellipsis = { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' } as const;
const dim = { opacity: 0.3 } as const;

export function getStyles(theme: GrafanaTheme2) {
  const small = theme.typography.bodySmall.fontSize;
  const { text, warning } = theme.colors;
  return {
    panel: css({ display: 'flex', flexDirection: 'column', overflow: 'hidden', position: 'relative' }),
    chart: css({ flex: 1, minHeight: 0, overflow: 'auto', position: 'relative' }),
    remark: css({ ...ellipsis, flexShrink: 0, color: text.secondary, fontSize: small }),
    secondary: css({ color: text.secondary, fontWeight: theme.typography.fontWeightRegular }),
    worst: css({ color: warning.text, fontSize: small, lineHeight: 1.25 }),
    valueLine: css({ ...ellipsis, display: 'inline-flex', gap: '1ch', fontVariantNumeric: 'tabular-nums' }),
    valueStack: css({
      display: 'flex',
      flexDirection: 'column',
      alignItems: 'center',
      lineHeight: 1.25,
      whiteSpace: 'nowrap',
      fontVariantNumeric: 'tabular-nums',
    }),
  };
}

/** Bars that stand. */
export function getBarStyles(theme: GrafanaTheme2) {
  const small = theme.typography.bodySmall.fontSize;
  const radius = theme.shape.radius.default;
  const slot = {
    ...focusOf(theme),
    flex: '1 1 0',
    minWidth: 0,
    height: '100%',
    display: 'flex',
    flexDirection: 'column',
    borderRadius: radius,
  } as const;
  const column = {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    lineHeight: 1.25,
  } as const;
  return {
    bars: css({
      display: 'grid',
      gridTemplateRows: 'auto minmax(24px, 1fr) auto',
      height: '100%',
      minHeight: 84,
      // Room for the outline of a focused bar.
      padding: 3,
      gap: theme.spacing(0.5, 0),
    }),
    label: css({ ...column, gridRow: 1, justifyContent: 'flex-end', minWidth: 0, textAlign: 'center' }),
    name: css({
      display: '-webkit-box',
      WebkitLineClamp: 2,
      WebkitBoxOrient: 'vertical',
      overflow: 'hidden',
      maxWidth: '100%',
      overflowWrap: 'anywhere',
    }),
    area: css({ gridRow: 2, display: 'flex', gap: 2, minHeight: 0 }),
    slot: css(slot),
    dimSlot: css({ ...slot, ...dim }),
    track: css({
      flex: 1,
      minHeight: 0,
      display: 'flex',
      flexDirection: 'column',
      justifyContent: 'flex-end',
      background: theme.colors.background.secondary,
      borderRadius: radius,
    }),
    standing: css({ minHeight: 1, borderRadius: radius, flexShrink: 0 }),
    text: css({ ...column, gridRow: 3, minWidth: 0 }),
    between: css({
      gridRow: 2,
      position: 'relative',
      display: 'flex',
      flexDirection: 'column',
      justifyContent: 'flex-end',
      paddingBottom: theme.spacing(0.5),
      minHeight: 0,
      minWidth: 0,
    }),
    slope: css({ position: 'absolute', inset: 0, width: '100%', height: '100%' }),
    loss: css({ ...column, position: 'relative', fontSize: small, whiteSpace: 'nowrap' }),
  };
}

/** Bars that lie. */
export function getRowStyles(theme: GrafanaTheme2) {
  const radius = theme.shape.radius.default;
  const line = {
    ...focusOf(theme),
    display: 'grid',
    alignItems: 'center',
    gap: theme.spacing(1),
    padding: '1px 0',
    borderRadius: radius,
  } as const;
  const row = { display: 'grid', alignItems: 'center', gap: theme.spacing(0, 1) } as const;
  return {
    rows: css({
      display: 'flex',
      flexDirection: 'column',
      justifyContent: 'space-evenly',
      minHeight: '100%',
      padding: 3,
    }),
    row: css({ ...row, gridTemplateColumns: 'minmax(0, 26%) minmax(0, 1fr)' }),
    narrowRow: css({ ...row, gridTemplateColumns: 'minmax(0, 1fr)' }),
    name: css(ellipsis),
    line: css(line),
    dimLine: css({ ...line, ...dim }),
    track: css({ height: '1.3em', background: theme.colors.background.secondary, borderRadius: radius }),
    lying: css({ minWidth: 1, height: '100%', borderRadius: radius }),
    loss: css({
      display: 'flex',
      alignItems: 'center',
      gap: theme.spacing(1),
      minWidth: 0,
      color: theme.colors.text.secondary,
      fontSize: theme.typography.bodySmall.fontSize,
      whiteSpace: 'nowrap',
    }),
  };
}

export function getLegendStyles(theme: GrafanaTheme2) {
  const item = {
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    minWidth: 0,
    maxWidth: '100%',
    padding: 0,
    border: 0,
    background: 'none',
    color: theme.colors.text.primary,
    fontSize: theme.typography.bodySmall.fontSize,
    '&[aria-pressed="true"]': { textDecoration: 'underline' },
  } as const;
  return {
    legend: css({
      display: 'flex',
      flexWrap: 'wrap',
      gap: theme.spacing(0, 2),
      flexShrink: 0,
      maxHeight: '30%',
      overflow: 'auto',
    }),
    item: css(item),
    dimItem: css({ ...item, opacity: 0.5 }),
    name: css(ellipsis),
    swatch: css({
      flexShrink: 0,
      width: '1em',
      height: '0.6em',
      borderRadius: theme.shape.radius.default,
    }),
  };
}

function focusOf({ colors }: GrafanaTheme2) {
  return { '&:focus-visible': { outline: `2px solid ${colors.primary.border}`, outlineOffset: 1 } } as const;
}
