import type { KpiFrameMeta } from '@coditect/plugins-shared';
import { timeText } from '@coditect/plugins-shared/panel';
import type { TimeZone } from '@grafana/data';

/** A reason to take a number with care. */
export interface Concern {
  code: 'late' | 'partial' | 'small';
  /** For the badge. */
  label: string;
  text: string;
}

/** Data that is this much behind is late; the pipeline's own second or two is not. */
const lateMs = 5 * 60_000;
const dayMs = 86_400_000;
/** Of a series only what has ended is complete: the interval that is under way is no delay. */
const intervalsMs = new Map([
  ['1m', 60_000],
  ['5m', 300_000],
  ['15m', 900_000],
  ['1h', 3_600_000],
  ['1d', dayMs + 3_600_000],
  ['1w', 7 * dayMs + 3_600_000],
  ['1M', 31 * dayMs + 3_600_000],
]);
const completeShare = 0.999;

/** The gravest first. */
export function findConcerns(
  meta: KpiFrameMeta | undefined,
  smallSample: number,
  timeZone: TimeZone,
): Concern[] {
  if (!meta) return [];
  return [lateOf(meta, timeZone), partialOf(meta), smallOf(meta, smallSample)].filter(
    (concern) => concern !== undefined,
  );
}

export function isSmall(meta: KpiFrameMeta | undefined, smallSample: number): boolean {
  const sample = meta?.total?.denominator;
  return typeof sample === 'number' && sample < smallSample;
}

function lateOf(meta: KpiFrameMeta, timeZone: TimeZone): Concern | undefined {
  // Users who are still followed wait for time, not for data.
  const until = meta.storedUntil ?? meta.completeUntil;
  const untilMs = Date.parse(until);
  const endMs = Math.min(Date.parse(meta.range?.to ?? meta.asOf), Date.parse(meta.asOf));
  if (!(endMs - untilMs > lateMs + (intervalsMs.get(meta.interval ?? '') ?? 0))) return undefined;
  const text = `Events after ${timeText(until, timeZone)} may be missing.`;
  return { code: 'late', label: 'late', text };
}

function partialOf({ quality }: KpiFrameMeta): Concern | undefined {
  if (!quality || quality.completeness === null || quality.completeness >= completeShare) return undefined;
  const percent = (Math.floor(quality.completeness * 1_000) / 10).toFixed(1);
  const text = `${percent} % of the events are in both stores; they differ by ${quality.difference.toLocaleString('en-US')}.`;
  return { code: 'partial', label: 'partial', text };
}

function smallOf(meta: KpiFrameMeta, smallSample: number): Concern | undefined {
  if (!isSmall(meta, smallSample)) return undefined;
  const sample = (meta.total?.denominator ?? 0).toLocaleString('en-US', { maximumFractionDigits: 2 });
  return {
    code: 'small',
    label: `n ${sample}`,
    text: `It rests on ${sample} only; ${smallSample} are asked for.`,
  };
}
