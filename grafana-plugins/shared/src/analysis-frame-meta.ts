import { isRecord, readText } from './read-json';

export const analysisFrameKind = 'coditect-analysis';

/** `frame.meta.custom` of every frame of an analysis that our data source makes. */
export interface AnalysisFrameMeta {
  kind: typeof analysisFrameKind;
  /** As in the address of the question: `funnel`, `retention`, `seat-transitions`. */
  analysis: string;
  title: string;
  definition: string;
  /** ISO-8601 UTC. */
  asOf: string;
  /** ISO-8601 UTC; everything before this instant is in the numbers. */
  completeUntil: string;
  source: string[];
  timeZone: string;
  /** ISO-8601 UTC, the range that was asked for. */
  range?: { from: string; to: string };
  /** What was asked, variables replaced: how wide a cohort is, how long a funnel may take. */
  question: Record<string, unknown>;
}

/** Reads `frame.meta.custom` and gives `undefined` for anything that is not of an analysis of ours. */
export function readAnalysisFrameMeta(custom: unknown): AnalysisFrameMeta | undefined {
  if (!isRecord(custom) || custom['kind'] !== analysisFrameKind) {
    return undefined;
  }
  const text = (name: string) => readText(custom[name]) ?? '';
  const range = isRecord(custom['range']) ? custom['range'] : {};
  const [from, to] = [readText(range['from']), readText(range['to'])];
  const source: unknown[] = Array.isArray(custom['source']) ? custom['source'] : [];
  return {
    kind: analysisFrameKind,
    analysis: text('analysis'),
    title: text('title'),
    definition: text('definition'),
    asOf: text('asOf'),
    completeUntil: text('completeUntil'),
    source: source.filter((item) => typeof item === 'string'),
    timeZone: text('timeZone'),
    ...(from !== undefined && to !== undefined && { range: { from, to } }),
    question: isRecord(custom['question']) ? custom['question'] : {},
  };
}
