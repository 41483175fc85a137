import {
  colorManipulator,
  FieldType,
  getDisplayProcessor,
  getFieldColorMode,
  type FieldConfig,
  type GrafanaTheme2,
} from '@grafana/data';

export interface CellColor {
  background: string;
  /** Black or white, whichever is easier to read on it: never under 4.5 to 1. */
  ink: string;
}

/** Colours of shares from 0 to `max`: by a colour scheme, or as shades of one colour on the panel's background. */
export function shadesOf(
  color: FieldConfig['color'],
  max: number,
  theme: GrafanaTheme2,
): (share: number) => CellColor {
  const mode = getFieldColorMode(color?.mode);
  const config = { ...(color && { color }), min: 0, max };
  const display = getDisplayProcessor({ field: { type: FieldType.number, config }, theme });
  const base = theme.visualization.getColorByName(
    color?.mode === 'fixed' ? (color.fixedColor ?? 'blue') : 'blue',
  );
  return (share) => {
    const place = max > 0 ? Math.min(Math.max(share / max, 0), 1) : 0;
    const background = mode.isByValue
      ? (display(Math.min(share, max)).color ?? base)
      : mix(theme.colors.background.primary, base, place);
    return { background, ink: inkOn(background) };
  };
}

function inkOn(background: string): string {
  const onto = (ink: string) => colorManipulator.getContrastRatio(ink, background);
  return onto('#ffffff') >= onto('#000000') ? '#ffffff' : '#000000';
}

/** Opaque, so that the contrast of a text on it is known. */
function mix(from: string, to: string, share: number): string {
  const [a, b] = [channelsOf(from), channelsOf(to)];
  const parts = a.map((channel, index) => Math.round(channel * (1 - share) + (b[index] ?? channel) * share));
  return `rgb(${parts.join(', ')})`;
}

function channelsOf(color: string): number[] {
  const hex = colorManipulator.asHexString(color);
  return [1, 3, 5].map((start) => Number.parseInt(hex.slice(start, start + 2), 16));
}
