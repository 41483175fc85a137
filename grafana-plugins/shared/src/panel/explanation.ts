import type { TimeZone } from '@grafana/data';
import { timeText } from './format';

/** What a data source of ours says about its numbers. */
export interface Explanation {
  title: string;
  definition: string;
  lines: { label: string; text: string }[];
  /** How complete the numbers are; `undefined` where the data source doesn't say. */
  completeness: string | undefined;
}

/** Reads `frame.meta.custom`; `undefined` for frames without a definition, which are those of others. */
export function readExplanation(custom: unknown, timeZone: TimeZone): Explanation | undefined {
  const meta: Record<string, unknown> = typeof custom === 'object' && custom !== null ? { ...custom } : {};
  const text = (key: string) => (typeof meta[key] === 'string' && meta[key] !== '' ? meta[key] : undefined);
  const time = (key: string) => {
    const iso = text(key);
    return iso === undefined ? undefined : timeText(iso, timeZone);
  };
  const definition = text('definition');
  if (definition === undefined) {
    return undefined;
  }
  const source = Array.isArray(meta['source'])
    ? meta['source'].filter((name) => typeof name === 'string').join(', ')
    : '';
  const lines = [
    { label: 'As of', text: time('asOf') },
    { label: 'Complete until', text: time('completeUntil') },
    { label: 'Source', text: source === '' ? undefined : source },
  ];
  const complete = time('completeUntil');
  return {
    title: text('title') ?? 'this panel',
    definition,
    lines: lines.flatMap(({ label, text: value }) => (value === undefined ? [] : [{ label, text: value }])),
    completeness: complete === undefined ? undefined : `Complete until ${complete}`,
  };
}
