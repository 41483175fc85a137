import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import type { PartKind } from '../model/parts';

// All of the panel's styles; colours come from the theme alone.

const ellipsis = { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' } as const;

/** One colour for a kind of seats, wherever it is shown. An excess has a pattern instead. */
export function partColor(kind: PartKind, { visualization, colors }: GrafanaTheme2): string {
  switch (kind) {
    case 'active':
      return visualization.getColorByName('blue');
    case 'recent':
      return visualization.getColorByName('super-light-blue');
    case 'idle':
      return visualization.getColorByName('orange');
    case 'unassigned':
      return colors.border.strong;
    case 'excess':
      return visualization.getColorByName('red');
  }
}

export function getStyles(theme: GrafanaTheme2) {
  const columns = { display: 'grid', flex: 1, minHeight: 0, gap: theme.spacing(2) } as const;
  return {
    panel: css({ display: 'flex', flexDirection: 'column', overflow: 'hidden' }),
    beside: css({ ...columns, gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)' }),
    under: css({ ...columns, gap: theme.spacing(0.5), gridTemplateRows: 'auto minmax(0, 1fr)' }),
    seats: css({ minWidth: 0, minHeight: 0, overflow: 'auto' }),
    remark: css({
      ...ellipsis,
      flexShrink: 0,
      color: theme.colors.warning.text,
      fontSize: theme.typography.bodySmall.fontSize,
    }),
  };
}

export function getNumberStyles(theme: GrafanaTheme2) {
  const small = theme.typography.bodySmall.fontSize;
  return {
    numbers: css({
      display: 'flex',
      flexWrap: 'wrap',
      gap: theme.spacing(0, 2.5),
      margin: 0,
      dt: {
        display: 'flex',
        alignItems: 'center',
        gap: theme.spacing(0.5),
        color: theme.colors.text.secondary,
        fontSize: small,
        fontWeight: theme.typography.fontWeightRegular,
        whiteSpace: 'nowrap',
        lineHeight: 1.3,
      },
      dd: {
        margin: 0,
        fontSize: theme.typography.h4.fontSize,
        fontWeight: theme.typography.fontWeightMedium,
        fontVariantNumeric: 'tabular-nums',
        whiteSpace: 'nowrap',
        lineHeight: 1.4,
      },
    }),
    swatch: css({ width: '0.8em', height: '0.8em', borderRadius: theme.shape.radius.default }),
    unknown: css({ '&&': { fontSize: theme.typography.body.fontSize, color: theme.colors.text.secondary } }),
  };
}

export function getBarStyles(theme: GrafanaTheme2) {
  const { colors, shape, typography, visualization } = theme;
  const part = {
    minWidth: 2,
    height: '100%',
    '&:focus-visible, &:hover': {
      outline: `2px solid ${colors.primary.border}`,
      outlineOffset: 1,
      zIndex: 1,
    },
  } as const;
  const red = visualization.getColorByName('red');
  const excess = `repeating-linear-gradient(135deg, ${red} 0 3px, transparent 3px 7px)`;
  const swatch = { width: '0.8em', height: '0.8em', borderRadius: shape.radius.default } as const;
  return {
    bar: css({
      position: 'relative',
      display: 'flex',
      gap: 1,
      height: '1.3em',
      margin: theme.spacing(0.5, 0.25),
      background: colors.background.secondary,
    }),
    part: css(part),
    // Over the end of the parts that it is made of.
    excess: css({ ...part, position: 'absolute', right: 0, background: excess }),
    swatch: css(swatch),
    excessSwatch: css({ ...swatch, background: excess }),
    legend: css({
      ...ellipsis,
      display: 'flex',
      gap: theme.spacing(2),
      color: colors.text.secondary,
      fontSize: typography.bodySmall.fontSize,
      lineHeight: 1.3,
    }),
    legendItem: css({ display: 'inline-flex', alignItems: 'center', gap: theme.spacing(0.5) }),
  };
}

export function getTrendStyles(theme: GrafanaTheme2) {
  const { colors, visualization, typography } = theme;
  const line = { fill: 'none', strokeWidth: 1.75, strokeLinejoin: 'round', strokeLinecap: 'round' } as const;
  const blue = visualization.getColorByName('blue');
  const lines = { display: 'inline-flex', gap: theme.spacing(1.5), minWidth: 0, overflow: 'hidden' } as const;
  return {
    chart: css({ display: 'block' }),
    grid: css({ stroke: colors.border.weak }),
    area: css({ fill: blue, fillOpacity: 0.12 }),
    purchased: css({ ...line, stroke: colors.text.secondary, strokeDasharray: '2 4' }),
    assigned: css({ ...line, stroke: colors.text.primary, strokeWidth: 1.25 }),
    active: css({ ...line, stroke: blue }),
    cross: css({ stroke: colors.text.secondary, strokeDasharray: '3 3' }),
    text: css({ fill: colors.text.secondary, fontSize: typography.bodySmall.fontSize }),
    strip: css({
      fill: 'transparent',
      outline: 'none',
      '&:focus-visible': { stroke: colors.primary.border, strokeWidth: 2 },
    }),
    legend: css({
      display: 'flex',
      flexWrap: 'wrap',
      justifyContent: 'space-between',
      gap: theme.spacing(0, 1),
      overflow: 'hidden',
      whiteSpace: 'nowrap',
      color: colors.text.secondary,
      fontSize: typography.bodySmall.fontSize,
    }),
    lines: css(lines),
    linesBelow: css({ ...lines, order: 1, flex: '1 0 100%' }),
    legendItem: css({ display: 'inline-flex', alignItems: 'center', gap: theme.spacing(0.5) }),
  };
}

export function getTableStyles(theme: GrafanaTheme2) {
  const { text, success, warning, background, border } = theme.colors;
  return {
    area: css({ minHeight: 0, overflow: 'auto' }),
    table: css({
      width: '100%',
      fontSize: theme.typography.bodySmall.fontSize,
      th: {
        fontWeight: theme.typography.fontWeightRegular,
        textAlign: 'left',
        padding: theme.spacing(0.25, 0.5),
      },
      td: { padding: theme.spacing(0.25, 0.5) },
      'thead th': { position: 'sticky', top: 0, background: background.primary, color: text.secondary },
      'tbody tr': { borderTop: `1px solid ${border.weak}` },
    }),
    number: css({ '&&': { textAlign: 'right' }, fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }),
    meaning: css({ color: text.secondary }),
    good: css({ color: success.text }),
    bad: css({ color: warning.text }),
    neutral: css({ color: text.secondary }),
  };
}
