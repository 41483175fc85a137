import type { PanelProps } from '@grafana/data';
import { useTheme2 } from '@grafana/ui';
import { useMemo } from 'react';
import type { ViewModelInput } from './view-model-input';

/**
 * Today's options, whenever they were saved, and what to draw of the frames: computed anew only when one of them changes.
 * @param migrateOptions reads saved options of any age; the same function at every drawing
 * @param buildViewModel pure; the same function at every drawing
 */
export function usePanelModel<Options, Model>(
  { data, options: saved, timeZone }: Pick<PanelProps<Options>, 'data' | 'options' | 'timeZone'>,
  migrateOptions: (saved: unknown) => Options,
  buildViewModel: (input: ViewModelInput<Options>) => Model,
): { options: Options; model: Model } {
  const theme = useTheme2();
  const options = useMemo(() => migrateOptions(saved), [saved, migrateOptions]);
  const model = useMemo(
    () => buildViewModel({ frames: data.series, options, theme, timeZone }),
    [data.series, options, theme, timeZone, buildViewModel],
  );
  return { options, model };
}
