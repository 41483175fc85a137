import { getPanelDataSummary, type DataFrame, type PanelPlugin } from '@grafana/data';
import { analysisFrameKind } from '../analysis-frame-meta';

/** The names under which a panel suggests itself for these frames. */
export function suggestedNames<Options>(
  plugin: PanelPlugin<Options>,
  frames: DataFrame[],
): string[] | undefined {
  return plugin.getSuggestions(getPanelDataSummary(frames))?.map(({ name }) => name);
}

/** As our data source answers an analysis, not as another one would with the same columns. */
export function answerOf(analysis: string, frame: DataFrame): DataFrame {
  return { ...frame, meta: { custom: { kind: analysisFrameKind, analysis } } };
}
