import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';

// All of the panel's styles; colours come from the theme alone.

const ellipsis = { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' } as const;

export function getStyles(theme: GrafanaTheme2) {
  const small = theme.typography.bodySmall.fontSize;
  return {
    panel: css({ display: 'flex', flexDirection: 'column', overflow: 'hidden', position: 'relative' }),
    tableArea: css({ flex: 1, minHeight: 0, overflow: 'auto' }),
    curveArea: css({ flex: 1, minHeight: 0, overflow: 'hidden' }),
    remark: css({ ...ellipsis, flexShrink: 0, color: theme.colors.text.secondary, fontSize: small }),
    footer: css({
      display: 'flex',
      flexWrap: 'wrap',
      justifyContent: 'space-between',
      gap: theme.spacing(0, 2),
      flexShrink: 0,
      paddingTop: theme.spacing(0.5),
    }),
  };
}

export function getTableStyles(theme: GrafanaTheme2) {
  const { background, text, primary, border } = theme.colors;
  const gap = `1px solid ${background.primary}`;
  const small = { fontSize: theme.typography.bodySmall.fontSize } as const;
  // Opaque, because the cells scroll behind them.
  const fixed = {
    position: 'sticky',
    background: background.primary,
    border: gap,
    whiteSpace: 'nowrap',
  } as const;
  const head = {
    ...fixed,
    ...small,
    top: 0,
    zIndex: 2,
    padding: theme.spacing(0.25, 0.5),
    color: text.secondary,
    fontWeight: theme.typography.fontWeightRegular,
    textAlign: 'center',
  } as const;
  const label = {
    ...fixed,
    ...small,
    left: 0,
    zIndex: 1,
    padding: theme.spacing(0.25, 1, 0.25, 0),
    fontWeight: theme.typography.fontWeightRegular,
    textAlign: 'left',
  } as const;
  const size = {
    ...small,
    border: gap,
    padding: theme.spacing(0.25, 1, 0.25, 0.5),
    color: text.secondary,
    textAlign: 'right',
    fontVariantNumeric: 'tabular-nums',
  } as const;
  const cell = {
    ...small,
    minWidth: '3em',
    padding: theme.spacing(0.25),
    border: gap,
    textAlign: 'center',
    whiteSpace: 'nowrap',
    fontVariantNumeric: 'tabular-nums',
    '&:focus-visible, &:hover': { outline: `2px solid ${primary.border}`, outlineOffset: -2 },
  } as const;
  // The mean stays in sight under the cohorts that scroll.
  const foot = { position: 'sticky', bottom: 0, borderTop: `2px solid ${border.medium}` } as const;
  return {
    table: css({ width: '100%', borderCollapse: 'separate', borderSpacing: 0 }),
    corner: css({ ...head, left: 0, zIndex: 3, textAlign: 'left', paddingLeft: 0 }),
    head: css(head),
    row: css({ '&:hover > th': { color: text.maxContrast } }),
    label: css(label),
    meanLabel: css({ ...label, ...foot, zIndex: 3, fontWeight: theme.typography.fontWeightMedium }),
    size: css(size),
    meanSize: css({ ...size, ...foot, zIndex: 2, background: background.primary }),
    cell: css(cell),
    meanCell: css({ ...cell, ...foot, zIndex: 2, fontWeight: theme.typography.fontWeightMedium }),
    open: css({ ...cell, background: hatchingOf(theme) }),
  };
}

export function getCurveStyles(theme: GrafanaTheme2) {
  return {
    chart: css({ height: '100%', minHeight: 0, overflow: 'hidden', svg: { display: 'block' } }),
    axis: css({
      line: { stroke: theme.colors.border.weak },
      text: { fill: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize },
    }),
    mark: css({
      fill: 'transparent',
      outline: 'none',
      '&:hover, &:focus-visible': { fill: theme.colors.text.primary, fillOpacity: 0.35 },
      '&:focus-visible': { stroke: theme.colors.primary.border, strokeWidth: 2 },
    }),
  };
}

export function getLegendStyles(theme: GrafanaTheme2) {
  const blue = theme.visualization.getColorByName('blue');
  return {
    legend: css({
      display: 'flex',
      flexWrap: 'wrap',
      gap: theme.spacing(0, 2),
      color: theme.colors.text.secondary,
      fontSize: theme.typography.bodySmall.fontSize,
    }),
    item: css({ display: 'inline-flex', alignItems: 'center', gap: theme.spacing(0.5) }),
    scale: css({ width: '6em', height: '0.8em', borderRadius: theme.shape.radius.default }),
    hatched: css({ width: '1.4em', height: '0.9em', background: hatchingOf(theme) }),
    line: css({ width: '1.6em', borderTop: `2px solid ${blue}` }),
    dashes: css({ width: '1.6em', borderTop: `3px dashed ${theme.colors.text.primary}` }),
  };
}

function hatchingOf({ colors }: GrafanaTheme2): string {
  const line = colors.border.strong;
  return `repeating-linear-gradient(135deg, ${line} 0 1px, transparent 1px 6px)`;
}
