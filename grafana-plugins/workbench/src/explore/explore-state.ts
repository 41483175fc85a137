import { z } from 'zod';

const querySchema = z.looseObject({ refId: z.string().default('A') });

const paneSchema = z.looseObject({
  datasource: z.string().nullish(),
  queries: z.array(querySchema).default([]),
  range: z.object({ from: z.coerce.string(), to: z.coerce.string() }).default({ from: 'now-1h', to: 'now' }),
});

/** What the address of the Explore page says. */
export interface ExploreState {
  /** Uid or name; without it the default data source. */
  datasource: string | undefined;
  queries: Array<z.infer<typeof querySchema>>;
  range: { from: string; to: string };
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

/** An address may hold milliseconds, a time range wants a date or something relative. */
function toTime(text: string): string {
  return /^\d{6,}$/.test(text) ? new Date(Number(text)).toISOString() : text;
}

/**
 * Reads `panes` (`{"a": {...}}`, of which the first one counts) or the older `left`. What is missing or broken becomes
 * an empty query over the last hour.
 */
export function parseExplore(search: string): ExploreState {
  const params = new URLSearchParams(search);
  const panes = z.record(z.string(), z.unknown()).safeParse(parseJson(params.get('panes')));
  const first = panes.success ? Object.values(panes.data)[0] : parseJson(params.get('left'));
  const pane = paneSchema.safeParse(first);
  const { datasource, queries, range } = pane.success ? pane.data : paneSchema.parse({});
  return {
    datasource: datasource ?? undefined,
    queries,
    range: { from: toTime(range.from), to: toTime(range.to) },
  };
}

/** The query string of an address that opens Explore as it is now. */
export function formatExplore(state: ExploreState): string {
  const { datasource, queries, range } = state;
  const params = new URLSearchParams({
    schemaVersion: '1',
    panes: JSON.stringify({ a: { datasource, queries, range } }),
  });
  return `?${params.toString()}`;
}
