import type { LiveQuery, PanelQuery } from '@coditect/contracts';

/** The question as it is asked at an instant: its range ends then, and keeps its length or its start. */
export function moveRange({ query, range }: LiveQuery, nowMs: number): PanelQuery {
  const { from, to } = query.range;
  const fromMs = range === 'growing' ? Date.parse(from) : nowMs - (Date.parse(to) - Date.parse(from));
  const moved = { from: new Date(fromMs).toISOString(), to: new Date(nowMs).toISOString() };
  return { ...query, range: moved };
}
