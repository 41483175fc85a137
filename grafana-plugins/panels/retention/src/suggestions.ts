import { readAnalysisFrameMeta } from '@coditect/plugins-shared';
import { createSuggestionsSupplier, hasRows, type Suggestion } from '@coditect/plugins-shared/panel';
import type { DataFrame } from '@grafana/data';
import { isNamedRetention } from './model/read-cohorts';
import type { RetentionPanelOptions } from './types';

function suggest(frames: readonly DataFrame[]): Suggestion<RetentionPanelOptions>[] {
  if (!frames.some(isRetention)) {
    return [];
  }
  return [
    { name: 'CODITECT Retention', description: 'A heatmap with a row for each cohort' },
    {
      name: 'CODITECT Retention, as curves',
      description: 'A line for each cohort, and their mean',
      options: { view: 'curve' },
    },
  ];
}

/** Ours by what it says of itself, and of others by the names of its columns. */
function isRetention(frame: DataFrame): boolean {
  const meta = readAnalysisFrameMeta(frame.meta?.custom);
  return hasRows(frame) && (meta ? meta.analysis === 'retention' : isNamedRetention(frame));
}

export const suggestionsSupplier = createSuggestionsSupplier<RetentionPanelOptions>(
  'coditect-retention-panel',
  suggest,
);
