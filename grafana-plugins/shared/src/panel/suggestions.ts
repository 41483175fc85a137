import { type DataFrame, type PanelDataSummary, VisualizationSuggestionScore } from '@grafana/data';

/** A way of showing what a panel was made for, offered to whoever chooses a visualization. */
export interface Suggestion<Options> {
  name: string;
  description: string;
  options?: Partial<Options>;
}

type Scored<Options> = Suggestion<Options> & { pluginId: string; score: VisualizationSuggestionScore };

/** What Grafana 12.3 hands to a supplier; its types are gone from later versions of the package. */
export interface SuggestionsBuilder<Options> {
  data?: { series: DataFrame[] };
  getListAppender: (defaults: Scored<Options>) => { append: (overrides: Scored<Options>) => void };
}

/** A function as Grafana asks from 12.4 on, and an object as it asked before. */
export interface SuggestionsSupplier<Options> {
  (summary: Pick<PanelDataSummary, 'rawFrames'>): Scored<Options>[];
  getSuggestionsForData: (builder: SuggestionsBuilder<Options>) => void;
}

/**
 * Makes what `PanelPlugin.setSuggestionsSupplier` takes on every Grafana from 12.3 on. Grafana 12.3 keeps whatever it is
 * given and calls its method; later ones want a function, and ignore what is none.
 * @param suggest what to offer for these frames, nothing if they are not the panel's
 */
export function createSuggestionsSupplier<Options>(
  pluginId: string,
  suggest: (frames: readonly DataFrame[]) => Suggestion<Options>[],
): SuggestionsSupplier<Options> {
  const scored = (frames: readonly DataFrame[] = []): Scored<Options>[] =>
    suggest(frames).map((suggestion) => ({
      ...suggestion,
      pluginId,
      score: VisualizationSuggestionScore.Best,
    }));
  const ofSummary = ({ rawFrames }: Pick<PanelDataSummary, 'rawFrames'>) => scored(rawFrames);
  return Object.assign(ofSummary, {
    getSuggestionsForData: (builder: SuggestionsBuilder<Options>) => {
      for (const suggestion of scored(builder.data?.series)) {
        builder.getListAppender(suggestion).append(suggestion);
      }
    },
  });
}
