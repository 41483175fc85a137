import { readAnalysisFrameMeta } from '@coditect/plugins-shared';
import { createSuggestionsSupplier, hasRows, type Suggestion } from '@coditect/plugins-shared/panel';
import type { DataFrame } from '@grafana/data';
import { isNamedSeats } from './model/read-seats';
import type { SeatsPanelOptions } from './types';

const analyses = ['seats', 'seat-transitions'];

function suggest(frames: readonly DataFrame[]): Suggestion<SeatsPanelOptions>[] {
  return frames.some(isOfSeats)
    ? [
        {
          name: 'CODITECT Seats',
          description: 'Seats purchased, assigned, active and idle, and what became of them',
        },
      ]
    : [];
}

/** Ours by what it says of itself, and of others by the names of its columns. */
function isOfSeats(frame: DataFrame): boolean {
  const meta = readAnalysisFrameMeta(frame.meta?.custom);
  return hasRows(frame) && (meta ? analyses.includes(meta.analysis) : isNamedSeats(frame));
}

export const suggestionsSupplier = createSuggestionsSupplier<SeatsPanelOptions>(
  'coditect-seats-panel',
  suggest,
);
