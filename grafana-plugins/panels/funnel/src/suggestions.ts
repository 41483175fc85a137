import { readAnalysisFrameMeta } from '@coditect/plugins-shared';
import { createSuggestionsSupplier, hasRows, type Suggestion } from '@coditect/plugins-shared/panel';
import type { DataFrame } from '@grafana/data';
import { isNamedFunnel } from './model/read-funnel';
import type { FunnelPanelOptions } from './types';

function suggest(frames: readonly DataFrame[]): Suggestion<FunnelPanelOptions>[] {
  if (!frames.some(isFunnel)) {
    return [];
  }
  return [
    {
      name: 'CODITECT Funnel',
      description: 'Users of each step, where they were lost and how long it took them',
    },
    {
      name: 'CODITECT Funnel, as rows',
      description: 'A row for each step',
      options: { layout: 'horizontal' },
    },
  ];
}

/** Ours by what it says of itself, and of others by the names of its columns. */
function isFunnel(frame: DataFrame): boolean {
  const meta = readAnalysisFrameMeta(frame.meta?.custom);
  return hasRows(frame) && (meta ? meta.analysis === 'funnel' : isNamedFunnel(frame));
}

export const suggestionsSupplier = createSuggestionsSupplier<FunnelPanelOptions>(
  'coditect-funnel-panel',
  suggest,
);
