import { getActiveThreshold, ThresholdsMode, type FieldConfig } from '@grafana/data';

/** The threshold that a value has crossed, told by an icon and a word as well as by colour. */
export interface ThresholdStatus {
  icon: 'check-circle' | 'exclamation-triangle' | 'exclamation-circle' | 'info-circle';
  label: string;
}

/**
 * @param percent where the value lies between the field's min and max, 0 to 1; for thresholds given in percent
 * @returns `undefined` while the value is in the lowest step of thresholds that mark nothing
 */
export function computeStatus(
  value: number | null,
  percent: number | undefined,
  config: FieldConfig,
): ThresholdStatus | undefined {
  const steps = config.thresholds?.steps ?? [];
  const isByThreshold = config.color?.mode === undefined || config.color.mode === 'thresholds';
  if (value === null || steps.length < 2 || !isByThreshold) {
    return undefined;
  }
  const compared = config.thresholds?.mode === ThresholdsMode.Percentage ? (percent ?? 0) * 100 : value;
  const active = getActiveThreshold(compared, steps);
  const level = steps.indexOf(active) + 1;
  const meaning = meanings.find(({ colors }) => colors.some((color) => active.color.includes(color)));
  return {
    icon: meaning?.icon ?? 'info-circle',
    label: `${meaning?.word ?? 'threshold'}, level ${level} of ${steps.length}`,
  };
}

/** What people take Grafana's named colours for; a colour of one's own means no more than "a threshold". */
const meanings = [
  { colors: ['red'], icon: 'exclamation-circle', word: 'critical' },
  { colors: ['orange', 'yellow'], icon: 'exclamation-triangle', word: 'warning' },
  { colors: ['green'], icon: 'check-circle', word: 'good' },
] as const;
