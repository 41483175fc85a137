import { getActiveThreshold, ThresholdsMode, type GrafanaTheme2, type ThresholdsConfig } from '@grafana/data';
import type { ColorBy } from '../types';

interface BarColor {
  by: ColorBy;
  /** What the field's own colour options say. */
  shown: string | undefined;
  conversion: number | null;
  thresholds: ThresholdsConfig | undefined;
}

/** The colour of a bar. Groups are told apart by colour, steps aren't: they are one measure. */
export function colorOf(position: number, groupCount: number, theme: GrafanaTheme2, bar?: BarColor): string {
  const { visualization } = theme;
  const name =
    groupCount > 1 ? (visualization.palette[position % visualization.palette.length] ?? 'blue') : 'blue';
  const own = visualization.getColorByName(name);
  switch (bar?.by) {
    case 'field':
      return bar.shown ?? own;
    case 'thresholds':
      return byThreshold(bar, theme) ?? own;
    case 'palette':
    case undefined:
      return own;
  }
}

/** Thresholds in percent mean percent of the start; absolute ones a share from 0 to 1, as the unit of a ratio has it. */
function byThreshold({ conversion, thresholds }: BarColor, theme: GrafanaTheme2): string | undefined {
  if (conversion === null || !thresholds || thresholds.steps.length === 0) {
    return undefined;
  }
  const compared = thresholds.mode === ThresholdsMode.Percentage ? conversion * 100 : conversion;
  return theme.visualization.getColorByName(getActiveThreshold(compared, thresholds.steps).color);
}
